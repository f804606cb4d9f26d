/** Protects what an instance says that it can do: what its variables make of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCatalogQuery } from '../../../../src/features/addon/catalogs.ts';
import { userContext } from '../../../../src/features/configure/context.ts';
import { instanceOffer } from '../../../../src/features/configure/instance-offer.ts';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import { NOTHING_PLAYS } from '../../../../src/lib/user-config/hidden-levels.ts';
import { acceptUserConfig } from '../../../../src/lib/user-config/user-config.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';

type Environment = Readonly<Record<string, string>>;

const RING = new KeyRing(['any secret of this test']);
const ZILEAN: Environment = { ZILEAN_URL: 'http://zilean:8181' };
const NO_OWN: Environment = { USER_INDEXERS: 'false' };

const offerOf = (environment: Environment) => instanceOffer(loadConfig(environment).config, RING);

test('live search is available with a source, or where users may bring theirs', () => {
  for (const [environment, liveSearch, indexers] of [
    [{}, true, true],
    [NO_OWN, false, false],
    [{ IS_SCRAP_FROM_TORZNAB: 'false' }, false, false],
    [{ ...NO_OWN, ...ZILEAN }, true, false],
    [{ ...NO_OWN, ...ZILEAN, IS_SCRAP_FROM_ZILEAN: 'false' }, false, false],
  ] as const) {
    const { capabilities } = offerOf(environment);
    const what = JSON.stringify(environment);
    assert.equal(capabilities.has('liveSearch'), liveSearch, what);
    assert.equal(capabilities.has('indexers'), indexers, what);
    assert.equal(capabilities.has('tmdb'), false, 'keys of users are not used');
  }
});

test('where users bring none, what an install says of them does nothing', () => {
  const config = acceptUserConfig({ lss: true, ic: { tz: [{ u: 'https://own.example' }] } });
  const { sources, list } = userContext(config, offerOf(NO_OWN));
  assert.equal(sources.count, 0);
  assert.equal(list.liveSearch, false);
});

test('catalogues offer what nothing plays only to whom a search may find something', () => {
  const hides = (environment: Environment, config: Parameters<typeof acceptUserConfig>[0]) => {
    const { manifest, list } = userContext(acceptUserConfig(config), offerOf(environment));
    const query = parseCatalogQuery('movie', 'latest', null, { ...manifest, ...list });
    return ((query?.hiddenLevels ?? 0) & NOTHING_PLAYS) !== 0;
  };
  const own = { ic: { tz: [{ u: 'https://own.example' }] } };
  assert.equal(hides({}, {}), true, 'there is nothing to search');
  assert.equal(hides({}, own), false);
  assert.equal(hides(ZILEAN, {}), false);
  assert.equal(hides(ZILEAN, { lss: false }), true);
  assert.equal(hides({ ...ZILEAN, LIVE_SEARCH_STREAMS: 'no' }, {}), true);
});
