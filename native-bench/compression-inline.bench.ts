/** A body that few clients will get: compressed at once and fast in the event loop, or with the usual care by another thread. */
import { Bench } from 'tinybench';
import { ZlibCompressor, compressInline } from '../src/http/body-compressor.ts';
import { streamListBody } from './fixtures/bodies.ts';
import type { BenchSuite } from './suite.ts';

const KB = 1024;
/** A stream list of 25 rows is 15 KB. */
const INLINE_KB = [2, 8, 16, 32, 64, 128];
const BROTLI_KB = 16;

export async function openInlineCompressionBench(): Promise<BenchSuite> {
  const bench = new Bench({
    name: 'a body for few clients: inline, libuv',
    time: 400,
    warmupTime: 50,
  });
  const libuv = new ZlibCompressor();
  const sizesBytes: Record<string, number> = {};
  for (const sizeKb of INLINE_KB) {
    const bytes = streamListBody(sizeKb * KB);
    const tasks = [`inline, ${sizeKb} KB`, `libuv, ${sizeKb} KB`] as const;
    bench
      .add(tasks[0], () => {
        compressInline(bytes, 'gzip');
      })
      .add(tasks[1], async () => {
        await libuv.compress(bytes, 'gzip');
      });
    sizesBytes[tasks[0]] = compressInline(bytes, 'gzip').byteLength;
    sizesBytes[tasks[1]] = (await libuv.compress(bytes, 'gzip')).byteLength;
  }
  const brotliBody = streamListBody(BROTLI_KB * KB);
  bench.add(`inline, ${BROTLI_KB} KB, brotli`, () => {
    compressInline(brotliBody, 'br');
  });
  sizesBytes[`inline, ${BROTLI_KB} KB, brotli`] = compressInline(brotliBody, 'br').byteLength;
  return {
    bench,
    sizesBytes,
    measuresCpu: true,
    crossovers: [
      {
        name: 'http.compress-inline',
        metric: 'loopUs',
        points: INLINE_KB.map((sizeKb) => ({
          size: sizeKb * KB,
          below: { task: `inline, ${sizeKb} KB` },
          above: { task: `libuv, ${sizeKb} KB` },
        })),
      },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
