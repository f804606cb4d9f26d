#!/usr/bin/env bash
# epg-parser 0.5.0 (XMLTV guides): texts and times of valid guides come out changed or not at all.
#   <title>Sea &amp; Sky</title>        -> "Sea &amp; Sky": entities are not resolved
#   <title><![CDATA[Sea]]></title>      -> no value
#   start="20240101120000"              -> null, though the format takes a time without zone as UTC
#   start="20240101120000 +0130"        -> 10:30 UTC, as it should be
# A guide goes through another reader, or its times get a zone and its texts plain characters first. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts epg-parser@0.5.0 >/dev/null 2>&1
cat > look.mjs <<'JS'
import { parse } from 'epg-parser';

const guide = (start, title) => `<?xml version="1.0" encoding="UTF-8"?>
<tv><channel id="one.example"><display-name>One</display-name></channel>
<programme start="${start}" channel="one.example"><title>${title}</title></programme></tv>`;
for (const [start, title] of [
  ['20240101120000 +0130', 'Sea'],
  ['20240101120000 +0000', 'Sea &amp; Sky'],
  ['20240101120000 +0000', '<![CDATA[Sea]]>'],
  ['20240101120000', 'Sea'],
]) {
  const [programme] = parse(guide(start, title)).programs;
  console.log(JSON.stringify([start, title, programme.start, programme.title[0].value ?? null]));
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
["20240101120000 +0130","Sea","2024-01-01T10:30:00.000Z","Sea"]
["20240101120000 +0000","Sea &amp; Sky","2024-01-01T12:00:00.000Z","Sea &amp; Sky"]
["20240101120000 +0000","<![CDATA[Sea]]>","2024-01-01T12:00:00.000Z",null]
["20240101120000","Sea",null,"Sea"]
TXT
