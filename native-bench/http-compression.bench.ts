/** Levels of gzip and brotli for bodies of 25 and 200 streams (docs/decisions/0005-http-front-end.md). */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Bench } from 'tinybench';
import { ZlibCompressor } from '../src/http/body-compressor.ts';
import { plainPresent } from './fixtures/plain-present.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import type { BenchSuite } from './suite.ts';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

function bodyOf(count: number): Buffer {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(count)));
  if (set === null) throw new Error('the fixed rows do not decode');
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return Buffer.from(JSON.stringify({ streams: plainPresent(set, rows, count, 'Sluice') }));
}

export async function openCompressionBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'compression of bodies', time: 300, warmupTime: 50 });
  const sizesBytes: Record<string, number> = {};
  const ours = new ZlibCompressor();
  for (const count of [25, 200]) {
    const body = bodyOf(count);
    const contenders: [string, () => Promise<Uint8Array>][] = [
      ['ours, gzip', () => ours.compress(body, 'gzip')],
      ['ours, br', () => ours.compress(body, 'br')],
      ['gzip 1', () => gzipAsync(body, { level: 1 })],
      ['gzip 9', () => gzipAsync(body, { level: 9 })],
      ['br 1', () => brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
      ['br 4', () => brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
      ['br 9', () => brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })],
    ];
    for (const [name, compress] of contenders) {
      const task = `${count} streams (${body.byteLength} bytes), ${name}`;
      sizesBytes[task] = (await compress()).byteLength;
      bench.add(task, async () => { await compress(); });
    }
  }
  return { bench, sizesBytes, [Symbol.asyncDispose]: () => Promise.resolve() };
}
