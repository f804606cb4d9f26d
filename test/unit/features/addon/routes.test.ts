/**
 * Protects the add-on's HTTP: what is refused and how, how long answers may be kept, and that a repeated
 * warm request is answered synchronously by the very Reply of the one before.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CatalogQuery,
  GenreNames,
  TitleDetails,
  TitleSource,
} from '../../../../src/features/addon/contract.ts';
import { NO_WATCHLISTS } from '../../../../src/features/watchlists/contract.ts';
import { addonRoutes } from '../../../../src/features/addon/routes.ts';
import { AddonService } from '../../../../src/features/addon/service.ts';
import { CATALOG_CACHE, GENRE_CACHE, META_CACHE } from '../../../../src/features/addon/store.ts';
import { TIER_DATABASE, TIER_L1, TIER_REUSE, type Reply } from '../../../../src/http/route.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { Manifest, Meta, MetaPreview } from '../../../../src/lib/stremio/types.ts';
import type { CacheSpec } from '../../../../src/platform/cache/cache.ts';
import { createTieredCache } from '../../../../src/platform/cache/tiered-cache.ts';
import { eventually, localParts, pause, silentLogger } from '../../../support/cache-parts.ts';
import { ANONYMOUS } from '../../../../native-bench/fixtures/contexts.ts';
import { plainRequest } from '../../../../native-bench/fixtures/plain-request.ts';
import { NO_HISTORY } from '../../../../src/features/history/contract.ts';
import { NO_TITLES } from '../../../../src/features/metadata/contract.ts';

const BUNNY: TitleDetails = {
  type: 'movie',
  publicId: 'sl:big-buck-bunny-2008',
  imdbId: 'tt1254207',
  tmdbId: 'tmdb:10378',
  title: 'Big Buck Bunny',
  year: 2008,
  endYear: 0,
  description: 'A rabbit.',
  genres: ['Comedy'],
  rating: 6.4,
  runtimeMinutes: 10,
  released: '',
  languages: [],
  country: '',
  website: '',
  backgroundUrl: '',
  logoUrl: '',
  episodes: [],
  isEntry: false,
};

class OneTitle implements TitleSource {
  readonly queries: CatalogQuery[] = [];
  failing = false;

  catalogTitles(query: CatalogQuery): Promise<readonly TitleDetails[]> {
    this.queries.push(query);
    return Promise.resolve(query.search === 'nothing' || query.skip > 0 ? [] : [BUNNY]);
  }

  titlesByIds(): Promise<readonly TitleDetails[]> {
    return Promise.resolve([]);
  }

  titleDetails(id: { readonly id: string }): Promise<TitleDetails | null> {
    return Promise.resolve(id.id === BUNNY.imdbId || id.id === BUNNY.publicId ? BUNNY : null);
  }

  genreNames(): Promise<GenreNames> {
    if (this.failing)
      return Promise.reject(new AppError('database.unavailable', 'the database does not answer'));
    return Promise.resolve({ movie: ['Comedy'], series: [] });
  }
}

/** The add-on over one title and real caches; closed when the test ends. */
function start(freshMs = 60_000) {
  const titles = new OneTitle();
  const parts = localParts(false);
  const open = <T>(spec: CacheSpec<T>) =>
    createTieredCache<T>(
      {
        ...parts,
        ...spec,
        freshMs,
        staleMs: 60_000,
        negativeMs: { first: 1000, max: 1000, growth: 1 },
      },
      silentLogger,
    );
  const caches = {
    catalogCache: open(CATALOG_CACHE),
    metaCache: open(META_CACHE),
    genreCache: open(GENRE_CACHE),
  };
  const routes = addonRoutes(
    new AddonService({
      titles,
      onDemand: NO_TITLES,
      continueWatching: NO_HISTORY,
      ...caches,
      logger: silentLogger,
    }),
    ANONYMOUS,
    {
      manifest: {
        id: 'org.sluice.addon',
        name: 'Sluice',
        description: '',
        version: '0.1.0',
        logoUrl: null,
        contactEmail: null,
        metaForAllIds: false,
      },
      watchlists: NO_WATCHLISTS,
      replyBytesMax: 1_000_000,
      timeoutMs: 1000,
    },
  );
  return {
    titles,
    ...caches,
    routes,
    async [Symbol.asyncDispose]() {
      for (const cache of Object.values(caches)) await cache[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

type Started = ReturnType<typeof start>;

function ask(
  { routes }: Started,
  name: string,
  parameters: readonly string[],
  baseUrl = 'https://a.example',
) {
  const route = routes.find((entry) => entry.name === name);
  assert.ok(route, name);
  const request = plainRequest(`/${name}/${parameters.join('/')}`, { parameters, baseUrl });
  return { request, answer: () => route.handler(request) };
}

function bodyOf<T>(reply: Reply): T {
  return JSON.parse(String(reply.representation?.identity.bytes)) as T;
}

const cacheControl = (reply: Reply) => reply.representation?.cacheControl;

test('a repeated warm request gets the same Reply, synchronously; another base URL gets its own', async () => {
  await using started = start();
  const requests = [
    ['manifest', []],
    ['catalog', ['movie', 'latest.json']],
    ['catalog-extra', ['movie', 'latest', 'genre=Comedy.json']],
    ['meta', ['movie', 'tt1254207.json']],
  ] as const;
  for (const [name, parameters] of requests) {
    const cold = ask(started, name, parameters);
    const first = await cold.answer();
    assert.equal(cold.request.tiers, TIER_DATABASE, name);
    const warm = ask(started, name, parameters);
    assert.equal(warm.answer(), first, name);
    assert.equal(warm.request.tiers, TIER_L1 | TIER_REUSE, name);
    const other = await ask(started, name, parameters, 'https://b.example').answer();
    assert.notEqual(other, first, name);
    if (name !== 'manifest')
      assert.match(String(other.representation?.identity.bytes), /https:\/\/b\.example\/poster/);
  }
});

test('equal pages share one entry, however they were written', async () => {
  await using started = start();
  const first = await ask(started, 'catalog', ['movie', 'latest.json']).answer();
  assert.equal(ask(started, 'catalog-extra', ['movie', 'latest', 'skip=0.json']).answer(), first);
  const search = await ask(started, 'catalog-extra', [
    'movie',
    'search',
    'search=Big%20Buck.json',
  ]).answer();
  assert.equal(
    ask(started, 'catalog-extra', ['movie', 'search', 'search%3Dbig%2520buck.json']).answer(),
    search,
  );
  assert.deepEqual(
    started.titles.queries.map(({ order, search: text }) => [order, text]),
    [
      ['latest', null],
      ['relevance', 'big buck'],
    ],
  );
});

test('catalogues and meta may be kept and served stale; what is empty may be kept for 10 s', async () => {
  await using started = start();
  const swr = /^public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=\d+$/;
  const catalog = await ask(started, 'catalog', ['movie', 'latest.json']).answer();
  assert.match(cacheControl(catalog) ?? '', swr);
  assert.deepEqual(
    bodyOf<{ metas: MetaPreview[] }>(catalog).metas.map((entry) => entry.id),
    ['tt1254207'],
  );
  const meta = await ask(started, 'meta', ['movie', 'sl:big-buck-bunny-2008.json']).answer();
  assert.match(cacheControl(meta) ?? '', swr);
  assert.equal(bodyOf<{ meta: Meta }>(meta).meta.id, 'sl:big-buck-bunny-2008');
  for (const extra of ['skip=100.json', 'search=nothing.json']) {
    const empty = await ask(started, 'catalog-extra', ['movie', 'latest', extra]).answer();
    assert.deepEqual(bodyOf(empty), { metas: [] });
    assert.equal(cacheControl(empty), 'public, max-age=10');
  }
  const unknown = await ask(started, 'catalog', ['series', 'no-such-catalog.json']).answer();
  assert.deepEqual(bodyOf(unknown), { metas: [] });
  assert.equal(cacheControl(unknown), 'public, max-age=10');
});

test('a stale page is answered at once and refreshed behind', async () => {
  await using started = start(20);
  const first = await ask(started, 'catalog', ['movie', 'popular.json']).answer();
  await pause(40);
  assert.equal(ask(started, 'catalog', ['movie', 'popular.json']).answer(), first);
  await eventually('a second query', () => started.titles.queries.length === 2);
});

test('without a database the manifest goes out without genres, for 10 s', async () => {
  await using started = start();
  started.titles.failing = true;
  const bare = await ask(started, 'manifest', []).answer();
  assert.equal(cacheControl(bare), 'public, max-age=10');
  assert.ok(bodyOf<Manifest>(bare).catalogs.length > 0);
  started.titles.failing = false;
  const full = await ask(started, 'manifest', []).answer();
  assert.equal(cacheControl(full), 'public, max-age=300');
  assert.match(JSON.stringify(bodyOf(full)), /Comedy/);
});

test('an unknown title is 404, also when its absence is known already', async () => {
  await using started = start();
  const missing = { code: 'media.not-found', field: 'id', status: 404 };
  await assert.rejects(
    async () => ask(started, 'meta', ['movie', 'tt9999999.json']).answer(),
    missing,
  );
  assert.throws(() => ask(started, 'meta', ['movie', 'tt9999999.json']).answer(), missing);
});

test('however far a client scrolls, it finds the end of the list and no error', async () => {
  await using started = start();
  const end = ask(started, 'catalog-extra', ['movie', 'popular', 'skip=10001.json']).answer();
  assert.ok(!(end instanceof Promise), 'without a query');
  assert.deepEqual(bodyOf(end), { metas: [] });
  assert.equal(cacheControl(end), 'public, max-age=10');
});

test('malformed input is refused before anything is looked up', async () => {
  await using started = start();
  const cases: readonly [
    name: string,
    parameters: readonly string[],
    code: string,
    field: string | undefined,
  ][] = [
    ['catalog', ['tv', 'latest.json'], 'request.bad-type', 'type'],
    ['catalog', ['movie', 'la test.json'], 'request.bad-id', 'id'],
    ['catalog', ['movie', 'search.json'], 'request.bad-extra', 'extra.search'],
    ['catalog', ['movie', 'latest'], 'request.not-found', undefined],
    ['catalog-extra', ['movie', 'latest', 'skip=100'], 'request.not-found', undefined],
    ['catalog-extra', ['movie', 'latest', 'colour=red.json'], 'request.bad-extra', 'extra'],
    ['catalog-extra', ['movie', 'latest', 'skip=minus.json'], 'request.bad-extra', 'extra.skip'],
    [
      'catalog-extra',
      ['movie', 'no-such-catalog', 'skip=minus.json'],
      'request.bad-extra',
      'extra.skip',
    ],
    ['catalog-extra', ['movie', 'latest', 'genre=%zz.json'], 'request.bad-path', 'path'],
    ['meta', ['movie', '%00.json'], 'request.bad-id', 'id'],
    ['meta', ['series', 'tt1748166:1:1.json'], 'request.bad-id', 'id'],
  ];
  for (const [name, parameters, code, field] of cases) {
    assert.throws(
      () => ask(started, name, parameters).answer(),
      { code, field },
      parameters.join('/'),
    );
  }
  assert.deepEqual(started.titles.queries, []);
});
