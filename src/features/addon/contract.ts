/** What the add-on surface reads from the library, and the shapes that it caches. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { CatalogTitle } from '../../lib/stremio/catalog-title.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

export type CatalogOrder = 'latest' | 'popular' | 'rating' | 'released' | 'title' | 'relevance';

/** One page of a catalogue. */
export interface CatalogQuery {
  readonly type: MediaType;
  readonly order: CatalogOrder;
  /** The other way round: oldest, least popular, … first. Not for `relevance`. */
  readonly isReversed: boolean;
  /** Titles of these levels are left out: bits as in `catalog_entry.levels`. */
  readonly hiddenLevels: number;
  /** Titles to pass over. */
  readonly skip: number;
  /** Exact name of a genre, or null for all. */
  readonly genre: string | null;
  /** Lower case, NFC; null when nothing is searched for. Set exactly when the order is `relevance`. */
  readonly search: string | null;
}

export type { CatalogTitle };

export interface CatalogPage {
  readonly titles: readonly CatalogTitle[];
}

export interface Episode {
  readonly season: number;
  readonly episode: number;
  readonly title: string;
  readonly overview: string;
  /** ISO date (`2010-06-16`), empty when unknown. */
  readonly released: string;
  readonly thumbnailUrl: string;
}

/** A title with everything that `/meta` shows. */
export interface TitleDetails extends CatalogTitle {
  /** Digits only. */
  readonly tmdbId: string;
  readonly runtimeMinutes: number;
  /** ISO date (`1968-10-04`), empty when unknown. */
  readonly released: string;
  /** Names of `lib/vocabulary.ts`. */
  readonly languages: readonly string[];
  readonly country: string;
  readonly website: string;
  readonly backgroundUrl: string;
  readonly logoUrl: string;
  /** By season and episode; empty for movies. */
  readonly episodes: readonly Episode[];
  /** The id stands for a season or a part of one, as those of anime do: `episodes` are its own, counted from 1. */
  readonly isEntry: boolean;
}

/** Names of the genres that catalogues can be filtered by, most frequent first. */
export type GenreNames = Readonly<Record<MediaType, readonly string[]>>;

/** Reads of one statement each; implemented by the library's store. */
export interface TitleSource {
  /** At most `limit` titles that have streams or belong to the demo, blocked ones left out. */
  catalogTitles(
    query: CatalogQuery,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]>;
  /** Those of these titles that the library has, in the order of the ids; blocked, adult and hidden ones left out. */
  titlesByIds(
    ids: readonly TitleId[],
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]>;
  /** Null when no title has this id. */
  titleDetails(id: TitleId, signal: CancelSignal): Promise<TitleDetails | null>;
  genreNames(signal: CancelSignal): Promise<GenreNames>;
}

/** How this instance presents itself. */
export interface AddonIdentity {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Null: ours. */
  readonly logoUrl: string | null;
  readonly catalogs: readonly CatalogIdentity[];
}

/** One catalogue of one type. */
export interface CatalogIdentity {
  /** `movie.latest` */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Null: relevance, which cannot be chosen. */
  readonly defaultSort: string | null;
}
