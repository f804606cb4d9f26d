/** What a user can say about which streams are shown and in which order; `compile.ts` makes tables of it. */
import {
  HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS, type HdrFormat, type Language, type Quality, type Resolution, type StreamKind,
} from '../vocabulary.ts';

export type SortKey = 'kind' | 'resolution' | 'quality' | 'language' | 'seeders' | 'size' | 'addedAt';

export interface SortRule {
  readonly key: SortKey;
  /** True: best, most, largest or newest first. */
  readonly descending: boolean;
}

/** Lists are what is allowed, best first; what is absent is not shown. "unknown" stands for "not known". */
export interface RankingSettings {
  readonly kinds: readonly StreamKind[];
  readonly resolutions: readonly Resolution[];
  readonly qualities: readonly Quality[];
  /** A stream is allowed by any of its languages and sorted by its best one. */
  readonly languages: readonly (Language | 'unknown')[];
  /** Order does not matter here. */
  readonly hdrFormats: readonly (HdrFormat | 'unknown')[];
  /** Size of the file that plays, or else of the whole; a stream of unknown size is always allowed. */
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
  /** Most important first; the last tie-breaker is always the stream's id, ascending. */
  readonly sort: readonly SortRule[];
  readonly streamsPerResolutionMax: number;
  readonly streamsMax: number;
}

/** Filmed in a cinema or leaked before release: below what is not known. */
const POOR_QUALITIES: readonly Quality[] = ['SCR', 'TeleCine', 'TeleSync', 'CAM', 'WORKPRINT'];

/**
 * Without a configuration: everything that a Stremio client can play by itself, 25 streams, at most 10
 * of one resolution (the limits that users of such add-ons know, reference section 2.5), seeders before
 * size, so that what plays comes before what is large.
 */
export const DEFAULT_RANKING: RankingSettings = {
  kinds: ['torrent', 'http', 'youtube', 'external'],
  resolutions: [...RESOLUTIONS.filter((name) => name !== 'unknown'), 'unknown'],
  qualities: [
    ...QUALITIES.filter((name) => name !== 'unknown' && !POOR_QUALITIES.includes(name)), 'unknown', ...POOR_QUALITIES,
  ],
  languages: [...LANGUAGES, 'unknown'],
  hdrFormats: [...HDR_FORMATS, 'unknown'],
  sizeBytesMin: 0,
  sizeBytesMax: Number.MAX_SAFE_INTEGER,
  sort: [
    { key: 'resolution', descending: true },
    { key: 'quality', descending: true },
    { key: 'seeders', descending: true },
    { key: 'size', descending: true },
    { key: 'addedAt', descending: true },
  ],
  streamsPerResolutionMax: 10,
  streamsMax: 25,
};
