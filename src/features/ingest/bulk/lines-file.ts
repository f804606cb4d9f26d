/** NDJSON and CSV files, also compressed, as a stream of what they say. */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { decompressor } from '../../../lib/compression/compression.ts';
import { AppError } from '../../../lib/errors.ts';
import type { LineFormat } from '../../../lib/import-line/line-values.ts';

const NAME = /\.(ndjson|jsonl|csv)(\.gz|\.zst)?$/i;
const READ_BYTES = 256 * 1024;

export interface LinesFile {
  readonly format: LineFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export function isLinesFile(path: string): boolean {
  return NAME.test(path);
}

/** @throws AppError `import.bad-line` for a file of another kind, and for zstd where Node.js lacks it */
export function openLines(path: string): LinesFile {
  const [, kind, compression] = NAME.exec(path.toLowerCase()) ?? [];
  if (kind === undefined)
    throw new AppError(
      'import.bad-line',
      `${path}: expected .ndjson, .jsonl or .csv, plain, .gz or .zst`,
    );
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const format = kind === 'csv' ? 'csv' : 'ndjson';
  const plain = compression === undefined ? file : decompressed(file, compression);
  return { format, chunks: plain };
}

function decompressed(file: Readable, compression: string): Readable {
  const inflate = decompressor(compression === '.gz' ? 'gzip' : 'zstd');
  // Its reader hears of every failure.
  return pipeline(file, inflate, () => undefined);
}
