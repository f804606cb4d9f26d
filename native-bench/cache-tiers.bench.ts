/**
 * What a look-up costs in each tier. Contenders: the same L1 with `cache:version:key` strings in one
 * lru-cache, and a plain Map as the floor. The Redis rows need a redis-server on the PATH.
 */
import { LRUCache } from 'lru-cache';
import { Bench } from 'tinybench';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import type { Lookup } from '../src/platform/cache/cache.ts';
import { packEntry, unpackEntry } from '../src/platform/cache/entry-header.ts';
import { SingleFlight } from '../src/lib/async/single-flight.ts';
import { createTieredCache, type TieredCache } from '../src/platform/cache/tiered-cache.ts';
import {
  localParts,
  NEVER,
  redisParts,
  silentLogger,
  textCache,
  uniquePrefix,
  type CacheParts,
} from '../test/support/cache-parts.ts';
import { hasRedisServer, startRedisServer } from '../test/support/redis-server.ts';
import type { BenchSuite } from './suite.ts';

const KEYS = Array.from(
  { length: 2000 },
  (_, index) => `series:tt${1_000_000 + index}:${index % 9}:${index % 24}`,
);
const PEEK = 'peek, L1 hit';
const CONCATENATED = '  contender: one lru-cache, concatenated keys';
/** The blob of about 200 streams. */
const BLOB = new Uint8Array(20_000).fill(7);

/** Bytes in, the same bytes out: the codec of a StreamSet is measured elsewhere. */
function blobCache(parts: CacheParts): TieredCache<Uint8Array> {
  const { l1, l2, leases, invalidation } = parts;
  return createTieredCache<Uint8Array>(
    {
      name: 'blob',
      schemaVersion: 1,
      freshMs: 3_600_000,
      staleMs: 0,
      l1MaxAgeMs: 0,
      negativeMs: { first: 1000, max: 1000, growth: 1 },
      codec: {
        encode: (value) => value,
        decode: (bytes) => bytes,
        sizeBytes: (value) => value.byteLength,
      },
      l1,
      l2,
      leases,
      invalidation,
    },
    silentLogger,
  );
}

export async function openFirstTierBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'cache, first tier', time: 400, warmupTime: 100 });
  const stack = new DisposeStack();
  await addFirstTier(bench, stack);
  addSingleFlight(bench);
  return {
    bench,
    bars: [{ task: PEEK, metric: 'p50Us', against: CONCATENATED, ratioMax: 1 }],
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

export async function openSecondTierBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'cache, second tier', time: 600, warmupTime: 100 });
  const stack = new DisposeStack();
  try {
    await addSecondTier(bench, stack, 'memory', localParts(true));
    if (hasRedisServer()) {
      const server = stack.use(await startRedisServer());
      const parts = redisParts(server.url, uniquePrefix());
      await parts.redis.connected(AbortSignal.timeout(5000));
      await addSecondTier(bench, stack, 'Redis', parts);
    }
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
  return {
    bench,
    measuresCpu: true,
    notes: hasRedisServer() ? [] : ['redis-server is not installed: its rows are left out'],
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

async function addFirstTier(bench: Bench, stack: DisposeStack): Promise<void> {
  const cache = stack.use(textCache(stack.use(localParts(false))));
  const load = async () => 'value';
  for (const key of KEYS) await cache.get(key, load, NEVER);
  const lookup: Lookup<string> = { value: 'value', tier: 'l1', stale: false };
  const concatenated = new LRUCache<string, { lookup: Lookup<string>; untilMs: number }>({
    maxSize: 1e9,
  });
  for (const key of KEYS)
    concatenated.set(`text:1:${key}`, { lookup, untilMs: Date.now() + 1e7 }, { size: 100 });
  const map = new Map(KEYS.map((key) => [key, lookup]));
  let turn = 0;
  const next = () => KEYS[turn++ % KEYS.length] ?? '';
  bench
    .add(PEEK, () => {
      cache.peek(next());
    })
    .add(CONCATENATED, () => {
      const entry = concatenated.get(`text:1:${next()}`);
      return entry !== undefined && Date.now() < entry.untilMs ? entry.lookup : undefined;
    })
    .add('  floor: a Map', () => {
      map.get(next());
    })
    .add('get, L1 hit', async () => {
      await cache.get(next(), load, NEVER);
    });
}

function addSingleFlight(bench: Bench): void {
  const flights = new SingleFlight<string>({
    flightTimeoutMs: 15_000,
    keysMax: 1000,
    waitersMax: 1000,
    attemptsMax: 3,
  });
  const task = async () => 'value';
  bench
    .add('single-flight, one caller', async () => {
      await flights.run('k', task, NEVER);
    })
    .add('single-flight, 100 callers of one key', async () => {
      await Promise.all(Array.from({ length: 100 }, () => flights.run('k', task, NEVER)));
    });
}

async function addSecondTier(
  bench: Bench,
  stack: DisposeStack,
  name: string,
  parts: CacheParts,
): Promise<void> {
  stack.use(parts);
  const cache = stack.use(blobCache(parts));
  const load = async () => BLOB;
  await cache.get('hit', load, NEVER);
  await new Promise((resolve) => setTimeout(resolve, 50));
  let turn = 0;
  bench
    .add(`get, L2 hit in ${name}, 20 KB`, async () => {
      await cache.get('hit', load, NEVER);
    })
    .add(`get, cold, L2 in ${name}, 20 KB`, async () => {
      await cache.get(`cold ${turn++}`, load, NEVER);
    });
  if (name !== 'Redis') {
    const packed = packEntry({ bytes: BLOB, freshUntilMs: 1, expiresAtMs: 2 });
    bench.add('header, pack and unpack 20 KB', () => {
      unpackEntry(packEntry({ bytes: packed, freshUntilMs: 1, expiresAtMs: 2 }));
    });
  }
}
