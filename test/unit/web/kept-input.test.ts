/** Protects what leaves the page's memory: drafts and files hold no credential unless somebody wants it, and come back whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { USER_CONFIG_FIELDS } from '../../../src/lib/user-config/fields.ts';
import { maskSecrets } from '../../../src/lib/user-config/secrets.ts';
import { textPaths } from '../../../src/lib/user-config/text-paths.ts';
import { acceptUserConfig } from '../../../src/lib/user-config/user-config.ts';
import { configOfDraft, draftText, parseDraft } from '../../../web/src/lib/draft.ts';
import { readSettingsFile, settingsFile } from '../../../web/src/lib/settings-file.ts';
import type { JsonObject } from '../../../web/src/lib/json.ts';
import { canarySecrets } from '../../support/config-fixtures.ts';

const PATHS = textPaths(USER_CONFIG_FIELDS);
const fingerprint = (secret: string) =>
  Buffer.from(secret).toString('base64url').slice(-8).padStart(8, 'x');
const masked = (config: JsonObject) => maskSecrets(config, USER_CONFIG_FIELDS, fingerprint);
const CONFIG: JsonObject = {
  mxs: 7,
  snfp: ['', 'remux'],
  st: { t: 'T {stream.name}' },
  sps: [
    { sv: 'torbox', tk: 'token-one' },
    { sv: 'seedr', tk: 'token-two', oscs: true },
  ],
};

test('every canary of a full configuration stays out of drafts and files', () => {
  const { config, secrets } = canarySecrets();
  for (const text of [
    draftText(config, null, null, PATHS),
    settingsFile(config, PATHS, false).text,
  ]) {
    for (const secret of secrets) assert.equal(text.includes(secret), false, secret);
  }
});

test('a draft comes back as it was, with the masks of what was sealed, however the rows have moved since', () => {
  const sealed = { config: CONFIG, secret: 'S-sealed' };
  const providers = [
    { sv: 'seedr', tk: 'token-two' },
    { sv: 'torbox', tk: 'token-one' },
    { sv: 'torbox', tk: 'unsealed' },
  ];
  const moved: JsonObject = { ...CONFIG, sps: providers };
  const draft = parseDraft(draftText(moved, null, sealed, PATHS));
  assert.ok(draft !== null && draft.sealed === 'S-sealed');
  const { config, lost } = configOfDraft(draft, masked(CONFIG), PATHS);
  const mask = (token: string) => `••••••••${fingerprint(token)}`;
  assert.deepEqual(config, {
    ...CONFIG,
    sps: [
      { sv: 'seedr', tk: mask('token-two') },
      { sv: 'torbox', tk: mask('token-one') },
      { sv: 'torbox' },
    ],
  });
  assert.equal(lost, 1);
  assert.deepEqual(configOfDraft(draft, null, PATHS).lost, 3, 'nothing can be read any more');
});

test('a draft keeps whose masks it holds, and never the key of an owner', () => {
  const token = parseDraft(draftText({}, { secret: 'S-a', kind: 'token' }, null, PATHS));
  assert.deepEqual(token?.source, { secret: 'S-a', kind: 'token' });
  const profile = draftText(
    {},
    { secret: 'U-a', kind: 'profile', ownerKey: 'the-key' },
    null,
    PATHS,
  );
  assert.doesNotMatch(profile, /the-key/);
  assert.equal(parseDraft(profile)?.source, null);
  for (const text of [null, '', '{', '[]', '{"format":"else"}', 'null'])
    assert.equal(parseDraft(text), null);
});

test('property: whatever lies in the storage is a draft or none, and a file is settings or an error with words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseDraft(text);
      try {
        readSettingsFile(text);
      } catch (error) {
        assert.ok(error instanceof Error && /file|Sluice/.test(error.message));
      }
    }),
  );
});

test('a file has the typed credentials only on demand, and counts what it lacks', () => {
  const loaded: JsonObject = { ...CONFIG, ap: '••••••••stored00' };
  const without = settingsFile(loaded, PATHS, false);
  assert.equal(without.leftOut, 3);
  assert.deepEqual(readSettingsFile(without.text), {
    ...CONFIG,
    sps: [{ sv: 'torbox' }, { sv: 'seedr', oscs: true }],
  });
  const withThem = settingsFile(loaded, PATHS, true);
  assert.equal(withThem.leftOut, 1, 'the stored one is known to the server alone');
  assert.deepEqual(readSettingsFile(withThem.text), CONFIG);
  assert.deepEqual(acceptUserConfig(readSettingsFile(`\uFEFF${withThem.text}`))['mxs'], 7);
});
