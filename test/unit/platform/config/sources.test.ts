/** Protects what operators say about sources: each mistake stops the start where it is, and no credential is shown. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { IndexerSettings } from '../../../../src/lib/source-settings/source-settings.ts';
import { StartError } from '../../../../src/lib/start-error.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';
import { configuredSources, proxyFor } from '../../../../src/platform/config/configured-sources.ts';
import { dumpConfig } from '../../../../src/platform/config/dump.ts';
import type { Variable } from '../../../../src/platform/config/variable.ts';
import { VARIABLES } from '../../../../src/platform/config/variables.ts';

type Environment = Readonly<Record<string, string>>;
const SECRET = 'CANARYx7Kq9x7Kq9';

function startErrorOf(environment: Environment): string {
  try {
    loadConfig(environment);
  } catch (error) {
    assert.ok(error instanceof StartError, String(error));
    return error.message;
  }
  assert.fail(`expected a StartError for ${JSON.stringify(environment)}`);
}

const sourcesOf = (environment: Environment) => configuredSources(loadConfig(environment).config);
const list = (...entries: readonly unknown[]) => JSON.stringify(entries);
const FILMS = { name: 'Films', url: 'https://indexer.example/api', apiKey: SECRET };

const MISTAKES: readonly (readonly [what: string, value: string, message: RegExp])[] = [
  ['a text', 'https://indexer.example', /: found a text that is no JSON.*expected a JSON list/],
  ['cut JSON', list(FILMS).slice(0, -3), /found a text that is no JSON/],
  ['an object', JSON.stringify(FILMS), /found an object, expected a JSON list/],
  ['null', 'null', /found null, expected a JSON list/],
  ['a number', list(7), /entry 1: found 7, expected an object/],
  ['a list in the list', list(FILMS, [FILMS]), /entry 2: found a list, expected an object/],
  [
    'too many',
    list(...Array.from({ length: 51 }, () => FILMS)),
    /found 51 entries, expected at most 50/,
  ],
  [
    'no name',
    list({ ...FILMS, name: undefined }),
    /entry 1, field name: found nothing, expected a text of 1 to 60/,
  ],
  ['an empty name', list({ ...FILMS, name: ' ' }), /entry 1 \(" "\), field name: found " "/],
  [
    'a long name',
    list({ ...FILMS, name: 'x'.repeat(61) }),
    /field name: found "x+, expected a text of 1 to 60/,
  ],
  ['two lines', list({ ...FILMS, name: 'a\nb' }), /field name: found "a\\nb"/],
  [
    'a name twice',
    list(FILMS, { ...FILMS, name: 'FILMS' }),
    /entry 2, field name: found "FILMS", which entry 1 has/,
  ],
  [
    'no address',
    list({ ...FILMS, url: undefined }),
    /entry 1 \("Films"\), field url: found nothing, expected an address/,
  ],
  [
    'another scheme',
    list({ ...FILMS, url: `ftp://h.example/${SECRET}` }),
    /field url: found "ftp:\/\/h\.example\/\*\*\*"/,
  ],
  [
    'no scheme',
    list({ ...FILMS, url: 'indexer.example' }),
    /field url: found a text of 15 characters/,
  ],
  ['a blank', list({ ...FILMS, url: 'https://indexer.example/ api' }), /field url: found/],
  ['no host', list({ ...FILMS, url: 'https:///api' }), /field url: found/],
  ['a number as address', list({ ...FILMS, url: 1 }), /field url: found 1/],
  [
    'no key',
    list({ ...FILMS, apiKey: undefined }),
    /field apiKey: found nothing, expected the key, or ""/,
  ],
  [
    'a number as key',
    list({ ...FILMS, apiKey: 12_345 }),
    /field apiKey: found a number, expected the key/,
  ],
  [
    'two lines of key',
    list({ ...FILMS, apiKey: `${SECRET}\n` }),
    /field apiKey: found a text of 17 characters/,
  ],
  [
    'a text of categories',
    list({ ...FILMS, categories: '2000' }),
    /field categories: found "2000", expected at most 100/,
  ],
  [
    'texts as categories',
    list({ ...FILMS, categories: ['2000'] }),
    /field categories: found "2000", expected at most 100 whole/,
  ],
  ['half a category', list({ ...FILMS, categories: [2000.5] }), /field categories: found 2000\.5/],
  [
    'many categories',
    list({ ...FILMS, categories: Array.from({ length: 101 }, () => 2000) }),
    /found 101 entries/,
  ],
  [
    'a list of headers',
    list({ ...FILMS, headers: ['X-Key: 1'] }),
    /field headers: found a list, expected an object/,
  ],
  [
    'a header of a number',
    list({ ...FILMS, headers: { 'X-Key': 7 } }),
    /field headers\."X-Key": found a number/,
  ],
  [
    'a header of two lines',
    list({ ...FILMS, headers: { 'X-Key': `${SECRET}\r\nx: y` } }),
    /field headers\."X-Key": found a text/,
  ],
  [
    'a name of no header',
    list({ ...FILMS, headers: { 'X Key': 'x' } }),
    /headers\."X Key": expected letters, digits/,
  ],
  [
    'a header of the connection',
    list({ ...FILMS, headers: { Host: 'x' } }),
    /headers\."Host": this header is set by the server/,
  ],
  [
    'another field',
    list({ ...FILMS, priority: 1 }),
    /the field "priority" is not known, expected only name, url, apiKey, categories, headers/,
  ],
  [
    'a field in other spelling',
    list({ ...FILMS, api_key: SECRET }),
    /the field "api_key" is not known, expected it to be called apiKey/,
  ],
];

for (const name of ['TORZNAB_SOURCES', 'NEWZNAB_SOURCES'])
  test(`${name}: each mistake stops the start with its place, and no credential is shown`, () => {
    for (const [what, value, message] of MISTAKES) {
      const error = startErrorOf({ [name]: value });
      assert.ok(error.startsWith(`${name} is not valid: `), `${what}: ${error}`);
      assert.match(error, message, what);
      assert.doesNotMatch(error, /CANARY|\n/, what);
    }
  });

test('Torznab and Newznab endpoints become sources, in their order, with categories by type', () => {
  const sources = sourcesOf({
    NEWZNAB_SOURCES: list({ ...FILMS, name: 'News', categories: [5040] }),
    TORZNAB_SOURCES: list(
      { ...FILMS, categories: [2000, 2040, 5000, 100_123], headers: { 'X-Key': 'a' } },
      { name: 'Keyed', url: 'http://10.0.0.7:9117/api?apikey=abc' },
    ),
  });
  assert.deepEqual(
    sources.map(({ id, name, url, isPersonal, proxyUrl }) => [id, name, url, isPersonal, proxyUrl]),
    [
      ['torznab:Films', 'Films', FILMS.url, false, null],
      ['torznab:Keyed', 'Keyed', 'http://10.0.0.7:9117/api?apikey=abc', false, null],
      ['newznab:News', 'News', FILMS.url, false, null],
    ],
  );
  assert.deepEqual(
    sources.map((source) => ('headers' in source ? indexerFields(source) : source)),
    [
      [SECRET, { 'x-key': 'a' }, [2000, 2040, 100_123], [5000, 100_123]],
      ['', {}, null, null],
      [SECRET, {}, [], [5040]],
    ],
  );
});

function indexerFields({ apiKey, headers, movieCategories, seriesCategories }: IndexerSettings) {
  return [apiKey, headers, movieCategories, seriesCategories];
}

test('ADDON_SOURCES takes manifests, stremio: and commas inside of addresses', () => {
  const sources = sourcesOf({
    ADDON_SOURCES:
      'https://a.example/providers=x,y|sort=z/manifest.json, stremio://b.example/manifest.json,' +
      'stremio://127.0.0.1:7000/manifest.json,https://a.example/manifest.json',
  });
  assert.deepEqual(
    sources.map(({ id, url }) => [id, url]),
    [
      ['addon:a.example', 'https://a.example/providers=x,y|sort=z'],
      ['addon:b.example', 'https://b.example'],
      ['addon:3-917f', 'http://127.0.0.1:7000'],
      ['addon:a.example 2', 'https://a.example'],
    ],
  );
  for (const value of [
    'a.example/manifest.json',
    'https://a.example',
    'https://a.example/manifest.json?x=1',
    `https://a.example/${SECRET}/manifest.json,b.example/manifest.json`,
    `ftp://a.example/${SECRET}/manifest.json`,
    'https://a.example/manifest.json,https://a.example/manifest.json',
  ]) {
    const error = startErrorOf({ ADDON_SOURCES: value });
    assert.match(error, /^ADDON_SOURCES is not valid: entry \d: found .*, expected/, value);
    assert.doesNotMatch(error, /CANARY/);
  }
});

test('what users read of add-ons in the network of the operator is no address of it', () => {
  const inside = ['127.0.0.1:7000', '10.0.0.7', 'comet:8000', 'nas.lan', '[fd00::1]:80'];
  const sources = sourcesOf({
    ADDON_SOURCES: inside.map((host) => `http://${host}/manifest.json`).join(),
  });
  assert.deepEqual(
    sources.map(({ name }) => name),
    ['Add-on 1', 'Add-on 2', 'Add-on 3', 'Add-on 4', 'Add-on 5'],
  );
  for (const { id } of sources) assert.match(id, /^addon:\d-[0-9a-f]{4}$/);
});

test('Prowlarr and Jackett need address and key, and can be switched off', () => {
  const keys = { PROWLARR_API_KEY: SECRET, JACKETT_API_KEY: SECRET };
  const urls = { PROWLARR_URL: 'http://prowlarr:9696/', JACKETT_URL: 'http://jackett:9117' };
  for (const name of ['PROWLARR', 'JACKETT'] as const) {
    const [url, key] = [`${name}_URL`, `${name}_API_KEY`] as const;
    const both = `: expected both ${url} and ${key}, or neither`;
    assert.equal(startErrorOf({ [url]: urls[`${name}_URL`] }), `${url} is set alone${both}`);
    assert.equal(startErrorOf({ [key]: SECRET }), `${key} is set alone${both}`);
    assert.doesNotMatch(startErrorOf({ ...urls, ...keys, [key]: `${SECRET} x` }), /CANARY/);
  }
  assert.deepEqual(
    sourcesOf({ ...urls, ...keys }).map(({ id, url }) => [id, url]),
    [
      ['prowlarr', 'http://prowlarr:9696'],
      ['jackett', 'http://jackett:9117'],
    ],
  );
  assert.deepEqual(
    sourcesOf({ ...urls, ...keys, IS_SCRAP_FROM_PROWLARR: 'false' }).map(({ id }) => id),
    ['jackett'],
  );
});

test('Zilean, Torrentio and MediaFusion: an address, or the switch of other servers for the public one', () => {
  const ids = (environment: Environment) =>
    sourcesOf(environment).map(({ id, url }) => `${id} ${url}`);
  assert.deepEqual(ids({}), []);
  assert.deepEqual(
    ids({
      ZILEAN_URL: 'http://zilean:8181/',
      TORRENTIO_URL: 'https://torrentio.example/a=b/manifest.json',
      MEDIAFUSION_URL: 'https://peer.example/',
      MEDIAFUSION_SECRET_STR: 'D-abc',
    }),
    [
      'zilean http://zilean:8181',
      'torrentio https://torrentio.example/a=b',
      'mediafusion https://peer.example/D-abc',
    ],
  );
  assert.deepEqual(ids({ IS_SCRAP_FROM_TORRENTIO: 'true' }), [
    'torrentio https://torrentio.strem.fun',
  ]);
  assert.deepEqual(ids({ ZILEAN_URL: 'http://zilean:8181', IS_SCRAP_FROM_ZILEAN: 'false' }), []);
  assert.match(
    startErrorOf({ MEDIAFUSION_SECRET_STR: 'D-abc' }),
    /is set alone: expected MEDIAFUSION_URL/,
  );
  assert.match(
    startErrorOf({ ZILEAN_URL: 'zilean:8181' }),
    /expected an address like http:\/\/zilean/,
  );
});

test('the interval is the least of those that other servers have by source', () => {
  const hours = (environment: Environment) =>
    loadConfig(environment).config.LIVE_SEARCH_INTERVAL_HOURS;
  assert.equal(hours({}), 72);
  assert.equal(
    hours({ TORRENTIO_SEARCH_INTERVAL_DAYS: '3', PROWLARR_SEARCH_INTERVAL_HOUR: '80' }),
    72,
  );
  assert.equal(
    hours({ TORRENTIO_SEARCH_INTERVAL_DAYS: '4', ZILEAN_SEARCH_INTERVAL_HOUR: '24' }),
    24,
  );
  assert.equal(hours({ ZILEAN_SEARCH_INTERVAL_HOUR: '24', LIVE_SEARCH_INTERVAL_HOURS: '48' }), 48);
  assert.match(
    startErrorOf({ PROWLARR_SEARCH_INTERVAL_HOUR: '24', MEDIAFUSION_SEARCH_INTERVAL_DAYS: 'soon' }),
    /^MEDIAFUSION_SEARCH_INTERVAL_DAYS="soon" is not valid/,
  );
});

test('the deadline of a search lies within that of a request', () => {
  assert.match(
    startErrorOf({ LIVE_SEARCH_DEADLINE_MS: '15000' }),
    /^LIVE_SEARCH_DEADLINE_MS=15000 is not valid: expected less than REQUEST_TIMEOUT_MS \(15000\)/,
  );
});

test('the proxy is for what is not near, and can be left out by group and name', () => {
  const proxy = 'socks5://user:pw@proxy:1080';
  const of = (environment: Environment) =>
    Object.fromEntries(
      sourcesOf({
        REQUESTS_PROXY_URL: proxy,
        TORZNAB_SOURCES: list(FILMS, { ...FILMS, name: 'Near', url: 'http://[fd00::1]/api' }),
        PROWLARR_URL: 'http://prowlarr:9696',
        PROWLARR_API_KEY: SECRET,
        ADDON_SOURCES: 'https://a.example/manifest.json,http://nas.lan/manifest.json',
        ...environment,
      }).map(({ name, proxyUrl }) => [name, proxyUrl]),
    );
  assert.deepEqual(of({}), {
    Films: proxy,
    Near: null,
    Prowlarr: null,
    'a.example': proxy,
    'Add-on 2': null,
  });
  assert.equal(of({ REQUESTS_PROXY_EXCLUDE: 'torznab' })['Films'], null);
  assert.equal(of({ REQUESTS_PROXY_EXCLUDE: 'Films' })['Films'], null);
  assert.equal(of({ REQUESTS_PROXY_EXCLUDE: 'Films' })['a.example'], proxy);
  assert.equal(of({ REQUESTS_PROXY_NON_DEBRID_ENABLED: 'no' })['a.example'], null);
  assert.match(
    startErrorOf({ REQUESTS_PROXY_EXCLUDE: 'torznab,film' }),
    /^REQUESTS_PROXY_EXCLUDE names "film", which is no source and no service: expected names among torznab, /,
  );
  const { config } = loadConfig({ REQUESTS_PROXY_URL: proxy, REQUESTS_PROXY_EXCLUDE: 'metadata' });
  assert.equal(proxyFor(config, 'metadata', 'https://meta.example'), null);
  assert.equal(proxyFor(config, 'own', null), proxy);
  const without = loadConfig({
    REQUESTS_PROXY_URL: proxy,
    REQUESTS_PROXY_NON_DEBRID_ENABLED: 'no',
    REQUESTS_PROXY_EXCLUDE: 'alldebrid',
  }).config;
  assert.equal(proxyFor(without, 'debrid', 'https://rd.example', 'realdebrid'), proxy);
  assert.equal(proxyFor(without, 'debrid', 'https://ad.example', 'alldebrid'), null);
  assert.equal(proxyFor(without, 'debrid', 'http://127.0.0.1:1', 'realdebrid'), null);
  const there = loadConfig({ REQUESTS_PROXY_URL: 'socks5h://proxy:1080' }).config;
  assert.equal(proxyFor(there, 'metadata', null), 'socks5h://proxy:1080');
  assert.equal(
    proxyFor(there, 'own', null),
    'socks5://proxy:1080',
    'checked where it is looked up',
  );
});

test('the dump shows which sources there are, and nothing that opens them', () => {
  const dump = dumpConfig(
    loadConfig({
      TORZNAB_SOURCES: list({
        ...FILMS,
        url: `https://indexer.example/${SECRET}/api`,
        headers: { 'X-Key': SECRET },
      }),
      ADDON_SOURCES: `https://a.example/${SECRET}/manifest.json,https://b.example/manifest.json`,
      TORRENTIO_URL: `https://torrentio.example/realdebrid=${SECRET}`,
      PROWLARR_URL: `http://user:${SECRET}@prowlarr:9696`,
      PROWLARR_API_KEY: SECRET,
      MEDIAFUSION_URL: 'https://peer.example',
      MEDIAFUSION_SECRET_STR: SECRET,
      REQUESTS_PROXY_URL: `socks5://user:${SECRET}@proxy:1080`,
    }),
  );
  assert.doesNotMatch(dump, /CANARY/);
  assert.match(dump, /^TORZNAB_SOURCES=Films at https:\/\/indexer\.example\/\*\*\* /m);
  assert.match(dump, /^ADDON_SOURCES=https:\/\/a\.example\/\*\*\*,https:\/\/b\.example /m);
  assert.match(dump, /^TORRENTIO_URL=https:\/\/torrentio\.example\/\*\*\* /m);
});

test('what docs/sources.md gives as examples is accepted', async () => {
  const text = await readFile('docs/sources.md', 'utf8');
  const examples = [...text.matchAll(/`([A-Z_]+)=([^`\n]+)`/g)].map(
    ([, name = '', value = '']) => ({
      name,
      value: value.replace(/^'(.*)'$/, '$1').replaceAll('…', 'x'),
    }),
  );
  assert.ok(examples.length > 10);
  for (const { name, value } of examples) {
    const spec = Object.entries<Variable<unknown>>(VARIABLES).find(([own]) => own === name)?.[1];
    assert.ok(spec !== undefined, `${name} is a variable`);
    assert.doesNotThrow(() => spec.parser.parse(value), `${name}=${value}`);
  }
});
