/** Packs rows into the plain (uncompressed) blob of a StreamSet. Layout: format.ts. */
import { Buffer } from 'node:buffer';
import { Packr } from 'msgpackr/pack';
import {
  AT_BODY_BYTES,
  AT_BODY_OFFSET,
  AT_COMPRESSION,
  AT_FORMAT,
  AT_NEXT_SEARCH,
  AT_SEARCH_PHASE,
  AT_VERSION,
  BODY_BYTES_MAX,
  COMPRESSION_NONE,
  FORMAT_VERSION,
  HEADER_BYTES,
  MAGIC,
  STREAM_SET_ROWS_MAX,
  StreamColumns,
  VERSION_BYTES,
  bodyDigest,
  columnsBytes,
} from './format.ts';
import type { StreamRow } from '../stream/fields.ts';
import { INFOHASH_BYTES, LAYOUT } from './layout.ts';
import type { StreamSetMedia } from './row.ts';
import { NO_SEARCH, type SearchMark } from './search-mark.ts';

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** Each distinct string once; id 0 is the empty string. */
class StringTable {
  readonly strings: string[] = [''];
  readonly #ids = new Map<string, number>([['', 0]]);

  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.strings.length;
      this.strings.push(text);
      this.#ids.set(text, id);
    }
    return id;
  }
}

/** String ids of the rows, in the order of the layout, and of the media, gathered before the columns can be sized. */
interface Interned {
  readonly strings: readonly string[];
  readonly rowIds: Uint16Array;
  readonly mediaIds: readonly [number, number, number, number];
}

/**
 * The plain blob of a set. Whole numbers outside a column's range are clamped to it; lone surrogates
 * become U+FFFD; an all-zero infohash reads back as null.
 * @throws RangeError above STREAM_SET_ROWS_MAX rows or BODY_BYTES_MAX bytes
 */
export function encodeStreamSet(
  media: StreamSetMedia,
  rows: readonly StreamRow[],
  search: SearchMark = NO_SEARCH,
): Buffer {
  if (rows.length > STREAM_SET_ROWS_MAX)
    throw new RangeError(`a StreamSet holds ${STREAM_SET_ROWS_MAX} rows at most`);
  const interned = intern(media, rows);
  const stringCount = interned.strings.length;
  const columnBuffer = new ArrayBuffer(columnsBytes(rows.length, stringCount));
  const columns = new StreamColumns(columnBuffer, 0, rows.length, stringCount);
  writeNumbers(columns, rows);
  writeStringIds(columns, interned.rowIds);
  const heap = writeHeap(columns.stringOffsets, interned.strings);
  if (heap.byteLength + columnBuffer.byteLength > BODY_BYTES_MAX - HEADER_BYTES * 8) {
    throw new RangeError(`a StreamSet holds ${BODY_BYTES_MAX} bytes at most`);
  }
  return assemble(
    packr.pack([
      whole(media.mediaId, Number.MAX_SAFE_INTEGER),
      media.type === 'series' ? 1 : 0,
      whole(media.year, 0xffff),
      whole(media.runtimeMinutes, 0xffff),
      whole(media.season, 0xffff),
      whole(media.episode, 0xffff_ffff),
      whole(media.restrictions, 0xff),
      ...interned.mediaIds,
      rows.length,
      stringCount,
      heap,
      new Uint8Array(columnBuffer),
    ]),
    columnBuffer.byteLength,
    search,
  );
}

function intern(media: StreamSetMedia, rows: readonly StreamRow[]): Interned {
  const table = new StringTable();
  const mediaIds = [
    table.idOf(media.publicId),
    table.idOf(media.imdbId),
    table.idOf(media.tmdbId),
    table.idOf(media.title),
  ] as const;
  const rowIds = new Uint16Array(rows.length * LAYOUT.texts);
  let at = 0;
  for (const row of rows) {
    rowIds[at++] = table.idOf(row.name);
    rowIds[at++] = table.idOf(row.filename);
    rowIds[at++] = table.idOf(row.locator);
    rowIds[at++] = table.idOf(row.source);
    rowIds[at++] = table.idOf(row.releaseGroup);
    rowIds[at++] = table.idOf(row.uploader);
    rowIds[at++] = table.idOf(row.trackers);
  }
  return { strings: table.strings, rowIds, mediaIds };
}

