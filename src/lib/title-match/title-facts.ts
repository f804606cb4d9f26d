/** What is known of a title when release titles are compared with it, and what they may play of it. */
import type { MediaType } from '../stremio/types.ts';

export interface EpisodeFacts {
  readonly season: number;
  readonly episode: number;
  /** Counted over all seasons, as anime releases do; 0 when unknown. Specials have none. */
  readonly absolute: number;
  /** ISO date (`2010-06-16`), empty when unknown. */
  readonly released: string;
}

export interface TitleFacts {
  readonly type: MediaType;
  /** `tt0063350`; empty when there is none. */
  readonly imdbId: string;
  /** Digits only; empty when there is none. */
  readonly tmdbId: string;
  /** Every name that it is known by, the main one first; never empty. */
  readonly names: readonly string[];
  /** 0 when unknown. */
  readonly year: number;
  /** Last year of a series that has ended; 0 when unknown. */
  readonly endYear: number;
  /** Releases may count its episodes over all seasons. */
  readonly isAnime: boolean;
  /** By season and episode; empty for movies, and for series of which nothing more is known. */
  readonly episodes: readonly EpisodeFacts[];
  /** Adult releases are its own; of other titles they are refused. */
  readonly isAdult?: boolean | undefined;
  /** Codes or English names of where it was made, comma-separated: `US`, `United Kingdom`. */
  readonly country?: string | undefined;
}

/** `Placement.episodeTo` of a whole season; the largest episode number there is. */
export const LAST_EPISODE = 99_999;

/** `Placement.season` of packs of a complete series. */
export const EVERY_SEASON = -1;

/** Part of a title that a release plays: one episode, a range, a season or everything. */
export interface Placement {
  /** 0 for movies and specials, `EVERY_SEASON` for packs of a complete series. */
  readonly season: number;
  /** 0 for movies and whole seasons. */
  readonly episodeFrom: number;
  /** `LAST_EPISODE` for whole seasons. */
  readonly episodeTo: number;
}
