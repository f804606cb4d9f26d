/**
 * What is added to what the caches have: titles that are made on demand, what a search of the sources finds, and the
 * streams of a user's own sources. All of it waits for other people's servers, so none of it is counted by `WorkQueue`.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import { isSearchWanted } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Creation, TitlesOnDemand } from '../metadata/contract.ts';
import type { LiveSearch, ResolvedMedia, Searched, SearchWait } from './contract.ts';
import type { SetOrigin } from './gather.ts';
import type { Absence, StreamQuery } from './resolve.ts';
import { CachedSet } from './searched-set.ts';
import type { FoundStreams } from './found-streams.ts';

export interface CompletionParts {
  readonly origin: SetOrigin;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
  readonly liveSearch: LiveSearch | null;
  /** Null: unknown ids stay unknown. */
  readonly titles: TitlesOnDemand | null;
}

/** Who asks. */
export interface Seeker {
  readonly settings: ListSettings;
  readonly sources: OwnSources;
  readonly signal: CancelSignal;
}

export class Completion {
  readonly #parts: CompletionParts;

  constructor(parts: CompletionParts) {
    this.#parts = parts;
  }

  /** False as a rule, which costs two reads. `sources` is empty for nearly everybody. */
  isNeeded(
    found: StreamSet | Absence,
    query: StreamQuery,
    { liveSearch, ownSourcesOnly }: ListSettings,
    sources: OwnSources,
  ): boolean {
    if (found === 'unknown') return this.#isMissing(query);
    if (!liveSearch || found === 'hidden') return false;
    return (
      sources.count > 0 || (!ownSourcesOnly && typeof found !== 'string' && isSearchWanted(found))
    );
  }

  /** @param find looks again, when the title is there now */
  async complete(
    first: FoundStreams,
    query: StreamQuery,
    seeker: Seeker,
    find: () => Promise<FoundStreams>,
  ): Promise<FoundStreams> {
    const startedAtMs = performance.now();
    let present = first;
    if (first.found === 'unknown') {
      const creation = await this.#create(query, seeker.signal);
      if (creation !== 'created')
        return { ...first, isTitleOpen: creation === 'unavailable' && seeker.settings.liveSearch };
      present = await find();
    }
    const { found } = present;
    const isForSearch = seeker.settings.liveSearch && found !== 'unknown' && found !== 'hidden';
    return isForSearch ? this.#search(present, query, { ...seeker, startedAtMs }) : present;
  }

  async report(query: StreamQuery, { sources, signal }: Seeker): Promise<object | null> {
    const { liveSearch } = this.#parts;
    const media = query.lastMedia;
    return liveSearch === null || media === null ? null : liveSearch.report(media, sources, signal);
  }

  async #search(
    present: FoundStreams,
    query: StreamQuery,
    { settings, sources, signal, startedAtMs }: Seeker & SearchWait,
  ): Promise<FoundStreams> {
    const { liveSearch } = this.#parts;
    const media = query.lastMedia;
    if (liveSearch === null || media === null) return present;
    const shared = typeof present.found === 'string' ? null : present.found;
    const wait = { signal, startedAtMs };
    const [joined, own] = await Promise.all([
      settings.ownSourcesOnly ? null : this.#join(shared, media, wait),
      sources.count === 0 ? null : liveSearch.findOwn(media, sources, wait),
    ]);
    if (own === null) return joined === null ? present : { ...present, ...foundBy(joined) };
    return {
      ...present,
      found: liveSearch.mergeOwn(joined?.set ?? shared, own.set),
      sources: [...(joined?.sources ?? []), ...own.sources],
    };
  }

  #join(
    shared: StreamSet | null,
    media: StreamSetMedia,
    wait: SearchWait,
  ): Promise<Searched> | null {
    const { liveSearch, origin, setCache } = this.#parts;
    if (liveSearch === null || shared === null || !isSearchWanted(shared)) return null;
    return liveSearch.join(shared, new CachedSet(media, origin, setCache), wait);
  }

  /** No title has the id, and nobody has said so lately. */
  #isMissing(query: StreamQuery): boolean {
    const { titles, mediaCache } = this.#parts;
    if (titles === null || titles.peek(query.id) === 'absent') return false;
    const known = mediaCache.peek(query.mediaKey);
    return known === undefined || known.value === null;
  }

  async #create(query: StreamQuery, signal: CancelSignal): Promise<Creation> {
    const { titles, mediaCache } = this.#parts;
    const creation = (await titles?.create(query.id, signal)) ?? 'absent';
    if (creation === 'created') await mediaCache.invalidate(query.mediaKey);
    return creation;
  }
}

function foundBy({ set, sources }: Searched): Pick<FoundStreams, 'found' | 'sources'> {
  return { found: set, sources };
}
