#!/usr/bin/env bash
# @viren070/parse-torrent-title 0.9.1: a date that no calendar has becomes another day instead of none.
#   Evening.Show.2021.02.31  -> 2021-03-03
#   Evening.Show.2021.11.31  -> 2021-12-01
#   Evening.Show.2021.02.28  -> 2021-02-28, as it should be
# So a daily show's mistyped release is offered for another day's episode. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @viren070/parse-torrent-title@0.9.1 >/dev/null
cat > look.mjs <<'JS'
import { parseTorrentTitle } from '@viren070/parse-torrent-title';
for (const day of ['02.28', '02.31', '11.31']) {
  console.log(`${day} -> ${parseTorrentTitle(`Evening.Show.2021.${day}.1080p.WEB`).date}`);
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
02.28 -> 2021-02-28
02.31 -> 2021-03-03
11.31 -> 2021-12-01
TXT
