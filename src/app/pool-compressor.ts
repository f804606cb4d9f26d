/** Compression of large bodies in the worker pool, in the shape that `http` asks for. */
import type { CompressInPool } from '../http/content-encoding.ts';
import type { TaskPool } from '../platform/pool/task-pool.ts';

const COMPRESS_TIMEOUT_MS = 5000;

/** The body is shared by many requests, so it is copied to the thread, never moved. */
export function compressWith(pool: TaskPool): CompressInPool {
  return (bytes, wanted) =>
    pool.run('http.compress', { bytes, ...wanted }, { signal: AbortSignal.timeout(COMPRESS_TIMEOUT_MS) });
}
