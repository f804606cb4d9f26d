/** Protects how the page writes sources of a user's own: as the server reads them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { ownSources } from '../../../src/lib/user-config/own-sources.ts';
import { acceptUserConfig } from '../../../src/lib/user-config/user-config.ts';
import type { JsonObject } from '../../../web/src/lib/json.ts';
import {
  managerUse,
  ownSourceCount,
  sourceToTest,
  withManagerUse,
} from '../../../web/src/lib/sources.ts';

const RULES = {
  isAllowed: true,
  proxyUrl: null,
  digest: new KeyRing(['any secret of a test']).digest,
};
const OWN: JsonObject = { u: 'https://own.example', ak: 'abc' };
const read = (ic: JsonObject) => ownSources(acceptUserConfig({ ic }), RULES);

test('each use of a server is read back as itself, by the page and by the server', () => {
  for (const before of [undefined, {}, OWN, { ...OWN, en: true, ug: false }, { en: false }])
    for (const use of ['shared', 'own', 'off'] as const) {
      const after = withManagerUse(before, use);
      assert.equal(managerUse(after), use, JSON.stringify([before, use]));
      if (use === 'own' && after?.['u'] === undefined) continue;
      const sources = read(after === undefined ? {} : { pr: after });
      assert.equal(sources.count, use === 'own' ? 1 : 0, JSON.stringify(after));
      assert.deepEqual(sources.withoutShared, use === 'shared' ? [] : ['prowlarr']);
    }
});

test('address and key outlive a change of use and back', () => {
  const shared = withManagerUse({ ...OWN, en: true, ug: false }, 'shared');
  assert.deepEqual(withManagerUse(shared, 'own'), { ...OWN, en: true, ug: false });
  assert.equal(withManagerUse({ en: false }, 'shared'), undefined, 'nothing is left to keep');
});

test('what is sent to test a source is that source, enabled', () => {
  for (const [kind, entry] of [
    ['pr', { ...OWN, en: false }],
    ['jk', OWN],
    ['tz', { u: OWN['u'] ?? '', en: false }],
    ['nz', OWN],
  ] as const)
    assert.equal(read(sourceToTest(kind, entry)).count, 1, kind);
});

test('sources are counted as the server counts them', () => {
  const ic = {
    pr: { ...OWN, en: true, ug: false },
    jk: { en: true },
    tz: [OWN, { ...OWN, en: false }],
    nz: [OWN],
  };
  assert.equal(ownSourceCount({ ic }), 3);
  assert.equal(read(ic).count, 3);
  assert.equal(ownSourceCount({}), 0);
});
