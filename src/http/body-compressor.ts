/** Compresses bodies off the main thread. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Compression } from './accept-encoding.ts';

export interface BodyCompressor {
  /**
   * Rejects when it is overloaded; the body then goes out uncompressed.
   * @param isShared whether many clients get the result, so that a smaller one is worth more time
   */
  compress(bytes: Uint8Array, encoding: Compression, isShared: boolean): Promise<Uint8Array>;
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Paid once per body and shared: chosen by size, below 1.5 ms for 93 KB (native-bench/http-compression.bench.ts). */
const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 5;
/** Of a body for one client: a list of 15 KB takes a third of the time and becomes a quarter larger (0.4 KB). */
const FASTEST = 1;

/** node:zlib on libuv's threads: 49 µs of main-thread CPU for 110 KB, against 368 µs inline. */
export class ZlibCompressor implements BodyCompressor {
  async compress(bytes: Uint8Array, encoding: Compression, isShared: boolean): Promise<Uint8Array> {
    if (encoding === 'gzip') return await gzipAsync(bytes, { level: isShared ? GZIP_LEVEL : FASTEST });
    return await brotliAsync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: isShared ? BROTLI_QUALITY : FASTEST,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
      },
    });
  }
}
