#!/usr/bin/env bash
# @viren070/parse-torrent-title 0.9.1: a list of episodes that are not neighbours is read as something else.
#   S01E02E04     -> episodes 2, 3, 4: episode 3, which is not in the name, is added
#   S01E01E02E05  -> episode 1 alone: what is not a closed row after the second number is dropped
#   S01E01E02E03  -> episodes 1, 2, 3, as it should be
# So a pack of two episodes matches a third one, and a pack of three is offered for one. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @viren070/parse-torrent-title@0.9.1 >/dev/null
cat > look.mjs <<'JS'
import { parseTorrentTitle } from '@viren070/parse-torrent-title';
for (const list of ['E01E02E03', 'E02E04', 'E01E02E05', 'E05E07E09']) {
  console.log(`S01${list} -> ${parseTorrentTitle(`Harbour.Lights.S01${list}.1080p.WEB.x264-GRP`).episodes.join(' ')}`);
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
S01E01E02E03 -> 1 2 3
S01E02E04 -> 2 3 4
S01E01E02E05 -> 1
S01E05E07E09 -> 5
TXT
