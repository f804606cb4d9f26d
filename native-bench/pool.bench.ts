/**
 * What a round trip to a pool thread costs by the size of the body, and where the pool compresses faster
 * than libuv's threads or the loop itself (docs/decisions/0008-posters.md).
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, gzipSync } from 'node:zlib';
import { Bench } from 'tinybench';
import { createTaskPool } from '../src/platform/pool/piscina-pool.ts';
import { NEVER, silentLogger } from '../test/support/cache-parts.ts';
import type { BenchSuite } from './suite.ts';

const KB = 1024;
const LIMITS = { threads: 1, queueMax: 100, taskTimeoutMs: 20_000, closeTimeoutMs: 2000 };
const asyncGzip = promisify(gzip);
const asyncBrotli = promisify(brotliCompress);

export async function openPoolBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'pool round trip, nothing done', time: 500, warmupTime: 100 });
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  for (const sizeKb of [0, 20, 120, 1000]) {
    const bytes = new Uint8Array(sizeKb * KB);
    bench.add(`${sizeKb} KB to the thread`, async () => {
      await pool.run('http.compress', { bytes, gzip: false, br: false }, { signal: NEVER });
    });
  }
  return { bench, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

export async function openCompressionPlaceBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'compression: loop, libuv, pool', time: 800, warmupTime: 100 });
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  const sizesBytes: Record<string, number> = {};
  for (const sizeKb of [2, 20, 120]) {
    const bytes = streamList(sizeKb * KB);
    bench
      .add(`gzip 6 in the loop, ${sizeKb} KB`, () => { gzipSync(bytes, { level: 6 }); })
      .add(`gzip 6 in libuv, ${sizeKb} KB`, async () => { await asyncGzip(bytes, { level: 6 }); })
      .add(`gzip 6 in the pool, ${sizeKb} KB`, async () => {
        await pool.run('http.compress', { bytes, gzip: true, br: false }, { signal: NEVER });
      })
      .add(`brotli 4 in libuv, ${sizeKb} KB`, async () => { await brotli(bytes, 4); })
      .add(`brotli 5 in libuv, ${sizeKb} KB`, async () => { await brotli(bytes, 5); })
      .add(`both in the pool, ${sizeKb} KB`, async () => {
        await pool.run('http.compress', { bytes, gzip: true, br: true }, { signal: NEVER });
      });
    sizesBytes[`gzip 6 in libuv, ${sizeKb} KB`] = (await asyncGzip(bytes, { level: 6 })).byteLength;
    for (const quality of [4, 5]) {
      sizesBytes[`brotli ${quality} in libuv, ${sizeKb} KB`] = (await brotli(bytes, quality)).byteLength;
    }
  }
  return { bench, sizesBytes, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

function brotli(bytes: Uint8Array, quality: number): Promise<Buffer> {
  return asyncBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
}

/** A list of streams as clients get it, cut to size. */
function streamList(sizeBytes: number): Buffer {
  const streams = Array.from({ length: Math.ceil(sizeBytes / 300) }, (_, index) => ({
    name: `Sluice ${[480, 720, 1080, 2160][index % 4]}p`,
    description: `Night.of.the.Living.Dead.1968.Remaster.${index}.BluRay.x264-GROUP${index % 13}\n👤 ${index * 7}`,
    infoHash: (BigInt(index + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n % (1n << 160n)).toString(16).padStart(40, '0'),
    behaviorHints: { bingeGroup: `sluice|1080p|GROUP${index % 13}`, videoSize: 734_003_200 + index * 77_777 },
  }));
  return Buffer.from(JSON.stringify({ streams })).subarray(0, sizeBytes);
}
