/**
 * Where compression is cheapest by the size of the body: in the loop itself, on libuv's threads, in the pool; and who
 * waits for it there (docs/posters.md).
 */
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { Bench } from 'tinybench';
import { PoolCompressor } from '../src/app/pool-compressor.ts';
import { ZlibCompressor } from '../src/http/body-compressor.ts';
import { createTaskPool } from '../src/platform/pool/piscina-pool.ts';
import { NEVER, silentLogger } from '../test/support/cache-parts.ts';
import { streamListBody } from './fixtures/bodies.ts';
import type { BenchSuite } from './suite.ts';

const KB = 1024;
const LIMITS = { threads: 1, queueMax: 100, taskTimeoutMs: 20_000, closeTimeoutMs: 2000 };
const LEVEL = 6;
const SIZES_KB = [2, 16, 64, 256, 1024, 4096];
/** A loop that was blocked for longer would show in everybody's answers. */
const LOOP_KB_MAX = 256;
const LIBUV_THREADS = 4;
const HELD_KB = [16, 64, 256, 1024];
const asyncGzip = promisify(gzip);

export async function openCompressionPlaceBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'gzip 6: loop, libuv, pool', time: 750, warmupTime: 50 });
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  const sizesBytes: Record<string, number> = {};
  for (const sizeKb of SIZES_KB) {
    const bytes = streamListBody(sizeKb * KB);
    if (sizeKb <= LOOP_KB_MAX)
      bench.add(taskOf('loop', sizeKb), () => {
        gzipSync(bytes, { level: LEVEL });
      });
    bench
      .add(taskOf('libuv', sizeKb), async () => {
        await asyncGzip(bytes, { level: LEVEL });
      })
      .add(taskOf('pool', sizeKb), async () => {
        await pool.run('http.compress', { bytes, gzip: true, br: false }, { signal: NEVER });
      });
    sizesBytes[taskOf('libuv', sizeKb)] = (await asyncGzip(bytes, { level: LEVEL })).byteLength;
  }
  return {
    bench,
    sizesBytes,
    measuresCpu: true,
    crossovers: [
      {
        name: 'http.compress-in-pool',
        metric: 'loopUs',
        points: SIZES_KB.map((sizeKb) => ({
          size: sizeKb * KB,
          below: { task: taskOf('libuv', sizeKb) },
          above: { task: taskOf('pool', sizeKb) },
        })),
      },
    ],
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function taskOf(place: 'loop' | 'libuv' | 'pool', sizeKb: number): string {
  return `${place}, ${sizeKb} KB`;
}

/** Look-ups of names and reads of files wait for a free thread of libuv's four; those are what large bodies would hold. */
export async function openHeldThreadsBench(): Promise<BenchSuite> {
  // Milliseconds of waiting for the file, 0.1 to 10 each; the bodies beside it take up to a thousand times as long.
  const bench = new Bench({
    name: `a file's status, beside ${LIBUV_THREADS} bodies that are compressed`,
    time: 10,
    warmupTime: 1,
  });
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  const places = { libuv: new ZlibCompressor(), pool: new PoolCompressor(pool) };
  for (const sizeKb of HELD_KB) {
    const bytes = streamListBody(sizeKb * KB);
    for (const [place, compressor] of Object.entries(places)) {
      bench.add(`${LIBUV_THREADS} bodies of ${sizeKb} KB in the ${place}`, async () => {
        const bodies = Array.from({ length: LIBUV_THREADS }, () =>
          compressor.compress(bytes, 'gzip'),
        );
        const startedMs = bench.now();
        await stat('.');
        const overriddenDuration = bench.now() - startedMs;
        await Promise.all(bodies);
        return { overriddenDuration };
      });
    }
  }
  return { bench, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}
