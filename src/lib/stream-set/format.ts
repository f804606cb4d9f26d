/**
 * Layout of a StreamSet blob, shared by encoder, decoder and compressor: a header, then one msgpack array, `BODY_ITEMS`
 * long, whose last item is the bin of all columns (docs/stream-set.md).
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { STREAM_FIELDS, StreamCell } from '../stream/fields.ts';
import { INFOHASH_BYTES, LAYOUT } from './layout.ts';
import { isSearchPhase, type SearchMark } from './search-mark.ts';

export const MAGIC = 0x534c5353;
export const FORMAT_VERSION = 3;
export const HEADER_BYTES = 24;
export const COMPRESSION_NONE = 0;
export const COMPRESSION_DEFLATE = 1;

export const AT_FORMAT = 4;
export const AT_COMPRESSION = 5;
export const AT_BODY_OFFSET = 6;
export const AT_SEARCH_PHASE = 7;
export const AT_BODY_BYTES = 8;
export const AT_VERSION = 12;
export const VERSION_BYTES = 6;
export const AT_NEXT_SEARCH = 18;

/** mediaId, type, year, runtime, season, episode, restrictions, and the string ids of publicId … title. */
export const MEDIA_ITEMS = 11;
/** After the media: number of rows, number of strings, heap, columns. */
export const BODY_ITEMS = MEDIA_ITEMS + 4;

/** Strings have 16-bit ids. */
export const STRINGS_MAX = 0x1_0000;
/** A row has at most seven strings of its own: of so many rows, 16-bit ids always reach all. */
export const STREAM_SET_ROWS_MAX = 8192;
/** Refused before anything is allocated; 8,192 rows with 1 KB of strings each stay below 10 MB. */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** Length of the columns' bin: `rows` rows and the offsets of `strings` strings into the heap. */
export function columnsBytes(rows: number, strings: number): number {
  return rows * LAYOUT.rowBytes + (strings + 1) * 4;
}

interface CellArrays {
  readonly float64: Float64Array;
  readonly uint32: Uint32Array;
  readonly int32: Int32Array;
  readonly uint16: Uint16Array;
  readonly text: Uint16Array;
  readonly uint8: Uint8Array;
  readonly infohash: Uint8Array;
}
type ColumnName<Name extends string, Cell extends StreamCell> = Cell extends 'text'
  ? `${Name}Id`
  : Name;
/** A column for each row of the table: what `StreamColumns` must have. */
type FieldColumns = {
  readonly [
    F in (typeof STREAM_FIELDS)[number] as ColumnName<F['name'], F['cell']>
  ]: CellArrays[F['cell']];
};

/**
 * Typed columns over `buffer` from `offset` (8-aligned), each where the layout puts it. Strings are 16-bit ids into
 * `stringOffsets`; id 0 is the empty string. Named one by one, since views made in a loop are slow to make and to read.
 */
export class StreamColumns implements FieldColumns {
  readonly streamId: Float64Array;
  readonly fileSizeBytes: Float64Array;
  readonly totalSizeBytes: Float64Array;
  readonly addedAtS: Uint32Array;
  readonly flagsMask: Uint32Array;
  readonly languagesLow: Uint32Array;
  readonly languagesHigh: Uint32Array;
  readonly subtitleLanguagesLow: Uint32Array;
  readonly subtitleLanguagesHigh: Uint32Array;
  readonly seeders: Int32Array;
  readonly fileIndex: Int32Array;
  /** Start of string `i` in the heap; one more entry marks the end. */
  readonly stringOffsets: Uint32Array;
  readonly audioMask: Uint16Array;
  readonly nameId: Uint16Array;
  readonly filenameId: Uint16Array;
  readonly locatorId: Uint16Array;
  readonly sourceId: Uint16Array;
  readonly releaseGroupId: Uint16Array;
  readonly uploaderId: Uint16Array;
  readonly trackersId: Uint16Array;
  readonly kind: Uint8Array;
  readonly resolution: Uint8Array;
  readonly quality: Uint8Array;
  readonly codec: Uint8Array;
  readonly hdrMask: Uint8Array;
  readonly channelsMask: Uint8Array;
  readonly bitDepth: Uint8Array;
  /** 20 bytes a row; all zero where there is none. */
  readonly infohash: Uint8Array;

