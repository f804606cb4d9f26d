/**
 * Reads a StreamSet blob. Everything that later reads rely on is verified here, so that a corrupt or
 * hostile blob is a miss (null) and never an exception or a read out of range.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { Unpackr } from 'msgpackr/unpack';
import { inflateBlob } from './compression.ts';
import {
  BODY_ITEMS,
  MEDIA_ITEMS,
  STREAM_SET_ROWS_MAX,
  STRINGS_MAX,
  StreamColumns,
  columnsBytes,
  readHeader,
  type BlobHeader,
} from './format.ts';
import { LAYOUT } from './layout.ts';
import { StreamSet, type StreamSetParts } from './stream-set.ts';

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/** First byte of a msgpack array of BODY_ITEMS items; anything else is refused before msgpackr sees it. */
const BODY_TAG = 0x90 + BODY_ITEMS;
/** Of the widest column. */
const ALIGNMENT = 8;

/**
 * The set in `blob` (plain or compressed; the bytes are copied, so the caller may reuse them), or null
 * for an unknown version, a truncated, corrupt or hostile one. Never throws.
 */
export function decodeStreamSet(blob: Uint8Array): StreamSet | null {
  return adoptStreamSet(ownCopy(blob));
}

/**
 * As `decodeStreamSet`, for bytes that the caller gives away: the set reads from them as long as it lives, where they lie
 * aligned. Every copy is memory outside the heap, and makes full collections (docs/memory.md).
 */
export function adoptStreamSet(blob: Uint8Array): StreamSet | null {
  const header = readHeader(blob);
  if (header === null) return null;
  if (header.compressed) {
    const plain = inflateBlob(blob);
    return plain === null ? null : adoptStreamSet(plain);
  }
  const isAligned = blob.byteOffset % ALIGNMENT === 0;
  const own = isAligned
    ? Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
    : ownCopy(blob);
  if (own[header.bodyOffset] !== BODY_TAG) return null;
  try {
    const items: unknown = unpackr.unpack(own, { start: header.bodyOffset, end: own.byteLength });
    return Array.isArray(items) && items.length === BODY_ITEMS ? open(own, header, items) : null;
  } catch {
    return null;
  }
}

/** In memory of its own, not in Node's shared slab: starts at 0, where columns of every width are aligned. */
function ownCopy(blob: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(blob.byteLength);
  own.set(blob);
  return own;
}

function open(own: Buffer, header: BlobHeader, items: readonly unknown[]): StreamSet | null {
  const [rowCount, stringCount, heap, columnBytes] = items.slice(MEDIA_ITEMS);
  if (!isWhole(rowCount) || rowCount > STREAM_SET_ROWS_MAX) return null;
  if (!isWhole(stringCount) || stringCount === 0 || stringCount > STRINGS_MAX) return null;
  if (!(heap instanceof Buffer) || !(columnBytes instanceof Buffer)) return null;
  if (
    columnBytes.byteLength !== columnsBytes(rowCount, stringCount) ||
    columnBytes.byteOffset % ALIGNMENT !== 0
  )
    return null;
  const media = openMedia(items, stringCount);
  const columns = new StreamColumns(
    columnBytes.buffer,
    columnBytes.byteOffset,
    rowCount,
    stringCount,
  );
  if (media === null || !stringsAreSound(columns, heap) || !numbersAreWhole(columns)) return null;
  return new StreamSet({
    blob: own,
    version: header.version,
    search: header.search,
    rowCount,
    stringCount,
    columnsOffset: columnBytes.byteOffset,
    heapOffset: heap.byteOffset,
    heapBytes: heap.byteLength,
    ...media,
  });
}

function openMedia(
  items: readonly unknown[],
  stringCount: number,
): Pick<StreamSetParts, 'mediaNumbers' | 'mediaStrings'> | null {
  const [
    mediaId,
    type,
    year,
    runtimeMinutes,
    season,
    episode,
    restrictions,
    publicId,
    imdbId,
    tmdbId,
    title,
  ] = items;
  if (!isWhole(mediaId) || (type !== 0 && type !== 1) || !isWhole(year) || !isWhole(runtimeMinutes))
    return null;
  if (!isWhole(season) || !isWhole(episode) || !isWhole(restrictions)) return null;
  if (!isId(publicId, stringCount) || !isId(imdbId, stringCount)) return null;
  if (!isId(tmdbId, stringCount) || !isId(title, stringCount)) return null;
  const typeName = type === 1 ? 'series' : 'movie';
  return {
    mediaNumbers: { mediaId, type: typeName, year, runtimeMinutes, season, episode, restrictions },
    mediaStrings: [publicId, imdbId, tmdbId, title],
  };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isId(value: unknown, stringCount: number): value is number {
  return isWhole(value) && value < stringCount;
}

/** Offsets rise from 0 to the heap's end and never split a character; ids are within the table. */
function stringsAreSound(columns: StreamColumns, heap: Buffer): boolean {
  const offsets = columns.stringOffsets;
  const stringCount = offsets.length - 1;
  if (
    offsets[0] !== 0 ||
    offsets[1] !== 0 ||
    offsets[stringCount] !== heap.byteLength ||
    !isUtf8(heap)
  )
    return false;
  let start = 0;
  for (let id = 1; id < stringCount; id++) {
    const end = offsets[id] ?? 0;
    // Past the heap there is nothing to read, and the last offset, which is its end, would be smaller.
    if (end < start || ((heap[end] ?? 0) & 0xc0) === 0x80) return false;
    start = end;
  }
  return start <= heap.byteLength && highestId(columns) < stringCount;
}

/** The id columns lie side by side: one loop over all costs a third of one over each (1 µs for 200 rows). */
function highestId({ nameId }: StreamColumns): number {
  const ids = new Uint16Array(nameId.buffer, nameId.byteOffset, nameId.length * LAYOUT.texts);
  let highest = 0;
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0;
    if (id > highest) highest = id;
  }
  return highest;
}

/** The doubles are read as whole numbers later (JSON, packed sort keys): no fractions, NaN or infinities. */
function numbersAreWhole(columns: StreamColumns): boolean {
  return (
    allWhole(columns.streamId) &&
    allWhole(columns.fileSizeBytes) &&
    allWhole(columns.totalSizeBytes)
  );
}

function allWhole(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value))
      return false;
  }
  return true;
}
