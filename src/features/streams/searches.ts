/** Searches that nobody waits for, of titles by their ids. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { EpisodeNumber, LiveSearch, StreamSearches, StreamSource } from './contract.ts';
import { CachedSet } from './searched-set.ts';

export interface SearchesParts {
  readonly source: StreamSource;
  readonly setCache: ReadThroughCache<StreamSet>;
  /** Null: nothing is searched on this instance. */
  readonly liveSearch: LiveSearch | null;
}

export function createSearches({ source, setCache, liveSearch }: SearchesParts): StreamSearches {
  return {
    async search(title: TitleId, { season, episode }: EpisodeNumber, signal: CancelSignal) {
      const media = liveSearch === null ? null : await source.resolveMedia(title, signal);
      if (media === null || liveSearch === null) return false;
      // What is loaded for this is nobody's demand.
      const own = {
        markOf: liveSearch.markOf.bind(liveSearch),
        wanted: () => undefined,
      };
      const set = new CachedSet(
        { ...media, season, episode },
        { source, liveSearch: own },
        setCache,
      );
      return liveSearch.complete(set, signal);
    },
  };
}
