/** Leases on a real Redis: one holder, only the owner lets go, waiters are woken, nothing is left behind. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRedisLeases } from '../../src/platform/cache/redis-lease.ts';
import { createRedis } from '../../src/platform/redis/client.ts';
import {
  eventually,
  NEVER,
  pause,
  redisParts,
  silentLogger,
  textCache,
  uniquePrefix,
} from '../support/cache-parts.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];
const COUNT_LEASES = "return #redis.call('KEYS', ARGV[1])";

async function openLeases(
  keyPrefix: string,
  timing: { ttlMs?: number; renewEveryMs?: number } = {},
) {
  const options = {
    url: redisUrl ?? '',
    keyPrefix,
    commandTimeoutMs: 30_000,
    connectTimeoutMs: 30_000,
  };
  const redis = createRedis(options, silentLogger);
  await redis.connected(AbortSignal.timeout(60_000));
  const leases = createRedisLeases(redis, { leasesMax: 100, ...timing }, silentLogger);
  return {
    redis,
    leases,
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

describe(
  'leases on Redis',
  { skip: redisUrl === undefined ? 'needs SLUICE_TEST_REDIS_URL' : false },
  () => {
    it('one holder at a time; the next after its release', async () => {
      const prefix = uniquePrefix();
      await using one = await openLeases(prefix);
      await using two = await openLeases(prefix);
      const held = await one.leases.tryAcquire('n', NEVER);
      assert.notEqual(held, null);
      assert.equal(await two.leases.tryAcquire('n', NEVER), null);
      assert.equal(await one.leases.tryAcquire('n', NEVER), null, 'not even in the same process');
      await held?.release();
      const next = await two.leases.tryAcquire('n', NEVER);
      assert.notEqual(next, null);
      await held?.release();
      assert.equal(await one.leases.tryAcquire('n', NEVER), null, 'a second release frees nothing');
      await next?.release();
    });

    it('whoever lost the lease cannot delete that of its successor', async () => {
      const prefix = uniquePrefix();
      await using stalled = await openLeases(prefix, { ttlMs: 40, renewEveryMs: 10_000 });
      await using successor = await openLeases(prefix);
      const lost = await stalled.leases.tryAcquire('n', NEVER);
      await pause(80);
      const held = await successor.leases.tryAcquire('n', NEVER);
      assert.notEqual(held, null, 'ended without renewal');
      await lost?.release();
      assert.equal(await stalled.leases.tryAcquire('n', NEVER), null);
      await held?.release();
    });

    it('renewal keeps it beyond its TTL', async () => {
      const prefix = uniquePrefix();
      await using one = await openLeases(prefix, { ttlMs: 2000, renewEveryMs: 100 });
      await using two = await openLeases(prefix);
      const held = await one.leases.tryAcquire('n', NEVER);
      await pause(4000);
      assert.equal(await two.leases.tryAcquire('n', NEVER), null);
      await held?.release();
    });

    it('a waiter is woken by the release, or tries again by itself; an abort ends the wait', async () => {
      const prefix = uniquePrefix();
      await using one = await openLeases(prefix);
      await using two = await openLeases(prefix);
      const held = await one.leases.tryAcquire('n', NEVER);
      await two.leases.waitForRelease('n', NEVER);
      const reason = new Error('gone');
      await assert.rejects(two.leases.waitForRelease('n', AbortSignal.abort(reason)), reason);
      const waiting = two.leases.waitForRelease('n', NEVER);
      await held?.release();
      await waiting;
    });

    it('disposal gives up what is held', async () => {
      const prefix = uniquePrefix();
      await using other = await openLeases(prefix);
      const leaving = await openLeases(prefix);
      await leaving.leases.tryAcquire('n', NEVER);
      await leaving[Symbol.asyncDispose]();
      assert.notEqual(await other.leases.tryAcquire('n', NEVER), null);
    });

    it('a storm of aborts, failures and a disposal leaves no lease', async () => {
      const prefix = uniquePrefix();
      await using watcher = await openLeases(prefix);
      const parts = redisParts(redisUrl ?? '', prefix);
      await parts.redis.connected(AbortSignal.timeout(60_000));
      const cache = textCache(parts, { freshMs: 5, loadTimeoutMs: 300 });
      const asked = Array.from({ length: 300 }, async (_, index) => {
        await pause(Math.random() * 150);
        const client = new AbortController();
        setTimeout(() => client.abort(), Math.random() * 20).unref();
        const load = async () => {
          await pause(Math.random() * 20);
          if (index % 5 === 0) throw new Error('broken');
          return index % 7 === 0 ? null : 'v';
        };
        await cache.get(`k${index % 10}`, load, client.signal).catch(() => undefined);
      });
      await Promise.all(asked.slice(0, 250));
      await cache[Symbol.asyncDispose]();
      await Promise.all(asked);
      await parts[Symbol.asyncDispose]();
      const held = () => watcher.redis.evaluate(COUNT_LEASES, [], [`${prefix}l:*`], NEVER);
      await eventually('no lease', async () => (await held()) === 0);
    });
  },
);
