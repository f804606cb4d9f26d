/** What a user can say about which streams are shown and in which order; `compile.ts` makes tables of it. */
import type { StreamSortKey } from '../stream/fields.ts';
import type {
  AudioFormat,
  Channels,
  Codec,
  HdrFormat,
  Language,
  Quality,
  Resolution,
  StreamKind,
} from '../vocabulary.ts';

/** `cached`: whether the service that it is shown with has it. */
export type SortKey = StreamSortKey | 'cached';

export interface SortRule {
  readonly key: SortKey;
  /** True: best, most, largest or newest first. What is not known is last either way, or where the preference list has it. */
  readonly descending: boolean;
}

/** Release titles or file names that are shown (`include`), or are not (`exclude`); see lib/name-filter. */
export interface NameFilterSettings {
  readonly mode: 'include' | 'exclude';
  readonly patterns: readonly string[];
  /** False: plain texts, found anywhere, in either case. */
  readonly regex: boolean;
}

/** Lists are what is allowed, best first; what is absent is not shown. "unknown" stands for "not known". */
export interface RankingSettings {
  readonly kinds: readonly StreamKind[];
  /** Not in `kinds` for want of something that plays them, not because the user left them out. */
  readonly unavailableKinds: readonly StreamKind[];
  /** `separate`: kind by kind in their order, and the caps count for each; `mixed`: one list. */
  readonly grouping: 'separate' | 'mixed';
  readonly resolutions: readonly Resolution[];
  /** The members of a group are equally good. */
  readonly qualityGroups: readonly (readonly Quality[])[];
  readonly codecs: readonly Codec[];
  /** Of these four, a stream is allowed by any that it has, and sorted by its best one. */
  readonly hdrFormats: readonly (HdrFormat | 'unknown')[];
  readonly audioFormats: readonly (AudioFormat | 'unknown')[];
  readonly channels: readonly (Channels | 'unknown')[];
  readonly languages: readonly (Language | 'unknown')[];
  /** Size of a movie's file, or of the whole when it is not known; a stream of unknown size is always allowed. */
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
  /** Size of an episode's file: a season pack says nothing about it. */
  readonly episodeSizeBytesMin: number;
  readonly episodeSizeBytesMax: number;
  /** Most important first; the last tie-breaker is always the stream's id, ascending. */
  readonly sort: readonly SortRule[];
  /** 0: no cap. */
  readonly streamsPerResolutionMax: number;
  /** 0: no cap. */
  readonly streamsPerKindMax: number;
  /** 0 to STREAMS_MAX. */
  readonly streamsMax: number;
  readonly nameFilter: NameFilterSettings | null;
}

/** The longest list that is ever shown. */
export const STREAMS_MAX = 100;
