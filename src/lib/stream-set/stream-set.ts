/** All streams of one playable id, as columns over one plain blob; strings are decoded when asked for. */
import type { Buffer } from 'node:buffer';
import { INFOHASH_BYTES, type StreamColumns } from './format.ts';
import type { StreamSetMedia } from './row.ts';

/** What the decoder has verified; every id and offset in it is within bounds. */
export interface StreamSetParts {
  readonly blob: Buffer;
  readonly version: number;
  readonly rowCount: number;
  readonly columns: StreamColumns;
  readonly heap: Buffer;
  readonly mediaNumbers: Omit<StreamSetMedia, 'publicId' | 'imdbId' | 'tmdbId' | 'title'>;
  /** String ids of publicId, imdbId, tmdbId and title. */
  readonly mediaStrings: readonly [number, number, number, number];
}

/** Views, set, parts and media: 3.5 KB of heap, 4.9 KB of RSS a set beside its blob (20,000 sets of 3 rows, Node 20). */
const SET_OVERHEAD_BYTES = 4_900;

/** Made by `decodeStreamSet` only. Rows are numbered 0 to `rowCount` - 1; nothing in it ever changes. */
export class StreamSet {
  /** The uncompressed blob that all columns and strings are views of. */
  readonly blob: Buffer;
  /** 48 bits of a hash of the content: equal for equal content, on every machine. */
  readonly version: number;
  readonly rowCount: number;
  readonly columns: StreamColumns;
  /** Valid UTF-8 of all strings, end to end; `columns.stringOffsets` never splits a character. */
  readonly heap: Buffer;
  readonly #parts: StreamSetParts;

  constructor(parts: StreamSetParts) {
    this.blob = parts.blob;
    this.version = parts.version;
    this.rowCount = parts.rowCount;
    this.columns = parts.columns;
    this.heap = parts.heap;
    this.#parts = parts;
  }

  /** The media this set belongs to; decodes four strings each time. */
  get media(): StreamSetMedia {
    const [publicId, imdbId, tmdbId, title] = this.#parts.mediaStrings;
    return {
      ...this.#parts.mediaNumbers,
      publicId: this.#text(publicId),
      imdbId: this.#text(imdbId),
      tmdbId: this.#text(tmdbId),
      title: this.#text(title),
    };
  }

  /** Whether the set belongs to an episode. */
  get isSeries(): boolean {
    return this.#parts.mediaNumbers.type === 'series';
  }

  /** Memory that this set keeps alive, backing store included. */
  get sizeBytes(): number {
    return this.blob.byteLength + SET_OVERHEAD_BYTES;
  }

  name(row: number): string {
    return this.#text(this.columns.nameId[row]);
  }

  filename(row: number): string {
    return this.#text(this.columns.filenameId[row]);
  }

  locator(row: number): string {
    return this.#text(this.columns.locatorId[row]);
  }

  source(row: number): string {
    return this.#text(this.columns.sourceId[row]);
  }

  releaseGroup(row: number): string {
    return this.#text(this.columns.releaseGroupId[row]);
  }

  uploader(row: number): string {
    return this.#text(this.columns.uploaderId[row]);
  }

  /** Newline-joined tracker URLs. */
  trackers(row: number): string {
    return this.#text(this.columns.trackersId[row]);
  }

  /** The 20 bytes of a torrent, a view; null when the row has none. */
  infohash(row: number): Uint8Array | null {
    const bytes = this.columns.infohash.subarray(row * INFOHASH_BYTES, (row + 1) * INFOHASH_BYTES);
    return bytes.some((byte) => byte !== 0) ? bytes : null;
  }

  #text(id: number | undefined): string {
    if (id === undefined || id === 0) return '';
    const offsets = this.columns.stringOffsets;
    return this.heap.toString('utf8', offsets[id], offsets[id + 1]);
  }
}
