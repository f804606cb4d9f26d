/** What the indexer offers for a query. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { MOVIES, SERIES } from '../../lib/torznab/categories.ts';
import type { OfferedPage, OfferedTorrent } from '../../lib/torznab/write-feed.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { resolutionCategory, type OfferQuery } from './query.ts';
import { SAMPLES } from './samples.ts';
import type { IndexerStore, StoredOffer, StoredPage } from './store.ts';

/** After which a missing index is looked for again: an operator may have made it. */
const INDEX_CHECK_MS = 600_000;

export class IndexerService {
  readonly #store: IndexerStore;
  readonly #logger: Logger;
  #nameIndex: { readonly isThere: boolean; readonly checkedAtMs: number } | null = null;

  constructor(store: IndexerStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** @throws AppError `database.*`; `database.timeout` for words that are in too many names */
  async page(query: OfferQuery, signal: CancelSignal): Promise<OfferedPage> {
    const { offers, total } = await this.#find(query, signal);
    const torrents = offers.map(torrentOf);
    if (total > 0 || query.text !== '' || query.ids !== null || query.offset > 0)
      return { torrents, offset: query.offset, total };
    // Clients refuse an indexer that has nothing when they are set up.
    const samples = SAMPLES.filter(({ categories: [kind = 0] }) => isWanted(query, kind));
    return { torrents: samples, offset: 0, total: samples.length };
  }

  async #find(query: OfferQuery, signal: CancelSignal): Promise<StoredPage> {
    if (query.ids !== null) {
      const found = await this.#store.byId(query, query.ids, signal);
      // A title that is not known by its id may be by its name, which some clients send along.
      if (found.total > 0 || query.text === '') return found;
    }
    if (query.text === '' || (await this.#hasNameIndex(signal)))
      return this.#store.byNames(query, signal);
    return this.#store.byTitle(query, signal);
  }

  async #hasNameIndex(signal: CancelSignal): Promise<boolean> {
    const known = this.#nameIndex;
    if (known !== null && (known.isThere || performance.now() - known.checkedAtMs < INDEX_CHECK_MS))
      return known.isThere;
    const isThere = await this.#store.hasNameIndex(signal);
    if (!isThere && known === null)
      this.#logger.warn(
        {},
        'Torznab searches look for titles instead of words of release names: the index stream_name_trigrams is missing ' +
          '(extension pg_trgm; docs/operating.md says how to make it)',
      );
    this.#nameIndex = { isThere, checkedAtMs: performance.now() };
    return isThere;
  }
}

function isWanted(
  { type, movieResolutions, seriesResolutions }: OfferQuery,
  kind: number,
): boolean {
  return kind === MOVIES
    ? type !== 'series' && movieResolutions.length > 0
    : type !== 'movie' && seriesResolutions.length > 0;
}

function torrentOf(offer: StoredOffer): OfferedTorrent {
  const { type, resolution, season, episodeFrom, episodeTo, trackers } = offer;
  const special = resolutionCategory(type, resolution);
  const isEpisode = type === 'series' && episodeFrom > 0 && episodeFrom === episodeTo;
  return {
    title: offer.title,
    infohash: offer.infohash,
    trackers: trackers === '' ? [] : trackers.split('\n'),
    sizeBytes: offer.sizeBytes,
    seeders: offer.seeders,
    publishedAtS: offer.addedAtS,
    categories: [type === 'movie' ? MOVIES : SERIES, ...(special === 0 ? [] : [special])],
    imdbId: offer.imdbId,
    tmdbId: offer.tmdbId,
    season: type === 'series' && season >= 0 ? season : null,
    episode: isEpisode ? episodeFrom : null,
  };
}
