/** Deflate of StreamSet blobs: which are worth it, and how they are read back without trusting them. */
import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRawSync } from 'node:zlib';
import {
  AT_COMPRESSION,
  AT_VERSION,
  COMPRESSION_DEFLATE,
  COMPRESSION_NONE,
  VERSION_BYTES,
  bodyDigest,
  readHeader,
} from './format.ts';

const deflateRawAsync = promisify(deflateRaw);

/**
 * Blobs above this many bytes are stored compressed: see the table in docs/stream-set.md.
 * Below, inflating costs more CPU than reading the larger value from Redis.
 */
export const COMPRESS_ABOVE_BYTES = 128 * 1024;

/** True when the blob's header says that its body is compressed; says nothing about the rest. */
export function isCompressed(blob: Uint8Array): boolean {
  return readHeader(blob)?.compressed === true;
}

/**
 * The compressed form of a plain blob, made on a libuv thread.
 * @throws TypeError when `blob` is not a plain blob
 */
export async function deflateBlob(blob: Uint8Array): Promise<Buffer> {
  const header = readHeader(blob);
  if (header === null || header.compressed) throw new TypeError('expected a plain StreamSet blob');
  const body = await deflateRawAsync(blob.subarray(header.bodyOffset), {
    level: constants.Z_BEST_SPEED,
  });
  const head = Buffer.from(blob.subarray(0, header.bodyOffset));
  head[AT_COMPRESSION] = COMPRESSION_DEFLATE;
  return Buffer.concat([head, body]);
}

/**
 * The plain blob of a compressed one, verified against the hash in its header; null for anything else.
 * Never inflates more than the header announces (at most BODY_BYTES_MAX).
 */
export function inflateBlob(blob: Uint8Array): Buffer | null {
  const header = readHeader(blob);
  if (header?.compressed !== true || header.bodyBytes === 0) return null;
  try {
    const body = inflateRawSync(blob.subarray(header.bodyOffset), {
      maxOutputLength: header.bodyBytes,
    });
    if (body.byteLength !== header.bodyBytes) return null;
    const head = Buffer.from(blob.subarray(0, header.bodyOffset));
    if (
      bodyDigest(body).compare(head, AT_VERSION, AT_VERSION + VERSION_BYTES, 0, VERSION_BYTES) !== 0
    )
      return null;
    head[AT_COMPRESSION] = COMPRESSION_NONE;
    return Buffer.concat([head, body]);
  } catch {
    return null;
  }
}
