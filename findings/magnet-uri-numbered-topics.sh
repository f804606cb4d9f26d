#!/usr/bin/env bash
# magnet-uri 7.0.10: of a magnet link whose exact topics are numbered (`xt.1=…`, as the magnet draft allows for several files) it
# makes an object without infohash, and says nothing; `xt=…` twice is read.
#   xt=urn:btih:A             -> infoHash A
#   xt.1=urn:btih:A           -> no infoHash, the topic is left under "xt.1"
# Whoever takes links from others reads numbered topics before, or refuses them by name. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts magnet-uri@7.0.10 >/dev/null 2>&1
cat > look.mjs <<'JS'
import read from 'magnet-uri';

const hash = 'c9e15763f722f23e98a29decdfae341b98d53056';
for (const name of ['xt', 'xt.1']) {
  const { infoHash = null, [name]: topic } = read(`magnet:?${name}=urn:btih:${hash}&dn=Sintel`);
  console.log(JSON.stringify([name, infoHash, topic]));
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
["xt","c9e15763f722f23e98a29decdfae341b98d53056","urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"]
["xt.1",null,"urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"]
TXT
