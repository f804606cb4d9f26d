/** Use-cases of the add-on surface: pages of catalogues, titles and genre names, through the cache. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { CATALOG_PAGE_ITEMS } from '../../lib/stremio/catalog-extra.ts';
import { storedTitleId, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Loader, Lookup, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { ContinueWatching, LastPlayed } from '../history/contract.ts';
import { readOrMake, type TitlesOnDemand } from '../metadata/contract.ts';
import type {
  CatalogPage,
  CatalogQuery,
  CatalogTitle,
  GenreNames,
  TitleDetails,
  TitleSource,
} from './contract.ts';
import { GENRES_KEY } from './store.ts';

export interface AddonServiceParts {
  readonly titles: TitleSource;
  readonly onDemand: TitlesOnDemand;
  readonly catalogCache: ReadThroughCache<CatalogPage>;
  readonly metaCache: ReadThroughCache<TitleDetails>;
  readonly genreCache: ReadThroughCache<GenreNames>;
  readonly continueWatching: ContinueWatching;
  readonly logger: Logger;
}

interface PlayedQuery {
  readonly type: MediaType;
  readonly skip: number;
  readonly profileId: string;
  readonly hiddenLevels: number;
}

export interface PlayedTitle {
  readonly title: CatalogTitle;
  readonly last: LastPlayed;
}

/**
 * The `peek…` methods answer synchronously from L1 (and start the refresh of a stale entry behind); the
 * others go on to L2 and the library. A null value means that there is nothing.
 */
export class AddonService {
  readonly #parts: AddonServiceParts;

  constructor(parts: AddonServiceParts) {
    this.#parts = parts;
  }

  peekCatalog(query: CatalogQuery, key: string): Lookup<CatalogPage> | undefined {
    const hit = this.#parts.catalogCache.peek(key);
    return hit?.stale === true ? this.#parts.catalogCache.peek(key, this.#pageLoader(query)) : hit;
  }

  catalog(query: CatalogQuery, key: string, signal: CancelSignal): Promise<Lookup<CatalogPage>> {
    return this.#parts.catalogCache.get(key, this.#pageLoader(query), signal);
  }

  /** What a profile has played last, titles that are gone or hidden left out. Read anew each time. */
  async playedTitles(
    { type, skip, profileId, hiddenLevels }: PlayedQuery,
    signal: CancelSignal,
  ): Promise<readonly PlayedTitle[]> {
    const { continueWatching, titles } = this.#parts;
    const page = { skip, limit: CATALOG_PAGE_ITEMS };
    const played = await continueWatching.lastPlayed(profileId, type, page, signal);
    const ids = played.map(({ publicId }) => storedTitleId(type, 'sl', publicId));
    const found = await titles.titlesByIds(ids, hiddenLevels, signal);
    const byId = new Map(found.map((title) => [title.publicId, title]));
    return played.flatMap((last) => {
      const title = byId.get(last.publicId);
      return title === undefined ? [] : [{ title, last }];
    });
  }

  peekMeta(id: TitleId, key: string): Lookup<TitleDetails> | undefined {
    const hit = this.#parts.metaCache.peek(key);
    return hit?.stale === true ? this.#parts.metaCache.peek(key, this.#titleLoader(id)) : hit;
  }

  meta(id: TitleId, key: string, signal: CancelSignal): Promise<Lookup<TitleDetails>> {
    return this.#parts.metaCache.get(key, this.#titleLoader(id), signal);
  }

  peekGenres(): Lookup<GenreNames> | undefined {
    const hit = this.#parts.genreCache.peek(GENRES_KEY);
    return hit?.stale === true ? this.#parts.genreCache.peek(GENRES_KEY, this.#genreLoader) : hit;
  }

  /** Never rejects for want of a database: a manifest without genre filters is better than none. */
  async genres(signal: CancelSignal): Promise<Lookup<GenreNames>> {
    try {
      return await this.#parts.genreCache.get(GENRES_KEY, this.#genreLoader, signal);
    } catch (error) {
      signal.throwIfAborted();
      // An outage has its line in the log already; every manifest of it does not need one.
      const level = error instanceof AppError ? 'debug' : 'warn';
      this.#parts.logger[level](
        { err: error, requestId: signal.requestId },
        'genre names are not available, the manifest goes out without them',
      );
      return { value: null, tier: 'origin', stale: true };
    }
  }

  readonly #genreLoader: Loader<GenreNames> = (signal) => this.#parts.titles.genreNames(signal);

  /** A title that was known as it was made, or is different by now, is read again. */
  #titleLoader(id: TitleId): Loader<TitleDetails> {
    const { titles, onDemand } = this.#parts;
    return async (signal) => {
      const found = await readOrMake(titles.titleDetails.bind(titles), onDemand, id, signal);
      if (found === null || !(await onDemand.keepCurrent(id, signal))) return found;
      return titles.titleDetails(id, signal);
    };
  }

  /** An empty page becomes a negative entry, which lives for a short time only. */
  #pageLoader(query: CatalogQuery): Loader<CatalogPage> {
    return async (signal) => {
      const [own, others] = await Promise.all([
        this.#parts.titles.catalogTitles(query, CATALOG_PAGE_ITEMS, signal),
        this.#foundElsewhere(query, signal),
      ]);
      const known = new Set(own.map(({ publicId }) => publicId));
      const more = others.filter(({ publicId }) => !known.has(publicId));
      const titles = [...own, ...more].slice(0, CATALOG_PAGE_ITEMS);
      return titles.length === 0 ? null : { titles };
    };
  }

  /** Titles of a search that no catalogue lists, because nothing plays them yet: for the end of its first page. */
  async #foundElsewhere(
    { type, search, skip, genre, hiddenLevels }: CatalogQuery,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]> {
    if (search === null || skip > 0 || genre !== null) return [];
    const ids = await this.#parts.onDemand.search(type, search, signal);
    return this.#parts.titles.titlesByIds(ids, hiddenLevels, signal);
  }
}
