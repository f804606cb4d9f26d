/**
 * A StreamSet from Redis by the number of its rows: stored plain, deflated and inflated by the pool (as the product
 * does above its threshold), deflated and inflated in the loop (docs/stream-set.md).
 */
import { Bench } from 'tinybench';
import { streamSetCache } from '../src/features/streams/codecs.ts';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { deflateBlob, inflateBlob } from '../src/lib/stream-set/compression.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import type { CacheStore } from '../src/platform/cache/cache.ts';
import { createTaskPool } from '../src/platform/pool/piscina-pool.ts';
import {
  localParts,
  NEVER,
  redisParts,
  silentLogger,
  uniquePrefix,
} from '../test/support/cache-parts.ts';
import { hasRedisServer, startRedisServer } from '../test/support/redis-server.ts';
import { lineUs } from './fixtures/bodies.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite, CrossoverPoint } from './suite.ts';

const ROW_COUNTS = [100, 200, 400, 800, 2000, 4000];
const LIMITS = { threads: 1, queueMax: 100, taskTimeoutMs: 20_000, closeTimeoutMs: 2000 };
/** Between Redis and a process, in a data centre. */
const LINE_MBIT_PER_S = 1000;

export async function openStoredSetBench(): Promise<BenchSuite> {
  const stack = new DisposeStack();
  try {
    return await openSuite(stack);
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function openSuite(stack: DisposeStack): Promise<BenchSuite> {
  const hasRedis = hasRedisServer();
  const store = hasRedis ? await openRedis(stack) : openMemory(stack);
  const pool = stack.use(createTaskPool({ ...LIMITS, logger: silentLogger }));
  const bench = new Bench({
    name: `StreamSet from ${hasRedis ? 'Redis' : 'a store in memory'}`,
    time: 800,
    warmupTime: 50,
  });
  const { codec } = streamSetCache(pool);
  const sizesBytes: Record<string, number> = {};
  const [deflate, inflate]: [CrossoverPoint[], CrossoverPoint[]] = [[], []];
  for (const count of ROW_COUNTS) {
    const blob = encodeStreamSet(FIXTURE_MEDIA, fixtureRows(count));
    const deflated = await deflateBlob(blob);
    const [plainKey, deflatedKey] = [`plain ${count}`, `deflated ${count}`];
    await put(store, plainKey, blob);
    await put(store, deflatedKey, deflated);
    const [plain, pooled, inLoop] = [
      `${count} rows, plain`,
      `${count} rows, through the pool`,
      `${count} rows, inflated in the loop`,
    ];
    bench
      .add(plain, async () => {
        decodeStreamSet(await fetched(store, plainKey));
      })
      .add(pooled, async () => {
        await codec.decode(await fetched(store, deflatedKey), NEVER);
      })
      .add(inLoop, async () => {
        decodeStreamSet(inflateBlob(await fetched(store, deflatedKey)) ?? Buffer.alloc(0));
      });
    Object.assign(sizesBytes, {
      [plain]: blob.byteLength,
      [pooled]: deflated.byteLength,
      [inLoop]: deflated.byteLength,
    });
    deflate.push({
      size: blob.byteLength,
      below: { task: plain, addedUs: lineUs(blob.byteLength, LINE_MBIT_PER_S) },
      above: { task: pooled, addedUs: lineUs(deflated.byteLength, LINE_MBIT_PER_S) },
    });
    inflate.push({ size: blob.byteLength, below: { task: inLoop }, above: { task: pooled } });
  }
  return {
    bench,
    sizesBytes,
    measuresCpu: true,
    notes: hasRedis ? [] : ['redis-server is not installed: a store in memory, and no crossovers'],
    crossovers: hasRedis
      ? [
          { name: 'stream-set.deflate', metric: 'p50Us', points: deflate },
          { name: 'stream-set.inflate-in-pool', metric: 'loopUs', points: inflate },
        ]
      : [],
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

async function openRedis(stack: DisposeStack): Promise<CacheStore> {
  const server = stack.use(await startRedisServer());
  const parts = stack.use(redisParts(server.url, uniquePrefix()));
  await parts.redis.connected(AbortSignal.timeout(5000));
  if (parts.l2 === null) throw new Error('there is no second tier');
  return parts.l2;
}

function openMemory(stack: DisposeStack): CacheStore {
  const { l2 } = stack.use(localParts(true));
  if (l2 === null) throw new Error('there is no second tier');
  return l2;
}

async function put(store: CacheStore, key: string, bytes: Uint8Array): Promise<void> {
  const untilMs = Date.now() + 3_600_000;
  await store.set(key, { bytes, freshUntilMs: untilMs, expiresAtMs: untilMs }, NEVER);
}

async function fetched(store: CacheStore, key: string): Promise<Buffer> {
  const entry = await store.get(key, NEVER);
  if (entry === null) throw new Error(`"${key}" is not in the store`);
  return Buffer.from(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.byteLength);
}