  constructor(buffer: ArrayBufferLike, offset: number, rows: number, strings: number) {
    const { before } = LAYOUT;
    const late = offset + (strings + 1) * 4;
    this.streamId = new Float64Array(buffer, offset + rows * before.streamId, rows);
    this.fileSizeBytes = new Float64Array(buffer, offset + rows * before.fileSizeBytes, rows);
    this.totalSizeBytes = new Float64Array(buffer, offset + rows * before.totalSizeBytes, rows);
    this.addedAtS = new Uint32Array(buffer, offset + rows * before.addedAtS, rows);
    this.flagsMask = new Uint32Array(buffer, offset + rows * before.flagsMask, rows);
    this.languagesLow = new Uint32Array(buffer, offset + rows * before.languagesLow, rows);
    this.languagesHigh = new Uint32Array(buffer, offset + rows * before.languagesHigh, rows);
    this.subtitleLanguagesLow = new Uint32Array(
      buffer,
      offset + rows * before.subtitleLanguagesLow,
      rows,
    );
    this.subtitleLanguagesHigh = new Uint32Array(
      buffer,
      offset + rows * before.subtitleLanguagesHigh,
      rows,
    );
    this.seeders = new Int32Array(buffer, offset + rows * before.seeders, rows);
    this.fileIndex = new Int32Array(buffer, offset + rows * before.fileIndex, rows);
    this.stringOffsets = new Uint32Array(buffer, offset + rows * LAYOUT.wideBytes, strings + 1);
    this.audioMask = new Uint16Array(buffer, late + rows * before.audioMask, rows);
    this.nameId = new Uint16Array(buffer, late + rows * before.name, rows);
    this.filenameId = new Uint16Array(buffer, late + rows * before.filename, rows);
    this.locatorId = new Uint16Array(buffer, late + rows * before.locator, rows);
    this.sourceId = new Uint16Array(buffer, late + rows * before.source, rows);
    this.releaseGroupId = new Uint16Array(buffer, late + rows * before.releaseGroup, rows);
    this.uploaderId = new Uint16Array(buffer, late + rows * before.uploader, rows);
    this.trackersId = new Uint16Array(buffer, late + rows * before.trackers, rows);
    this.kind = new Uint8Array(buffer, late + rows * before.kind, rows);
    this.resolution = new Uint8Array(buffer, late + rows * before.resolution, rows);
    this.quality = new Uint8Array(buffer, late + rows * before.quality, rows);
    this.codec = new Uint8Array(buffer, late + rows * before.codec, rows);
    this.hdrMask = new Uint8Array(buffer, late + rows * before.hdrMask, rows);
    this.channelsMask = new Uint8Array(buffer, late + rows * before.channelsMask, rows);
    this.bitDepth = new Uint8Array(buffer, late + rows * before.bitDepth, rows);
    this.infohash = new Uint8Array(buffer, late + rows * before.infohash, rows * INFOHASH_BYTES);
  }
}

/** A header that was checked against the blob's real length. */
export interface BlobHeader {
  readonly compressed: boolean;
  readonly bodyOffset: number;
  /** Length of the plain body. */
  readonly bodyBytes: number;
  readonly version: number;
  readonly search: SearchMark;
}

/** Reads and checks the header; null for anything that this version does not write. */
export function readHeader(blob: Uint8Array): BlobHeader | null {
  if (blob.byteLength < HEADER_BYTES) return null;
  const head = Buffer.from(blob.buffer, blob.byteOffset, HEADER_BYTES);
  if (head.readUInt32BE(0) !== MAGIC || head[AT_FORMAT] !== FORMAT_VERSION) return null;
  const phase = head.readUInt8(AT_SEARCH_PHASE);
  if (!isSearchPhase(phase)) return null;
  const compression = head.readUInt8(AT_COMPRESSION);
  const bodyOffset = head.readUInt8(AT_BODY_OFFSET);
  const bodyBytes = head.readUInt32LE(AT_BODY_BYTES);
  if (
    compression > COMPRESSION_DEFLATE ||
    bodyOffset < HEADER_BYTES ||
    bodyOffset >= HEADER_BYTES + 8
  )
    return null;
  if (bodyBytes > BODY_BYTES_MAX || bodyOffset > blob.byteLength) return null;
  const compressed = compression === COMPRESSION_DEFLATE;
  if (!compressed && blob.byteLength !== bodyOffset + bodyBytes) return null;
  return {
    compressed,
    bodyOffset,
    bodyBytes,
    version: head.readUIntBE(AT_VERSION, VERSION_BYTES),
    search: { phase, nextAtS: head.readUInt32LE(AT_NEXT_SEARCH) },
  };
}

/** SHA-1 of a plain body; its first bytes are the set's version and the check of a compressed blob. */
export function bodyDigest(body: Uint8Array): Buffer {
  return createHash('sha1').update(body).digest();
}
