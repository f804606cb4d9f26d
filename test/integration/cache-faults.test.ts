/** Two processes' caches on one Redis that fails: slower, never wrong for longer than the bounds, never an error. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../src/lib/errors.ts';
import type { Loader } from '../../src/platform/cache/cache.ts';
import {
  eventually,
  NEVER,
  pause,
  redisParts,
  textCache,
  type TextCacheOptions,
} from '../support/cache-parts.ts';
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts';

/** Parts and a cache as one process has them, with its subscription made. */
async function oneProcess(
  server: RedisServer,
  options: TextCacheOptions = {},
  commandTimeoutMs = 30_000,
) {
  const parts = redisParts(server.url, 'p:', commandTimeoutMs);
  let purges = 0;
  parts.invalidation.join('watch', { onInvalidate: () => undefined, onPurge: () => purges++ });
  await eventually('the subscription', () => purges === 1);
  const cache = textCache(parts, options);
  return {
    cache,
    redis: parts.redis,
    purges: () => purges,
    async [Symbol.asyncDispose]() {
      await cache[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

const unreachable: Loader<string> = () => assert.fail('must not be loaded');

describe(
  'caches on a failing Redis',
  { skip: hasRedisServer() ? false : 'needs redis-server' },
  () => {
    it('an invalidation reaches the L1 of the other process', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await using two = await oneProcess(server);
      await one.cache.get('k', async () => 'old', NEVER);
      assert.equal((await two.cache.get('k', async () => 'old', NEVER)).value, 'old');
      await one.cache.invalidate('k');
      await eventually('the message', () => two.cache.peek('k') === undefined);
      assert.equal((await two.cache.get('k', async () => 'new', NEVER)).value, 'new');
      assert.equal((await one.cache.get('k', unreachable, NEVER)).value, 'new');
    });

    it('an invalidation during a load of another process keeps the old value out of both tiers', async () => {
      await using server = await startRedisServer();
      await using reader = await oneProcess(server);
      await using writer = await oneProcess(server);
      let answer: ((value: string) => void) | undefined;
      const loading = reader.cache.get(
        'k',
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
        NEVER,
      );
      await eventually('the load', () => answer !== undefined);
      await writer.cache.invalidate('k');
      answer?.('read before the write');
      assert.equal((await loading).value, 'read before the write');
      await eventually('the message', () => reader.cache.peek('k') === undefined);
      assert.equal((await writer.cache.get('k', async () => 'new', NEVER)).value, 'new');
      await eventually(
        'the write behind',
        async () => (await reader.redis.getBuffer('c:text:1:k', NEVER)) !== null,
      );
      assert.equal((await reader.cache.get('k', unreachable, NEVER)).value, 'new');
    });

    it('a warm L2 hit costs one command, an L1 hit none', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await using two = await oneProcess(server);
      await one.cache.get('k', async () => 'v', NEVER);
      await eventually(
        'the write behind',
        async () => (await two.redis.getBuffer('c:text:1:k', NEVER)) !== null,
      );
      const before = two.redis.stats().commands;
      assert.equal((await two.cache.get('k', unreachable, NEVER)).tier, 'l2');
      assert.equal(two.redis.stats().commands - before, 1);
      assert.equal((await two.cache.get('k', unreachable, NEVER)).tier, 'l1');
      assert.equal(two.redis.stats().commands - before, 1);
    });

    it('without Redis: L1 answers, the origin does the rest, at full speed', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await one.cache.get('warm', async () => 'warm', NEVER);
      await server.stop();
      assert.equal((await one.cache.get('warm', unreachable, NEVER)).tier, 'l1');
      const start = performance.now();
      for (let index = 0; index < 50; index++) {
        assert.equal((await one.cache.get(`cold ${index}`, async () => 'v', NEVER)).tier, 'origin');
      }
      const tookMs = performance.now() - start;
      assert.ok(tookMs < 25_000, `${tookMs} ms for 50 loads: less than the limit of one command`);
    });

    it('a frozen Redis delays a few loads by the command timeout, then none', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server, {}, 1000);
      server.freeze();
      const load = async () => 'v';
      const burst = await Promise.all(
        Array.from({ length: 20 }, (_, index) => one.cache.get(`k${index}`, load, NEVER)),
      );
      assert.ok(burst.every(({ value }) => value === 'v'));
      const start = performance.now();
      for (let index = 0; index < 20; index++) await one.cache.get(`later ${index}`, load, NEVER);
      assert.ok(
        performance.now() - start < 10_000,
        'the breaker is open: not the limit of a command each',
      );
      server.thaw();
    });

    it('L1 is purged on every new subscription: what was missed meanwhile is not served', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await one.cache.get('k', async () => 'old', NEVER);
      await server.stop();
      assert.equal(one.cache.peek('k')?.value, 'old', 'goes on while Redis is away');
      await server.start();
      await eventually('the purge', () => one.purges() >= 2);
      assert.equal(one.cache.peek('k'), undefined);
      assert.equal((await one.cache.get('k', async () => 'new', NEVER)).value, 'new');
    });

    it('a Redis that comes back empty while the origin is away: what the process had is served, and nothing withdrawn', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await one.cache.get('k', async () => 'had', NEVER);
      await one.cache.get('withdrawn', async () => 'had', NEVER);
      await one.cache.invalidate('withdrawn');
      await server.stop();
      await server.start();
      await eventually('the purge', () => one.purges() >= 2);
      const away: Loader<string> = () =>
        Promise.reject(new AppError('database.unavailable', 'away'));
      assert.deepEqual(await one.cache.get('k', away, NEVER), {
        value: 'had',
        tier: 'l1',
        stale: true,
      });
      assert.equal(one.cache.peek('k')?.value, 'had', 'the next ones do not wait for the origin');
      await assert.rejects(one.cache.get('withdrawn', away, NEVER), /away/);
      await assert.rejects(one.cache.get('never had', away, NEVER), /away/);
      const load = async () => 'new';
      await eventually(
        'the new value',
        async () => (await one.cache.get('k', load, NEVER)).value === 'new',
      );
    });

    it('with Redis and the origin away, a value outlives its time in L1 but not its own', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server, { l1MaxAgeMs: 50, freshMs: 3000, staleMs: 3000 });
      await one.cache.get('k', async () => 'had', NEVER);
      await server.stop();
      await eventually('the end of its time in L1', () => one.cache.peek('k') === undefined);
      const away: Loader<string> = () =>
        Promise.reject(new AppError('database.unavailable', 'away'));
      assert.equal((await one.cache.get('k', away, NEVER)).value, 'had');
      await eventually('the end', () =>
        one.cache.get('k', away, NEVER).then(
          () => false,
          () => true,
        ),
      );
      await assert.rejects(one.cache.get('k', away, NEVER), /away/);
    });

    it('what was withdrawn while Redis was away stays withdrawn when it comes back with its old data', async () => {
      await using server = await startRedisServer({ saves: true });
      await using writer = await oneProcess(server);
      await using reader = await oneProcess(server);
      await writer.cache.get('k', async () => 'old', NEVER);
      await eventually(
        'the write behind',
        async () => (await reader.redis.getBuffer('c:text:1:k', NEVER)) !== null,
      );
      await reader.cache.get('k', unreachable, NEVER);
      await server.stop();
      await writer.cache.invalidate('k');
      assert.equal(writer.cache.stats().invalidationsOwed, 1);
      assert.equal((await writer.cache.get('k', async () => 'new', NEVER)).value, 'new');
      await server.start();
      await eventually('the invalidation', () => writer.cache.stats().invalidationsOwed === 0);
      await eventually('the purge of the reader', () => reader.purges() >= 2);
      const load = async () => 'new';
      await eventually(
        'the new value',
        async () => (await reader.cache.get('k', load, NEVER)).value === 'new',
      );
    });

    it('nobody publishes rubbish into a crash', async () => {
      await using server = await startRedisServer();
      await using one = await oneProcess(server);
      await one.cache.get('k', async () => 'v', NEVER);
      for (const message of [
        '',
        ' ',
        'one',
        'one text',
        'one text ',
        '\0\0\0',
        'x'.repeat(100_000),
      ]) {
        await one.redis.publish('invalidate', message, NEVER);
        await one.redis.publish('lease-released', message, NEVER);
      }
      await pause(50);
      assert.equal(one.cache.peek('k')?.value, 'v');
    });
  },
);
