/** One stream as `store.ts` reads it and `encode.ts` packs it: plain scalars, codes of `lib/vocabulary.ts`. */

export interface StreamRow {
  /** Primary key of the stream; stable, also the last tie-breaker of every sort. */
  readonly streamId: number;
  /** Index into STREAM_KINDS. */
  readonly kind: number;
  readonly resolution: number;
  readonly quality: number;
  readonly codec: number;
  readonly hdrMask: number;
  readonly audioMask: number;
  readonly channelsMask: number;
  readonly flagsMask: number;
  /** Of speech; a language that is named for subtitles alone is none of them. */
  readonly languagesLow: number;
  readonly languagesHigh: number;
  /** 0 when none is named. */
  readonly subtitleLanguagesLow: number;
  readonly subtitleLanguagesHigh: number;
  /** 0 when unknown. */
  readonly bitDepth: number;
  /** Size of the file that plays, in bytes; 0 when unknown. */
  readonly fileSizeBytes: number;
  /** Size of the whole torrent or folder, in bytes; 0 when unknown. */
  readonly totalSizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  /** Epoch seconds. */
  readonly addedAtS: number;
  /** Index of the file inside the torrent; -1 when unknown. */
  readonly fileIndex: number;
  /** 20 bytes for torrents, else null. */
  readonly infohash: Uint8Array | null;
  /** Release title. */
  readonly name: string;
  /** File name that plays; empty when unknown. */
  readonly filename: string;
  /** What the kind needs: http/external URL, YouTube id, NZB URL, acestream content id; empty for torrents. */
  readonly locator: string;
  /** Indexer or origin of the row: "demo". */
  readonly source: string;
  readonly releaseGroup: string;
  readonly uploader: string;
  /** Newline-joined tracker URLs; empty when none. Identical lists are stored once per set. */
  readonly trackers: string;
}

/** The media that a StreamSet belongs to. */
export interface StreamSetMedia {
  readonly mediaId: number;
  readonly type: 'movie' | 'series';
  /** Our own public id (`sl:…`). */
  readonly publicId: string;
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly title: string;
  /** 0 when unknown. */
  readonly year: number;
  readonly runtimeMinutes: number;
  /** 0 for movies. */
  readonly season: number;
  readonly episode: number;
  /** Bit 0 blocked, bit 1 adult, bits 2 to 4 the nudity level, bits 5 to 7 the certificate. */
  readonly restrictions: number;
}
