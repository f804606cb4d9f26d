/** What a cache needs, as tests put it together: a codec for text, and everything over one Redis. */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { TestContext } from 'node:test';
import type { CacheCodec, CacheStore } from '../../src/platform/cache/cache.ts';
import {
  createLocalInvalidation,
  type InvalidationBus,
} from '../../src/platform/cache/invalidation.ts';
import { L1 } from '../../src/platform/cache/l1.ts';
import { createLocalLeases, type Leases } from '../../src/platform/cache/lease.ts';
import { createMemoryStore } from './memory-store.ts';
import { createRedisInvalidation } from '../../src/platform/cache/redis-invalidation.ts';
import { createRedisLeases } from '../../src/platform/cache/redis-lease.ts';
import { createRedisStore } from '../../src/platform/cache/redis-store.ts';
import {
  createTieredCache,
  type TieredCache,
  type TieredCacheOptions,
} from '../../src/platform/cache/tiered-cache.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';

export const MB = 1024 * 1024;
/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;
setMaxListeners(0, NEVER);

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

/** UTF-8 with a leading `v1:`; anything else is refused. */
export const textCodec: CacheCodec<string> = {
  encode: (value) => new TextEncoder().encode(`v1:${value}`),
  decode: (bytes) => {
    const text = new TextDecoder().decode(bytes);
    return text.startsWith('v1:') ? text.slice(3) : null;
  },
  sizeBytes: (value) => 2 * value.length,
};

export interface CacheParts extends AsyncDisposable {
  readonly l1: L1;
  readonly l2: CacheStore | null;
  readonly leases: Leases;
  readonly invalidation: InvalidationBus;
  readonly redis: RedisClient | null;
}

/** The parts of a process without Redis. */
export function localParts(withSecondTier: boolean): CacheParts {
  const l2 = withSecondTier ? createMemoryStore({ bytesMax: 16 * MB, entryBytesMax: MB }) : null;
  const leases = createLocalLeases(1000);
  return {
    l1: new L1({ bytesMax: 16 * MB }),
    l2,
    leases,
    invalidation: createLocalInvalidation(),
    redis: null,
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      await l2?.[Symbol.asyncDispose]();
    },
  };
}

export interface RedisParts extends CacheParts {
  readonly redis: RedisClient;
}

/** The parts of one process on Redis. Connects in the background. */
export function redisParts(url: string, keyPrefix: string, commandTimeoutMs = 30_000): RedisParts {
  const options = { url, keyPrefix, commandTimeoutMs, connectTimeoutMs: 30_000, heartbeatMs: 500 };
  const redis = createRedis(options, silentLogger);
  const leases = createRedisLeases(redis, { leasesMax: 1000 }, silentLogger);
  return {
    l1: new L1({ bytesMax: 16 * MB }),
    l2: createRedisStore(redis, { entryBytesMax: MB }),
    leases,
    invalidation: createRedisInvalidation(redis),
    redis,
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

export type TextCacheOptions = Partial<Omit<TieredCacheOptions<string>, keyof CacheParts>>;

/** A cache of text over these parts; an hour fresh and stale unless said otherwise. */
export function textCache(parts: CacheParts, options: TextCacheOptions = {}): TieredCache<string> {
  const { l1, l2, leases, invalidation } = parts;
  return createTieredCache<string>(
    {
      name: 'text',
      schemaVersion: 1,
      codec: textCodec,
      freshMs: 3_600_000,
      staleMs: 3_600_000,
      negativeMs: { first: 1000, max: 8000, growth: 2 },
      ...options,
      l1,
      l2,
      leases,
      invalidation,
    },
    silentLogger,
  );
}

/** A key prefix that no other test has. */
export function uniquePrefix(): string {
  return `t${randomBytes(6).toString('hex')}:`;
}

/** Polls until `condition` holds; rejects after a minute, naming what it waited for. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Stops `Date` until the test has ended, so that nothing gets older while it works; timers go on. Returns what lets time pass. */
export function stoppedClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (ms) => t.mock.timers.tick(ms);
}
