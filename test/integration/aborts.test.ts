/**
 * Aborts injected at every step of a cold request: after the abort nothing is outstanding, whatever was
 * being waited for, and the next request for the same thing works.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CacheRegistry } from '../../src/platform/cache/cache-registry.ts';
import { importDemoCatalog } from '../../src/features/library/demo-import.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../../src/features/streams/codecs.ts';
import { StreamService } from '../../src/features/streams/service.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { AppError } from '../../src/lib/errors.ts';
import { NameMatchCache } from '../../src/features/streams/name-matches.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { createTaskPool } from '../../src/platform/pool/piscina-pool.ts';
import type { TaskPool } from '../../src/platform/pool/task-pool.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';
import { NO_ABORT, openDatabase } from '../support/open-database.ts';
import { eventually } from '../support/processes.ts';
import { startRedisServer, type RedisServer } from '../support/redis-server.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import { createTestLogger } from '../support/test-logger.ts';

/** One turn later each time, then faster: on a busy machine a request waits for many more turns than it works in. */
const SINGLE_TURNS = 60;
const LATER = 1.1;
const ANSWERED_MIN = 10;
const TURNS_MAX = 10_000_000;
const LIFETIMES = {
  freshMs: 60_000,
  staleMs: 60_000,
  negativeMs: { first: 1000, max: 5000, growth: 2 },
};
const IDS = [
  'tt1254207.json',
  'tt1727587.json',
  'tt2285752.json',
  'tt4957236.json',
  'tt0063350.json',
  'tt0051744.json',
];

describe(
  'aborts at every step of a cold request',
  {
    skip:
      process.env['SLUICE_TEST_REDIS_URL'] === undefined
        ? 'needs redis-server'
        : skipWithoutPostgres,
  },
  () => {
    let target: TestDatabase;
    let redisServer: RedisServer;
    let database: Database;
    let pool: TaskPool;
    let redis: RedisClient;
    const logger = createTestLogger();

    before(async () => {
      target = await createTestDatabase();
      redisServer = await startRedisServer();
      database = openDatabase({ primaryUri: target.uri });
      pool = createTaskPool({
        threads: 1,
        queueMax: 10,
        taskTimeoutMs: 60_000,
        closeTimeoutMs: 2000,
        logger,
      });
      redis = createRedis(
        {
          url: redisServer.url,
          keyPrefix: 'aborts:',
          commandTimeoutMs: 30_000,
          connectTimeoutMs: 30_000,
        },
        logger,
      );
      await redis.connected(AbortSignal.timeout(60_000));
      await importDemoCatalog(new LibraryStore(database), NO_ABORT);
    });
    after(async () => {
      await redis[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await redisServer[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    });

    /** A service whose caches know nothing, in Redis neither: each has keys of its own. */
    function coldService(round: number, caches: CacheRegistry) {
      const mediaCache = caches.open({
        ...RESOLVED_MEDIA_CACHE,
        name: `media-${round}`,
        lifetimes: () => LIFETIMES,
      });
      const setCache = caches.open({
        ...streamSetCache(pool),
        name: `sets-${round}`,
        lifetimes: () => LIFETIMES,
      });
      const service = new StreamService({
        source: new StreamStore(database),
        mediaCache,
        setCache,
        liveSearch: null,
        titles: null,
        privateStreams: null,
        cachedMarks: null,
        nameMatches: new NameMatchCache(pool),
        presenter: { addonName: 'Sluice', rowBytesMax: 1_000_000 },
        sharedBytesMax: 1_000_000,
        titlesMax: 256,
        brownout: { isSparing: false },
      });
      return { service, loading: () => mediaCache.stats().loading + setCache.stats().loading };
    }

    test('each request is aborted some turns of the loop later than the last, until they are answered before', async () => {
      await using caches = new CacheRegistry(
        { config: loadConfig({ CACHE_MEMORY_BYTES: '8000000' }).config, redis },
        logger,
      );
      let aborted = 0;
      let answered = 0;
      let turns = 0;
      for (let round = 0; answered <= ANSWERED_MIN && turns < TURNS_MAX; round += 1) {
        const { service, loading } = coldService(round, caches);
        const query = service.query('movie', IDS[round % IDS.length] ?? '');
        const controller = new AbortController();
        const outcome = service.find(query, 0, controller.signal).then(
          () => 'answered',
          (error: unknown) => error,
        );
        for (let turn = 0; turn < turns; turn += 1)
          await new Promise((resolve) => setImmediate(resolve));
        controller.abort(new AppError('request.cancelled', 'the client has gone'));
        const result = await outcome;
        if (result === 'answered') answered += 1;
        else {
          aborted += 1;
          assert.ok(
            result instanceof AppError && result.code === 'request.cancelled',
            String(result),
          );
        }
        await eventually('nothing is outstanding', 60_000, () => {
          const { checkedOut, waiting } = database.stats();
          return checkedOut === 0 && waiting === 0 && loading() === 0;
        });
        const again = await service.find(query, 0, AbortSignal.timeout(60_000));
        assert.ok(
          typeof again.found !== 'string' && again.found.rowCount > 0,
          `after an abort at turn ${turns}`,
        );
        turns = turns < SINGLE_TURNS ? turns + 1 : Math.ceil(turns * LATER);
      }
      assert.ok(
        aborted > 10 && answered > ANSWERED_MIN,
        `aborted ${aborted}, answered ${answered}`,
      );
    });
  },
);
