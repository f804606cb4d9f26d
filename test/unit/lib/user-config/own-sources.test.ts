/** Protects sources of a user's own: read as other servers mean them, and their credentials seen by nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { userContext } from '../../../../src/features/configure/context.ts';
import {
  BARE_INSTANCE,
  type InstanceOffer,
} from '../../../../src/features/configure/instance-offer.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import type { JsonObject } from '../../../../src/lib/json/json-value.ts';
import { ownSources } from '../../../../src/lib/user-config/own-sources.ts';
import {
  acceptUserConfig,
  installedUserConfig,
} from '../../../../src/lib/user-config/user-config.ts';
import { redactValue } from '../../../../src/platform/log/redact.ts';

const RULES = {
  isAllowed: true,
  proxyUrl: 'socks5://proxy:1080',
  digest: new KeyRing(['any secret of this test']).digest,
};
const CANARY = 'CANARYx7Kq9x7Kq9';
const OWN = { u: 'https://own.example', ak: CANARY, ug: false, en: true };

const read = (ic: JsonObject, rules = RULES) => ownSources(acceptUserConfig({ ic }), rules);

test('Prowlarr and Jackett: absent as the instance has them, off, the instance’s, or the user’s own', () => {
  const cases: readonly (readonly [JsonObject, own: number, without: readonly string[]])[] = [
    [{}, 0, []],
    [{ pr: { en: false } }, 0, ['prowlarr']],
    [{ pr: { en: true } }, 0, []],
    [{ pr: { en: true, ug: true, u: OWN.u, ak: OWN.ak } }, 0, []],
    [{ pr: OWN }, 1, ['prowlarr']],
    [{ pr: OWN, jk: { en: false } }, 1, ['prowlarr', 'jackett']],
    [{ jk: OWN }, 1, ['jackett']],
  ];
  for (const [ic, own, without] of cases) {
    const sources = read(ic);
    assert.equal(sources.count, own, JSON.stringify(ic));
    assert.deepEqual(sources.withoutShared, without, JSON.stringify(ic));
  }
  assert.deepEqual(read({ jk: OWN }).settings(), [
    {
      kind: 'jackett',
      id: 'own:jackett',
      name: 'Jackett',
      url: OWN.u,
      apiKey: CANARY,
      isPersonal: true,
      proxyUrl: RULES.proxyUrl,
    },
  ]);
});

test('Torznab and Newznab entries: enabled ones by priority, with what their requests need', () => {
  const sources = read({
    tz: [
      { n: 'Later', u: 'https://later.example', p: 5 },
      { u: 'https://first.example', h: { 'X-Key': CANARY }, c: [2000, 5000, 5070] },
      { n: 'Off', u: 'https://off.example', en: false },
    ],
    nz: [{ n: 'News', u: 'https://news.example', ak: CANARY, mc: [2000], tc: [5000] }],
  });
  assert.deepEqual(
    sources.settings().map(({ id, name, url }) => [id, name, url]),
    [
      ['own:torznab:1', 'Torznab 1', 'https://first.example'],
      ['own:torznab:2', 'Later', 'https://later.example'],
      ['own:newznab:1', 'News', 'https://news.example'],
    ],
  );
  assert.deepEqual(sources.settings()[0], {
    kind: 'torznab',
    id: 'own:torznab:1',
    name: 'Torznab 1',
    url: 'https://first.example',
    apiKey: '',
    headers: { 'x-key': CANARY },
    movieCategories: [2000],
    seriesCategories: [5000, 5070],
    isPersonal: true,
    proxyUrl: RULES.proxyUrl,
  });
});

test('of more endpoints than a page offers, the first ones count', () => {
  const many = Array.from({ length: 150 }, (_, index) => ({ u: `https://host${index}.example` }));
  const sources = ownSources(installedUserConfig({ ic: { tz: many, nz: many } }), RULES);
  assert.equal(sources.count, 40);
  assert.equal(sources.settings()[19]?.url, 'https://host19.example');
});

test('an instance that allows none has none', () => {
  const sources = read({ pr: OWN, tz: [{ u: OWN.u }] }, { ...RULES, isAllowed: false });
  assert.deepEqual([sources.count, sources.key, sources.withoutShared], [0, '', []]);
});

test('the key tells sources and credentials apart, and reveals neither', () => {
  const key = (ic: JsonObject) => read(ic).key;
  const keys = [
    key({ pr: OWN }),
    key({ pr: { ...OWN, ak: 'another' } }),
    key({ jk: OWN }),
    key({ tz: [{ u: OWN.u }] }),
    key({ tz: [{ u: OWN.u, h: { a: 'b' } }] }),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(key({ pr: OWN }), keys[0]);
  assert.equal(key({}), '');
  for (const text of keys) assert.match(text, /^[\w-]{22}$/);
  const other = { ...RULES, digest: new KeyRing(['another secret of this test']).digest };
  assert.notEqual(read({ pr: OWN }, other).key, keys[0], 'it cannot be guessed without the key');
});

test('neither JSON nor a log nor an inspection of a context shows a credential', () => {
  const context = userContext(
    acceptUserConfig({
      ic: {
        pr: { ...OWN, u: `https://${CANARY}@own.example/${CANARY}` },
        tz: [{ u: OWN.u, h: { 'X-Key': CANARY } }],
      },
    }),
    { ...BARE_INSTANCE, ownSources: RULES },
  );
  assert.equal(context.sources.count, 2);
  for (const text of [
    JSON.stringify(context.sources),
    JSON.stringify(redactValue(context)),
    inspect(context, { depth: 10, showHidden: true }),
    String(context.sources),
  ])
    assert.doesNotMatch(text, /CANARY/);
});

test('what cannot be sent or has no address is told where it is, masked values excepted', () => {
  const problemsOf = (ic: JsonObject): readonly string[] => {
    try {
      acceptUserConfig({ ic });
      return [];
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'config.invalid');
      return (error.problems ?? []).map(({ field }) => field);
    }
  };
  assert.deepEqual(problemsOf({ pr: { en: true, ug: false } }), ['ic.pr.u', 'ic.pr.ak']);
  assert.deepEqual(problemsOf({ pr: { en: true } }), []);
  assert.deepEqual(problemsOf({ tz: [{ u: OWN.u, h: { 'X Key': 'a', Host: 'b', Fine: '✓' } }] }), [
    'ic.tz[0].h.X Key',
    'ic.tz[0].h.Host',
    'ic.tz[0].h.Fine',
  ]);
  assert.deepEqual(problemsOf({ tz: [{ u: OWN.u, h: { 'X-Key': '••••••••abcdefgh' } }] }), []);
  const installed = installedUserConfig({
    ic: { tz: [{ u: OWN.u, h: { 'X Key': 'a', 'X-Key': 'b' } }] },
  });
  const [entry] = ownSources(installed, RULES).settings();
  assert.deepEqual(entry !== undefined && 'headers' in entry ? entry.headers : null, {
    'x-key': 'b',
  });
});

test('live search: what the user says, else the instance, and never where there is nothing to search', () => {
  const shared: InstanceOffer = {
    ...BARE_INSTANCE,
    sharedSources: ['prowlarr'],
    ownSources: RULES,
  };
  const isOn = (config: JsonObject, instance: InstanceOffer) =>
    userContext(acceptUserConfig(config), instance).list.liveSearch;
  assert.equal(isOn({ lss: true }, BARE_INSTANCE), false);
  assert.equal(isOn({}, shared), true);
  assert.equal(isOn({ lss: false }, shared), false);
  assert.equal(isOn({}, { ...shared, liveSearchDefault: false }), false);
  assert.equal(isOn({ lss: true }, { ...shared, liveSearchDefault: false }), true);
  assert.equal(isOn({ ic: { pr: { en: false } } }, shared), false, 'the only source is off');
  assert.equal(isOn({ ic: { pr: OWN } }, shared), true, 'replaced by one of their own');
  assert.equal(isOn({ ic: { jk: OWN } }, { ...shared, sharedSources: [] }), true);
  const isOwnOnly = (ic: JsonObject) =>
    userContext(acceptUserConfig({ ic }), shared).list.ownSourcesOnly;
  assert.equal(isOwnOnly({ pr: OWN }), true, 'the instance’s is not asked for them');
  assert.equal(isOwnOnly({ jk: OWN }), false);
  assert.notEqual(
    userContext(acceptUserConfig({ ic: { pr: OWN } }), shared).list.key,
    userContext({}, shared).list.key,
    'lists with sources of a user’s own are theirs alone',
  );
});
