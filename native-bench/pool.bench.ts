/** What a round trip to a pool thread costs by the size of the body, when the thread does nothing. */
import { Bench } from 'tinybench';
import { createTaskPool } from '../src/platform/pool/piscina-pool.ts';
import { NEVER, silentLogger } from '../test/support/cache-parts.ts';
import type { BenchSuite } from './suite.ts';

const KB = 1024;
const LIMITS = { threads: 1, queueMax: 100, taskTimeoutMs: 20_000, closeTimeoutMs: 2000 };

export async function openPoolBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'round trip to a pool thread', time: 500, warmupTime: 100 });
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  for (const sizeKb of [0, 2, 20, 120, 1000]) {
    const bytes = new Uint8Array(sizeKb * KB);
    bench.add(`${sizeKb} KB to the thread`, async () => {
      await pool.run('http.compress', { bytes, gzip: false, br: false }, { signal: NEVER });
    });
  }
  return { bench, measuresCpu: true, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}
