/**
 * The whole handler on a warm L1: repeated (the very Reply of before) and with reuse off (rank, present,
 * ETag). Strings are new ones, as from a socket: one that was a key before has its hash already.
 */
import { Bench } from 'tinybench';
import { NO_WATCHLISTS } from '../src/features/watchlists/contract.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../src/features/streams/codecs.ts';
import type { StreamSource } from '../src/features/streams/contract.ts';
import { streamRoutes } from '../src/features/streams/routes.ts';
import { StreamService } from '../src/features/streams/service.ts';
import type { Handler, Request } from '../src/http/route.ts';
import { NameMatchCache } from '../src/features/streams/name-matches.ts';
import type { CacheSpec } from '../src/platform/cache/cache.ts';
import { createTieredCache } from '../src/platform/cache/tiered-cache.ts';
import type { TaskPool } from '../src/platform/pool/task-pool.ts';
import { localParts, silentLogger } from '../test/support/cache-parts.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';
import { ANONYMOUS, NO_ACCOUNTS } from './fixtures/contexts.ts';
import { fresh, plainRequest } from './fixtures/plain-request.ts';

const SOURCE: StreamSource = {
  resolveMedia: () =>
    Promise.resolve({ ...FIXTURE_MEDIA, idSeason: -1, idEpisodeOffset: 0, idSeasons: [] }),
  loadStreams: () => Promise.resolve(fixtureRows(200)),
};
const NO_POOL: TaskPool = {
  run: () => Promise.reject(new Error('nothing here is large enough for the pool')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
/** A single call is shorter than the clock can tell well. */
const CALLS = 100;
const REPEATED = `${CALLS} repeated warm requests`;
const FRESH = 'one warm request, reuse off';

export async function openStreamRouteBench(): Promise<BenchSuite> {
  const parts = localParts(false);
  const open = <T>(spec: CacheSpec<T>) =>
    createTieredCache<T>(
      {
        ...parts,
        ...spec,
        freshMs: 3_600_000,
        staleMs: 0,
        l1MaxAgeMs: 3_600_000,
        negativeMs: { first: 1000, max: 1000, growth: 1 },
      },
      silentLogger,
    );
  const mediaCache = open(RESOLVED_MEDIA_CACHE);
  const setCache = open(streamSetCache(NO_POOL));
  const service = new StreamService({
    source: SOURCE,
    mediaCache,
    setCache,
    liveSearch: null,
    titles: null,
    privateStreams: null,
    cachedMarks: null,
    nameMatches: new NameMatchCache(NO_POOL),
    presenter: { addonName: 'Sluice', rowBytesMax: 1_000_000 },
    sharedBytesMax: 1_000_000,
    titlesMax: 256,
    brownout: { isSparing: false },
  });
  const handlerOf = (reuse: boolean): Handler => {
    const [route] = streamRoutes(service, ANONYMOUS, {
      watchlists: NO_WATCHLISTS,
      replyBytesMax: 16_000_000,
      reuse,
      timeoutMs: 1000,
      bodyVersion: 'test',
      accounts: NO_ACCOUNTS,
    });
    if (route === undefined) throw new Error('there is no stream route');
    return route.handler;
  };
  const [reusing, presenting] = [handlerOf(true), handlerOf(false)];
  await reusing(request());
  await presenting(request());
  let requests: readonly Request[] = [];
  const bench = new Bench({ name: 'the stream route', time: 800, warmupTime: 100 })
    .add(
      REPEATED,
      () => {
        for (const each of requests) void reusing(each);
      },
      {
        beforeEach: () => {
          requests = Array.from({ length: CALLS }, request);
        },
      },
    )
    .add(FRESH, () => {
      void presenting(request());
    });
  return {
    bench,
    bars: [
      { task: REPEATED, metric: 'p50Us', max: CALLS },
      { task: FRESH, metric: 'p50Us', max: 200 },
    ],
    async [Symbol.asyncDispose]() {
      await mediaCache[Symbol.asyncDispose]();
      await setCache[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

function request(): Request {
  return plainRequest(fresh('/stream/movie/tt9000200.json'), {
    parameters: [fresh('movie'), fresh('tt9000200.json')],
  });
}
