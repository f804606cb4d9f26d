/** Metadata services as the rest sees them: one interface, and what they know of a title. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { ImportedEpisode, ImportedImage, ImportedRating } from '../library/contract.ts';
import type { Certificate, Language } from '../../lib/vocabulary.ts';

/** By what a title may be looked up; empty where it is not known. */
export interface TitleIds {
  readonly type: MediaType;
  /** `tt0063350` */
  readonly imdbId: string;
  /** Digits only. */
  readonly tmdbId: string;
  /** Digits only. */
  readonly tvdbId: string;
}

/** What one service knows. Texts are empty and numbers 0 when it does not say. */
export interface FoundTitle extends TitleIds {
  /** Never empty. */
  readonly title: string;
  readonly originalTitle: string;
  readonly alternativeTitles: readonly string[];
  readonly year: number;
  readonly endYear: number;
  /** Further episodes may come; false for movies. */
  readonly isRunning: boolean;
  /** ISO date. */
  readonly released: string;
  readonly runtimeMinutes: number;
  readonly description: string;
  readonly languages: readonly Language[];
  readonly country: string;
  readonly website: string;
  readonly isAdult: boolean;
  readonly certificate: Certificate;
  /** On the scale of TMDB. */
  readonly popularity: number;
  readonly genres: readonly string[];
  readonly images: readonly ImportedImage[];
  readonly ratings: readonly ImportedRating[];
  /** By season and episode. */
  readonly episodes: readonly ImportedEpisode[];
}

/** What one call may use. */
export interface ServiceCall {
  readonly signal: CancelSignal;
  readonly timeoutMs: number;
}

export interface MetadataProvider {
  readonly name: 'cinemeta' | 'tmdb';
  /** False for ids that it does not know the kind of. */
  canFind(ids: TitleIds): boolean;
  /**
   * Null when it answers that there is no such title.
   * @throws AppError `upstream.*`, `fetch.*`, `metadata.bad-answer`
   */
  find(ids: TitleIds, call: ServiceCall): Promise<FoundTitle | null>;
  /** Titles by name, the best first, 20 at most: what its list says of them. @throws AppError as `find` */
  search(type: MediaType, text: string, call: ServiceCall): Promise<readonly FoundTitle[]>;
}

/** Titles of one search. */
export const SEARCH_TITLES_MAX = 20;
/** Of one series; the longest has 16,000 but names half of them "Episode". */
export const EPISODES_MAX = 20_000;
/** Names of one title beside its main one: matching compares each release with all of them. */
export const NAMES_MAX = 100;

/** A title of which nothing but its name is known. */
export function bareTitle(ids: TitleIds, title: string): FoundTitle {
  return {
    ...ids,
    title,
    originalTitle: '',
    alternativeTitles: [],
    year: 0,
    endYear: 0,
    isRunning: false,
    released: '',
    runtimeMinutes: 0,
    description: '',
    languages: [],
    country: '',
    website: '',
    isAdult: false,
    certificate: 'Unknown',
    popularity: 0,
    genres: [],
    images: [],
    ratings: [],
    episodes: [],
  };
}
