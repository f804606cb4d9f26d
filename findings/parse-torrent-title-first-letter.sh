#!/usr/bin/env bash
# @viren070/parse-torrent-title 0.9.1: letters outside of ASCII at the very beginning of a title are dropped.
#   Ágora.2009     -> "gora"; El.Ágora.2009 keeps its letter
#   Αγορά.2009     -> an empty title; so do names in Hangul
# So a title in another script, or one that begins with an accent, matches nothing or something else. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @viren070/parse-torrent-title@0.9.1 >/dev/null
cat > look.mjs <<'JS'
import { parseTorrentTitle } from '@viren070/parse-torrent-title';
for (const name of ['Ágora.2009.1080p', 'El.Ágora.2009.1080p', 'Αγορά.2009.1080p', '등대.S01E01.1080p']) {
  console.log(`${name} -> '${parseTorrentTitle(name).title}'`);
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
Ágora.2009.1080p -> 'gora'
El.Ágora.2009.1080p -> 'El Ágora'
Αγορά.2009.1080p -> ''
등대.S01E01.1080p -> ''
TXT
