#!/usr/bin/env bash
# @viren070/parse-torrent-title 0.9.1: a series whose name ends in "S" and a digit takes that digit for its season.
#   Orion.DS9.2x03  -> title "Orion D", season 9, episode 2: the 2x03 behind it is not read
#   Orion.DS.2x03   -> title "Orion DS", season 2, episode 3, as it should be
# So the right episode is refused and a wrong one offered. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @viren070/parse-torrent-title@0.9.1 >/dev/null
cat > look.mjs <<'JS'
import { parseTorrentTitle } from '@viren070/parse-torrent-title';
for (const name of ['Orion.DS9.2x03.1080p', 'Orion.DS.2x03.1080p']) {
  const { title, seasons, episodes } = parseTorrentTitle(name);
  console.log(`${name} -> ${title} | ${seasons} | ${episodes}`);
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
Orion.DS9.2x03.1080p -> Orion D | 9 | 2
Orion.DS.2x03.1080p -> Orion DS | 2 | 3
TXT
