/** All streams of one playable id, as columns over one plain blob; strings are decoded when asked for. */
import { Buffer } from 'node:buffer';
import { StreamColumns } from './format.ts';
import { INFOHASH_BYTES } from './layout.ts';
import type { StreamSetMedia } from './row.ts';
import type { SearchMark, SearchPhase } from './search-mark.ts';

/** What the decoder has verified; every id and offset in it is within bounds. */
export interface StreamSetParts {
  /** Alone in its memory, or with nothing that lives longer. */
  readonly blob: Buffer;
  readonly version: number;
  readonly search: SearchMark;
  readonly rowCount: number;
  readonly stringCount: number;
  /** Where the columns lie in the blob's memory, 8-aligned. */
  readonly columnsOffset: number;
  /** Where the strings lie in the blob's memory, and how many bytes they have. */
  readonly heapOffset: number;
  readonly heapBytes: number;
  readonly mediaNumbers: Omit<StreamSetMedia, 'publicId' | 'imdbId' | 'tmdbId' | 'title'>;
  /** String ids of publicId, imdbId, tmdbId and title. */
  readonly mediaStrings: readonly [number, number, number, number];
}

/** The set itself and its memory's handle; views are open for few sets at a time (docs/decisions/0016-compact-sets.md). */
const SET_OVERHEAD_BYTES = 640;

/** Made by `decodeStreamSet` only. Rows are numbered 0 to `rowCount` - 1; nothing that it says ever changes. */
export class StreamSet {
  /** 48 bits of a hash of the content: equal for equal content, on every machine. */
  readonly version: number;
  readonly rowCount: number;
  /** Whether the set belongs to an episode. */
  readonly isSeries: boolean;
  /** One of SEARCH_PHASES: whether more streams are or should be looked for. */
  readonly searchPhase: SearchPhase;
  /** Epoch seconds of the next search; 0: not known. */
  readonly nextSearchAtS: number;
  readonly #memory: ArrayBufferLike;
  readonly #blobOffset: number;
  readonly #blobBytes: number;
  readonly #stringCount: number;
  readonly #columnsOffset: number;
  readonly #heapOffset: number;
  readonly #heapBytes: number;
  readonly #mediaId: number;
  readonly #year: number;
  readonly #runtimeMinutes: number;
  readonly #season: number;
  readonly #episode: number;
  readonly #restrictions: number;
  readonly #publicId: number;
  readonly #imdbId: number;
  readonly #tmdbId: number;
  readonly #title: number;
  #views: StreamViews | null = null;

  constructor({ blob, mediaNumbers, mediaStrings, ...parts }: StreamSetParts) {
    this.version = parts.version;
    this.rowCount = parts.rowCount;
    this.isSeries = mediaNumbers.type === 'series';
    this.searchPhase = parts.search.phase;
    this.nextSearchAtS = parts.search.nextAtS;
    this.#memory = blob.buffer;
    this.#blobOffset = blob.byteOffset;
    this.#blobBytes = blob.byteLength;
    this.#stringCount = parts.stringCount;
    this.#columnsOffset = parts.columnsOffset;
    this.#heapOffset = parts.heapOffset;
    this.#heapBytes = parts.heapBytes;
    this.#mediaId = mediaNumbers.mediaId;
    this.#year = mediaNumbers.year;
    this.#runtimeMinutes = mediaNumbers.runtimeMinutes;
    this.#season = mediaNumbers.season;
    this.#episode = mediaNumbers.episode;
    this.#restrictions = mediaNumbers.restrictions;
    [this.#publicId, this.#imdbId, this.#tmdbId, this.#title] = mediaStrings;
  }

  /** The uncompressed blob that all columns and strings are read from. */
  get blob(): Buffer {
    return Buffer.from(this.#memory, this.#blobOffset, this.#blobBytes);
  }

  /** Ask once and keep the result while working with the set. */
  get columns(): StreamColumns {
    return (this.#views ?? this.#open()).columns;
  }

  /** Valid UTF-8 of all strings, end to end; `columns.stringOffsets` never splits a character. */
  get heap(): Buffer {
    return (this.#views ?? this.#open()).heap;
  }

  /** The media this set belongs to; decodes four strings each time. */
  get media(): StreamSetMedia {
    return {
      mediaId: this.#mediaId,
      type: this.isSeries ? 'series' : 'movie',
      publicId: this.#text(this.#publicId),
      imdbId: this.#text(this.#imdbId),
      tmdbId: this.#text(this.#tmdbId),
      title: this.#text(this.#title),
      year: this.#year,
      runtimeMinutes: this.#runtimeMinutes,
      season: this.#season,
      episode: this.#episode,
      restrictions: this.#restrictions,
    };
  }

  /** Memory that this set keeps alive, backing store included. */
  get sizeBytes(): number {
    return this.#blobBytes + SET_OVERHEAD_BYTES;
  }

  /** Lets go of the views; they are made anew when they are asked for. */
  closeViews(): void {
    this.#views = null;
  }

  #open(): StreamViews {
    const views = {
      columns: new StreamColumns(
        this.#memory,
        this.#columnsOffset,
        this.rowCount,
        this.#stringCount,
      ),
      heap: Buffer.from(this.#memory, this.#heapOffset, this.#heapBytes),
    };
    this.#views = views;
    openSets.admit(this, this.#blobBytes);
    return views;
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

interface StreamViews {
  readonly columns: StreamColumns;
  readonly heap: Buffer;
}

/**
 * Sets whose views are open: the last few that were worked with. Making 28 views takes 0.6 µs; those of thousands of cached
 * sets were most of what a full collection had to visit.
 */
class OpenSets {
  readonly #sets: StreamSet[] = [];
  readonly #bytes: number[] = [];
  #sumBytes = 0;

  /** Closes others where they are too many; the new one stays open whatever its size. */
  admit(set: StreamSet, bytes: number): void {
    this.#sets.push(set);
    this.#bytes.push(bytes);
    this.#sumBytes += bytes;
    while (
      this.#sets.length > 1 &&
      (this.#sets.length > OPEN_SETS_MAX || this.#sumBytes > OPEN_BYTES_MAX)
    ) {
      this.#sumBytes -= this.#bytes.shift() ?? 0;
      this.#sets.shift()?.closeViews();
    }
  }
}

const OPEN_SETS_MAX = 64;
const OPEN_BYTES_MAX = 8 * 1024 * 1024;
const openSets = new OpenSets();
