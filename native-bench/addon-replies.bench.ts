/**
 * What a repeated warm request of the add-on surface costs, from the copied request to its Reply. Its parts
 * are in `media-id.bench.ts` and `response.bench.ts` (docs/caching.md).
 */
import { Bench } from 'tinybench';
import { NO_WATCHLISTS } from '../src/features/watchlists/contract.ts';
import type { TitleDetails, TitleSource } from '../src/features/addon/contract.ts';
import { addonRoutes } from '../src/features/addon/routes.ts';
import { AddonService } from '../src/features/addon/service.ts';
import { CATALOG_CACHE, GENRE_CACHE, META_CACHE } from '../src/features/addon/store.ts';
import type { Route } from '../src/http/route.ts';
import type { CacheSpec } from '../src/platform/cache/cache.ts';
import { createTieredCache } from '../src/platform/cache/tiered-cache.ts';
import { localParts, silentLogger } from '../test/support/cache-parts.ts';
import { ANONYMOUS } from './fixtures/contexts.ts';
import { fresh, plainRequest } from './fixtures/plain-request.ts';
import type { BenchSuite } from './suite.ts';
import { NO_HISTORY } from '../src/features/history/contract.ts';
import { NO_TITLES } from '../src/features/metadata/contract.ts';

const TITLE: TitleDetails = {
  type: 'movie',
  publicId: 'sl:big-buck-bunny-2008',
  imdbId: 'tt1254207',
  tmdbId: '10378',
  title: 'Big Buck Bunny',
  year: 2008,
  endYear: 0,
  description: 'A gentle rabbit. '.repeat(10),
  genres: ['Animation', 'Comedy'],
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

const TITLES: TitleSource = {
  catalogTitles: () => Promise.resolve(Array.from({ length: 100 }, () => TITLE)),
  titlesByIds: () => Promise.resolve([]),
  titleDetails: () => Promise.resolve(TITLE),
  genreNames: () => Promise.resolve({ movie: ['Animation', 'Comedy'], series: [] }),
};

const REQUESTS: readonly (readonly [route: string, parameters: readonly string[]])[] = [
  ['manifest', []],
  ['catalog', ['movie', 'latest.json']],
  ['catalog-extra', ['movie', 'latest', 'genre=Sci-Fi&skip=100.json']],
  ['meta', ['movie', 'tt1254207.json']],
];

export async function openAddonRepliesBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'add-on replies', time: 400, warmupTime: 100 });
  const parts = localParts(false);
  const open = <T>(spec: CacheSpec<T>) =>
    createTieredCache<T>(
      {
        ...parts,
        ...spec,
        freshMs: 3_600_000,
        staleMs: 0,
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
      titles: TITLES,
      onDemand: NO_TITLES,
      continueWatching: NO_HISTORY,
      ...caches,
      logger: silentLogger,
    }),
    ANONYMOUS,
    {
      manifest: {
        id: 'bench',
        name: 'bench',
        description: '',
        version: '1.0.0',
        logoUrl: null,
        contactEmail: null,
        metaForAllIds: false,
      },
      watchlists: NO_WATCHLISTS,
      replyBytesMax: 16_000_000,
      timeoutMs: 1000,
    },
  );
  for (const [name, parameters] of REQUESTS) await addWarmRequest(bench, routes, name, parameters);
  return {
    bench,
    async [Symbol.asyncDispose]() {
      for (const cache of Object.values(caches)) await cache[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

/** Strings are new ones, as they come from a socket: a string that was a key before has its hash already. */
async function addWarmRequest(
  bench: Bench,
  routes: readonly Route[],
  name: string,
  parameters: readonly string[],
): Promise<void> {
  const route = routes.find((entry) => entry.name === name);
  if (route === undefined) throw new Error(`no route is called ${name}`);
  const path = `/${name}/${parameters.join('/')}`;
  const requests = Array.from({ length: 64 }, () =>
    plainRequest(fresh(path), { parameters: parameters.map(fresh) }),
  );
  let turn = 0;
  const next = () => requests[turn++ % requests.length];
  const [first] = requests;
  if (first !== undefined) await route.handler(first);
  bench.add(`${name}, warm`, () => {
    const request = next();
    if (request !== undefined) void route.handler(request);
  });
}
