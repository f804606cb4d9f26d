/** The media whose streams a StreamSet holds; one of the streams is a `StreamRow` (`lib/stream/fields.ts`). */

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
