/** One bucket over two processes that share Redis, and what becomes of it while Redis is away. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AddressLimiter } from '../../src/platform/rate-limit/address-limiter.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';
import { eventually, NEVER, silentLogger } from '../support/cache-parts.ts';
import { dataCommandCount } from '../support/redis-count.ts';
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts';

const LIMIT = 100;
/** Tokens that come again while a test runs, on a slow machine. */
const REFILLED_MAX = 20;

describe(
  'a bucket that two processes share',
  { skip: hasRedisServer() ? false : 'needs redis-server' },
  () => {
    let redis: RedisServer;
    let clients: readonly RedisClient[];
    let prefixes = 0;

    before(async () => {
      redis = await startRedisServer();
    });
    after(() => redis[Symbol.asyncDispose]());

    async function open(
      tokensPerMinute = LIMIT,
    ): Promise<readonly [AddressLimiter, AddressLimiter]> {
      const keyPrefix = `t${prefixes++}:`;
      const connect = () =>
        createRedis(
          { url: redis.url, keyPrefix, commandTimeoutMs: 2000, connectTimeoutMs: 2000 },
          silentLogger,
        );
      clients = [connect(), connect()];
      for (const client of clients) await client.connected(NEVER);
      const [first, second] = clients.map(
        (client) => new AddressLimiter({ tokensPerMinute, redis: client }),
      );
      assert.ok(first !== undefined && second !== undefined);
      return [first, second];
    }
    const close = async () => {
      for (const client of clients) await client[Symbol.asyncDispose]();
    };

    async function burst(limiters: readonly AddressLimiter[], address: string, each: number) {
      const asked = limiters.flatMap((limiter) =>
        Array.from({ length: each }, async () => limiter.take(address, 1)),
      );
      const allowances = await Promise.all(asked);
      return allowances.filter(({ isGranted }) => isGranted).length;
    }

    test('grants as many as its limit, ±1, when both are asked at once', async () => {
      const limiters = await open();
      try {
        for (let round = 0; round < 5; round++) {
          const startedAtMs = performance.now();
          const granted = await burst(limiters, `192.0.2.${round}`, 150);
          const refilled = ((performance.now() - startedAtMs) / 60_000) * LIMIT;
          assert.ok(granted >= LIMIT - 1 && granted <= LIMIT + 1 + refilled, `${granted} granted`);
        }
      } finally {
        await close();
      }
    });

    test('counts what trickles in at either, and refuses at both', async () => {
      const limiters = await open();
      try {
        const startedAtMs = performance.now();
        let granted = 0;
        for (let round = 0; round < 80; round++) granted += await burst(limiters, '192.0.2.9', 1);
        const refilled = ((performance.now() - startedAtMs) / 60_000) * LIMIT;
        assert.ok(granted >= LIMIT - 1 && granted <= LIMIT + 1 + refilled, `${granted} granted`);
        assert.ok(refilled < REFILLED_MAX, 'too slow to tell');
      } finally {
        await close();
      }
    });

    test('runs no command for an address that is far from its limit', async () => {
      const [limiter] = await open(100_000);
      try {
        const before = await dataCommandCount(redis.port);
        for (let request = 0; request < 500; request++) await limiter.take('192.0.2.30', 1);
        assert.equal((await dataCommandCount(redis.port)) - before, 0);
      } finally {
        await close();
      }
    });

    test('counts in the process while Redis is away, and together again afterwards', async () => {
      const limiters = await open();
      try {
        await redis.stop();
        assert.equal(await burst(limiters.slice(0, 1), '192.0.2.40', 150), LIMIT);
        await redis.start();
        for (const client of clients) await client.connected(NEVER);
        await eventually('one bucket again', async () => {
          const address = `198.51.100.${prefixes++}`;
          return (await burst(limiters, address, 150)) <= LIMIT + 2;
        });
      } finally {
        await close();
      }
    });
  },
);
