/** Use-cases of the add-on surface: pages of catalogues, titles and genre names, through the cache. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { CATALOG_PAGE_ITEMS } from '../../lib/stremio/catalog-extra.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { Loader, Lookup, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type {
  CatalogPage,
  CatalogQuery,
  GenreNames,
  TitleDetails,
  TitleSource,
} from './contract.ts';
import { GENRES_KEY } from './store.ts';

export interface AddonServiceParts {
  readonly titles: TitleSource;
  readonly catalogCache: ReadThroughCache<CatalogPage>;
  readonly metaCache: ReadThroughCache<TitleDetails>;
  readonly genreCache: ReadThroughCache<GenreNames>;
  readonly logger: Logger;
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
        { err: error },
        'genre names are not available, the manifest goes out without them',
      );
      return { value: null, tier: 'origin', stale: true };
    }
  }

  readonly #genreLoader: Loader<GenreNames> = (signal) => this.#parts.titles.genreNames(signal);

  #titleLoader(id: TitleId): Loader<TitleDetails> {
    return (signal) => this.#parts.titles.titleDetails(id, signal);
  }

  /** An empty page becomes a negative entry, which lives for a short time only. */
  #pageLoader(query: CatalogQuery): Loader<CatalogPage> {
    return async (signal) => {
      const titles = await this.#parts.titles.catalogTitles(query, CATALOG_PAGE_ITEMS, signal);
      return titles.length === 0 ? null : { titles };
    };
  }
}
