/** One budget for all processes, on a real Redis: exact, with pauses for everybody, and not without Redis either. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';
import {
  SharedBudget,
  type SharedBudgetOptions,
} from '../../src/platform/upstream/shared-budget.ts';
import type { Reservation } from '../../src/platform/upstream/token-bucket.ts';
import type { UpstreamSpec } from '../../src/platform/upstream/upstream.ts';
import { createUpstreams } from '../../src/platform/upstream/upstreams.ts';
import { NEVER, silentLogger, uniquePrefix } from '../support/cache-parts.ts';
import { fails, listen } from '../support/fetch-parts.ts';
import { hasRedisServer, startRedisServer } from '../support/redis-server.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];
const SPEC: UpstreamSpec = {
  name: 'indexer',
  credential: 'top-secret',
  callsPerMinute: 600,
  burst: 10,
  concurrencyMax: 10,
  proxyUrl: null,
  isPersonal: false,
};
const ALL_KEYS = "return redis.call('KEYS', ARGV[1])";

async function openRedis(
  t: TestContext,
  url: string,
  keyPrefix: string,
  commandTimeoutMs = 30_000,
) {
  const redis = createRedis(
    { url, keyPrefix, commandTimeoutMs, connectTimeoutMs: 30_000 },
    silentLogger,
  );
  t.after(() => redis[Symbol.asyncDispose]());
  await redis.connected(AbortSignal.timeout(60_000));
  return redis;
}

function budgetOn(
  redis: RedisClient | null,
  options: Partial<SharedBudgetOptions> = {},
): SharedBudget {
  return new SharedBudget({
    name: 'indexer',
    credential: 'top-secret',
    isPersonal: false,
    // Nothing comes back while the test runs.
    rate: { intervalMs: 3_600_000, burst: 50 },
    redis,
    processes: 1,
    now: () => performance.now(),
    ...options,
  });
}

/** As many calls at once, of these in turn. */
function reserve(
  budgets: readonly SharedBudget[],
  calls: number,
  waitMaxMs: number,
): Promise<readonly Reservation[]> {
  const rounds = Array.from({ length: calls / budgets.length }, () => budgets).flat();
  return Promise.all(rounds.map((budget) => budget.reserve(waitMaxMs, NEVER)));
}

async function granted(budgets: readonly SharedBudget[], calls: number): Promise<number> {
  const kinds = (await reserve(budgets, calls, 0)).map(({ kind }) => kind);
  return kinds.filter((kind) => kind === 'granted').length;
}

describe(
  'budgets on Redis',
  { skip: redisUrl === undefined ? 'needs SLUICE_TEST_REDIS_URL' : false },
  () => {
    const pair = async (t: TestContext, options: Partial<SharedBudgetOptions> = {}) => {
      const prefix = uniquePrefix();
      const one = await openRedis(t, redisUrl ?? '', prefix);
      const two = await openRedis(t, redisUrl ?? '', prefix);
      return { prefix, one, two, budgets: [budgetOn(one, options), budgetOn(two, options)] };
    };

    it('two processes together make exactly as many calls as one may, one command for each', async (t) => {
      const { one, two, budgets } = await pair(t);
      const before = one.stats().commands + two.stats().commands;
      assert.equal(await granted(budgets, 400), 50);
      assert.equal(one.stats().commands + two.stats().commands - before, 400);
    });

    it('waiting calls of both are spread over time by the rate', async (t) => {
      const rate = { intervalMs: 1000, burst: 2 };
      const { budgets } = await pair(t, { rate });
      const waits = (await reserve(budgets, 10, 60_000)).map(({ waitMs }) => waitMs);
      waits.sort((a, b) => a - b);
      assert.deepEqual(waits.slice(0, 2), [0, 0]);
      for (const [i, waitMs] of waits.slice(2).entries())
        assert.ok(Math.abs(waitMs - 1000 * (i + 1)) < 900, `${i}: ${waitMs}`);
    });

    it('a pause holds all processes, for its time only', async (t) => {
      const { budgets } = await pair(t);
      const [one, two] = budgets;
      await one?.pause(60_000, NEVER);
      const held = await two?.reserve(1000, NEVER);
      assert.equal(held?.kind, 'paused');
      assert.ok(Number(held?.waitMs) > 50_000 && Number(held?.waitMs) <= 60_000);
      await two?.pause(1, NEVER);
      assert.equal(
        (await one?.reserve(1000, NEVER))?.kind,
        'paused',
        'a shorter one does not end it',
      );
      assert.ok(
        Number(two?.pausedForMs) > 50_000,
        'known here now: the next call costs no command',
      );
    });

    it('Retry-After that one process was told keeps the others from asking', async (t) => {
      const { one, two } = await pair(t);
      let calls = 0;
      const { url } = await listen(t, (_request, response) => {
        calls++;
        response.writeHead(429, { 'retry-after': '60' }).end();
      });
      const ask = (redis: RedisClient) => {
        const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
        t.after(() => fetcher[Symbol.asyncDispose]());
        const upstream = createUpstreams({ fetcher, redis, processes: 2, logger: silentLogger });
        return upstream
          .open(SPEC)
          .request({ url, signal: NEVER, timeoutMs: 9000, bodyBytesMax: 99 });
      };
      await fails(ask(one), 'upstream.limited', /60 s/);
      await fails(ask(two), 'upstream.limited', /(59|60) s/);
      assert.equal(calls, 1);
    });

    it('credentials, users and operators have their own; neither name nor key is in Redis', async (t) => {
      const { one, prefix, budgets } = await pair(t);
      const own = [
        budgetOn(one, { credential: 'another' }),
        budgetOn(one, { isPersonal: true }),
        budgetOn(one, { name: 'indexer-2' }),
      ];
      assert.equal(await granted(budgets, 60), 50);
      for (const budget of own) assert.equal(await granted([budget], 60), 50);
      const keys = (await one.evaluate(ALL_KEYS, [], [`${prefix}*`], NEVER)) as string[];
      assert.equal(keys.length, 4);
      for (const key of keys) assert.match(key.slice(prefix.length), /^budget:[\w-]{22}$/);
    });
  },
);

it('without Redis processes of one machine share the rate', async () => {
  assert.equal(await granted([budgetOn(null)], 100), 50);
  const parts = { processes: 4 };
  assert.equal(await granted([budgetOn(null, parts)], 100), 12);
});

it(
  'while Redis is silent or away calls go on in this process, at its rate',
  { skip: hasRedisServer() ? false : 'needs redis-server' },
  async (t) => {
    await using server = await startRedisServer();
    const redis = await openRedis(t, server.url, uniquePrefix(), 50);
    const budget = budgetOn(redis);
    server.freeze();
    assert.equal(await granted([budget], 100), 50, 'silent');
    server.thaw();
    await server.stop();
    assert.equal(await granted([budget], 100), 0, 'away: what was used stays used');
    await budget.pause(60_000, NEVER);
    assert.equal((await budget.reserve(0, NEVER)).kind, 'paused');
  },
);
