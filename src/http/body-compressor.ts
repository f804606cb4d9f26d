/** Compresses bodies off the main thread. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Compression } from './accept-encoding.ts';

export interface BodyCompressor {
  /** Rejects when it is overloaded; the body then goes out uncompressed. */
  compress(bytes: Uint8Array, encoding: Compression): Promise<Uint8Array>;
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Chosen by native-bench/http-compression.bench.ts (docs/decisions/0005-http-front-end.md). */
export const GZIP_LEVEL = 6;
export const BROTLI_QUALITY = 5;

/** node:zlib on libuv's threads: 49 µs of main-thread CPU for 110 KB, against 368 µs inline. */
export class ZlibCompressor implements BodyCompressor {
  async compress(bytes: Uint8Array, encoding: Compression): Promise<Uint8Array> {
    if (encoding === 'gzip') return await gzipAsync(bytes, { level: GZIP_LEVEL });
    return await brotliAsync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
      },
    });
  }
}
