/** Compression of large bodies in the worker pool, in the shape that `http` asks for. */
import type { BodyCompressor } from '../http/body-compressor.ts';
import { AppError } from '../lib/errors.ts';
import type { TaskPool } from '../platform/pool/task-pool.ts';

const COMPRESS_TIMEOUT_MS = 5000;

export class PoolCompressor implements BodyCompressor {
  readonly #pool: TaskPool;

  constructor(pool: TaskPool) {
    this.#pool = pool;
  }

  /** The body is shared by many requests, so the thread gets a copy. */
  async compress(bytes: Uint8Array, encoding: 'gzip' | 'br'): Promise<Uint8Array> {
    const wanted = { bytes, gzip: encoding === 'gzip', br: encoding === 'br' };
    const encoded = await this.#pool.run('http.compress', wanted, {
      signal: AbortSignal.timeout(COMPRESS_TIMEOUT_MS),
    });
    const result = encoded[encoding];
    if (result === undefined)
      throw new AppError('pool.task-failed', `nothing came back for ${encoding}`);
    return result;
  }
}