function writeStringIds(columns: StreamColumns, rowIds: Uint16Array): void {
  const targets = [
    columns.nameId,
    columns.filenameId,
    columns.locatorId,
    columns.sourceId,
    columns.releaseGroupId,
    columns.uploaderId,
    columns.trackersId,
  ];
  targets.forEach((target, first) => {
    for (let row = 0, at = first; row < target.length; row++, at += LAYOUT.texts)
      target[row] = rowIds[at] ?? 0;
  });
}

function writeNumbers(columns: StreamColumns, rows: readonly StreamRow[]): void {
  for (const [at, row] of rows.entries()) {
    columns.streamId[at] = whole(row.streamId, Number.MAX_SAFE_INTEGER);
    columns.fileSizeBytes[at] = whole(row.fileSizeBytes, Number.MAX_SAFE_INTEGER);
    columns.totalSizeBytes[at] = whole(row.totalSizeBytes, Number.MAX_SAFE_INTEGER);
    columns.addedAtS[at] = whole(row.addedAtS, 0xffff_ffff);
    columns.flagsMask[at] = row.flagsMask;
    columns.languagesLow[at] = row.languagesLow;
    columns.languagesHigh[at] = row.languagesHigh;
    columns.subtitleLanguagesLow[at] = row.subtitleLanguagesLow;
    columns.subtitleLanguagesHigh[at] = row.subtitleLanguagesHigh;
    columns.seeders[at] = row.seeders < 0 ? -1 : whole(row.seeders, 0x7fff_ffff);
    columns.fileIndex[at] = row.fileIndex < 0 ? -1 : whole(row.fileIndex, 0x7fff_ffff);
    columns.audioMask[at] = row.audioMask;
    columns.kind[at] = row.kind;
    columns.resolution[at] = row.resolution;
    columns.quality[at] = row.quality;
    columns.codec[at] = row.codec;
    columns.hdrMask[at] = row.hdrMask;
    columns.channelsMask[at] = row.channelsMask;
    columns.bitDepth[at] = whole(row.bitDepth, 0xff);
    if (row.infohash?.byteLength === INFOHASH_BYTES)
      columns.infohash.set(row.infohash, at * INFOHASH_BYTES);
  }
}

/** Fills the offsets and returns the bytes of all strings. Joined at once when ASCII: 60 µs less for 600 strings. */
function writeHeap(offsets: Uint32Array, strings: readonly string[]): Buffer {
  const joined = strings.join('');
  const ascii = Buffer.byteLength(joined) === joined.length;
  let end = 0;
  for (const [id, text] of strings.entries()) {
    offsets[id] = end;
    end += ascii ? text.length : Buffer.byteLength(text);
  }
  offsets[strings.length] = end;
  if (ascii) return Buffer.from(joined, 'latin1');
  const heap = Buffer.allocUnsafe(end);
  for (const [id, text] of strings.entries()) heap.write(text, offsets[id] ?? 0);
  return heap;
}

/** Puts the header before the body, with as much padding as aligns the columns (the body's last bytes). */
function assemble(body: Buffer, columnBytes: number, search: SearchMark): Buffer {
  const misaligned = (HEADER_BYTES + body.byteLength - columnBytes) % 8;
  const bodyOffset = HEADER_BYTES + ((8 - misaligned) % 8);
  const blob = Buffer.allocUnsafeSlow(bodyOffset + body.byteLength);
  blob.fill(0, 0, bodyOffset);
  blob.writeUInt32BE(MAGIC, 0);
  blob[AT_FORMAT] = FORMAT_VERSION;
  blob[AT_COMPRESSION] = COMPRESSION_NONE;
  blob[AT_BODY_OFFSET] = bodyOffset;
  blob[AT_SEARCH_PHASE] = search.phase;
  blob.writeUInt32LE(body.byteLength, AT_BODY_BYTES);
  bodyDigest(body).copy(blob, AT_VERSION, 0, VERSION_BYTES);
  blob.writeUInt32LE(whole(search.nextAtS, 0xffff_ffff), AT_NEXT_SEARCH);
  body.copy(blob, bodyOffset);
  return blob;
}

/** `value` as a whole number from 0 to `max`. */
function whole(value: number, max: number): number {
  const truncated = Math.trunc(value);
  return truncated >= 0 ? Math.min(truncated, max) : 0;
}
