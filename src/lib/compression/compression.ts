/** Streams that compress and decompress, by whatever this Node.js has. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { AppError } from '../errors.ts';

export const COMPRESSIONS = ['gzip', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** @throws AppError `import.bad-line` for zstd where Node.js lacks it */
export function compressor(compression: Compression): Transform {
  return compression === 'gzip' ? zlib.createGzip() : zstd('createZstdCompress');
}

/** @throws AppError `import.bad-line` for zstd where Node.js lacks it */
export function decompressor(compression: Compression): Transform {
  return compression === 'gzip' ? zlib.createGunzip() : zstd('createZstdDecompress');
}

/** Node.js has it since 22.15 and 23.8. */
function zstd(name: 'createZstdCompress' | 'createZstdDecompress'): Transform {
  const create: unknown = Reflect.get(zlib, name);
  if (typeof create === 'function') return (create as () => Transform)();
  throw new AppError(
    'import.bad-line',
    `Node.js ${process.versions.node} has no zstd: expected gzip, or Node.js 22.15`,
  );
}
