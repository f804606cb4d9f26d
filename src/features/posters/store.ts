/** Cache key and cache codec of rendered posters. What they show comes from the library (`PosterSource`). */
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import { staleForADay } from '../../platform/cache/timed-value.ts';
import type { PosterFormat } from '../../../workers/contract.ts';

/** A finished poster. */
export interface PosterImage {
  readonly format: PosterFormat;
  readonly bytes: Uint8Array;
  /** A placeholder that stands in for artwork which could not be had: worth another try soon. */
  readonly isMakeshift: boolean;
}

/** What is asked for. */
export interface PosterRequest {
  readonly id: TitleId;
  readonly format: PosterFormat;
}

/** How long artwork that failed is left alone. */
const MAKESHIFT_FRESH_MS = 120_000;
/** Object, view and map slot beside the bytes. */
const OVERHEAD_BYTES = 300;

const HEADER_BYTES = 4;
const MAGIC = 0x50;
const VERSION = 1;
const FORMATS: readonly PosterFormat[] = ['jpeg', 'webp', 'avif'];

export function posterKey(id: TitleId, format: PosterFormat, showsRating: boolean): string {
  return showsRating ? `${id.type}:${id.id}:${format}:rated` : `${id.type}:${id.id}:${format}`;
}

/** Those of all posters of a title, whatever this server shows now. */
export function posterKeys(id: TitleId): readonly string[] {
  return FORMATS.flatMap((format) =>
    [true, false].map((showsRating) => posterKey(id, format, showsRating)),
  );
}

/** Header (magic, version, format, makeshift) and the file. */
const posterCodec: CacheCodec<PosterImage> = {
  encode({ format, bytes, isMakeshift }) {
    const blob = new Uint8Array(HEADER_BYTES + bytes.byteLength);
    blob.set([MAGIC, VERSION, FORMATS.indexOf(format), isMakeshift ? 1 : 0]);
    blob.set(bytes, HEADER_BYTES);
    return blob;
  },
  decode(blob) {
    const [magic, version, formatNumber = -1, makeshift = -1] = blob;
    const format = FORMATS[formatNumber];
    const bytes = blob.subarray(HEADER_BYTES);
    const known = magic === MAGIC && version === VERSION && format !== undefined && makeshift <= 1;
    return known && startsAs(format, bytes)
      ? { format, bytes, isMakeshift: makeshift === 1 }
      : null;
  },
  sizeBytes: ({ bytes }) => bytes.byteLength + HEADER_BYTES + OVERHEAD_BYTES,
  freshForMs: ({ isMakeshift }) => (isMakeshift ? MAKESHIFT_FRESH_MS : undefined),
};

/** The first bytes of each format: a blob of something else is a miss, never an answer. */
function startsAs(format: PosterFormat, bytes: Uint8Array): boolean {
  switch (format) {
    case 'jpeg':
      return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
    case 'webp':
      return asciiAt(bytes, 0) === 'RIFF' && asciiAt(bytes, 8) === 'WEBP';
    case 'avif':
      return asciiAt(bytes, 4) === 'ftyp';
  }
}

function asciiAt(bytes: Uint8Array, start: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + 4));
}

/** Rendered posters by type, id and format (`posterKey`). */
export const POSTER_CACHE: CacheSpec<PosterImage> = {
  name: 'poster',
  schemaVersion: VERSION,
  codec: posterCodec,
  lifetimes: (config) => staleForADay(config.POSTER_CACHE_TTL_SECONDS),
};
