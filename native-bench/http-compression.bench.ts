/**
 * Levels of gzip and brotli for bodies of 25 and 200 streams, and from which size on compressing a body pays
 * (docs/http-lifecycle.md).
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Bench } from 'tinybench';
import { ZlibCompressor } from '../src/http/body-compressor.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import { lineUs, streamListBody } from './fixtures/bodies.ts';
import { plainPresent } from './fixtures/plain-present.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);
const SMALL_SIZES = [128, 256, 512, 1024, 2048, 4096];
/** A telephone out of doors. */
const LINE_MBIT_PER_S = 10;
/** `Content-Encoding: gzip` and its line end. */
const HEADER_BYTES = 24;

function bodyOf(count: number): Buffer {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(count)));
  if (set === null) throw new Error('the fixed rows do not decode');
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return Buffer.from(JSON.stringify({ streams: plainPresent(set, rows, count, 'Sluice') }));
}

export async function openCompressionBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'compression of bodies', time: 300, warmupTime: 20 });
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
      bench.add(task, async () => {
        await compress();
      });
    }
  }
  return { bench, sizesBytes, measuresCpu: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** The first who asks waits for the compressor, and then for fewer bytes; everyone after him for fewer bytes only. */
export async function openSmallBodiesBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'compression of small bodies', time: 400, warmupTime: 50 });
  const ours = new ZlibCompressor();
  const sizesBytes: Record<string, number> = {};
  const points = [];
  for (const size of SMALL_SIZES) {
    const body = streamListBody(size);
    const task = `${size} bytes, gzip`;
    bench.add(task, async () => {
      await ours.compress(body, 'gzip');
    });
    const bytes = (await ours.compress(body, 'gzip')).byteLength;
    sizesBytes[task] = bytes;
    points.push({
      size,
      below: { addedUs: lineUs(size, LINE_MBIT_PER_S) },
      above: { task, addedUs: lineUs(bytes + HEADER_BYTES, LINE_MBIT_PER_S) },
    });
  }
  return {
    bench,
    sizesBytes,
    measuresCpu: true,
    crossovers: [{ name: 'http.compress-body', metric: 'p50Us', points }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
