/**
 * node:zlib, brotli and fflate on the same bytes, from an install address to a long list, all of them synchronous: what
 * the work itself costs. fflate is no dependency of Sluice; its rows need `npm install --no-save fflate@0.8.3`.
 */
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  inflateRawSync,
} from 'node:zlib';
import { Bench } from 'tinybench';
import { streamListBody } from './fixtures/bodies.ts';
import type { BenchSuite, CrossoverPlan } from './suite.ts';

/** The two functions of it that are measured. */
interface Fflate {
  deflateSync(bytes: Uint8Array, options: { readonly level: 6 }): Uint8Array;
  inflateSync(bytes: Uint8Array): Uint8Array;
}

const SIZES = [64, 256, 1024, 16_384, 131_072];
const LEVEL = 6;
const BROTLI_QUALITY = 5;

export async function openZlibFflateBench(): Promise<BenchSuite> {
  const fflate = await loadFflate();
  const bench = new Bench({ name: 'node:zlib, brotli, fflate', time: 300, warmupTime: 30 });
  const sizesBytes: Record<string, number> = {};
  for (const size of SIZES) {
    const body = streamListBody(size);
    const deflated = deflateRawSync(body, { level: LEVEL });
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    const brotli = brotliCompressSync(body, { params });
    const add = (
      name: string,
      packed: Uint8Array,
      compress: () => unknown,
      decompress: () => unknown,
    ) => {
      bench
        .add(taskOf('compress', name, size), compress)
        .add(taskOf('decompress', name, size), decompress);
      sizesBytes[taskOf('compress', name, size)] = packed.byteLength;
    };
    add(
      'zlib',
      deflated,
      () => deflateRawSync(body, { level: LEVEL }),
      () => inflateRawSync(deflated),
    );
    add(
      'brotli',
      brotli,
      () => brotliCompressSync(body, { params }),
      () => brotliDecompressSync(brotli),
    );
    if (fflate !== null) {
      const packed = fflate.deflateSync(body, { level: LEVEL });
      add(
        'fflate',
        packed,
        () => fflate.deflateSync(body, { level: LEVEL }),
        () => fflate.inflateSync(packed),
      );
    }
  }
  return {
    bench,
    sizesBytes,
    notes: fflate === null ? ['fflate is not installed: its rows and crossovers are left out'] : [],
    crossovers: fflate === null ? [] : [planOf('compress'), planOf('decompress')],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function taskOf(way: 'compress' | 'decompress', name: string, size: number): string {
  return `${way}, ${size} bytes, ${name}`;
}

function planOf(way: 'compress' | 'decompress'): CrossoverPlan {
  return {
    name: `zlib-or-fflate.${way}`,
    metric: 'p50Us',
    points: SIZES.map((size) => ({
      size,
      below: { task: taskOf(way, 'fflate', size) },
      above: { task: taskOf(way, 'zlib', size) },
    })),
  };
}

/** Null where it is not installed. The name is no literal, so that nothing looks for a package that is not declared. */
async function loadFflate(): Promise<Fflate | null> {
  const name = 'fflate';
  try {
    return (await import(name)) as Fflate;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
