/** Live search as the stream path sees it: of the instance's sources, and of those that users bring. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import { NO_SEARCH, type SearchMark } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import type { LiveSearch, Searched, SearchedSet, SearchWait } from '../streams/contract.ts';
import type { SearchTarget } from './contract.ts';
import type { OwnSearch } from './own-search.ts';
import type { SharedSearch } from './shared-search.ts';

export class LiveSearchService implements LiveSearch {
  readonly #shared: SharedSearch | null;
  readonly #own: OwnSearch;

  /** @param shared null: the instance has no sources */
  constructor(shared: SharedSearch | null, own: OwnSearch) {
    this.#shared = shared;
    this.#own = own;
  }

  get isShared(): boolean {
    return this.#shared !== null;
  }

  markOf(target: SearchTarget, signal: CancelSignal): Promise<SearchMark> {
    return this.#shared?.markOf(target, signal) ?? Promise.resolve(NO_SEARCH);
  }

  wanted(target: SearchTarget, streams: number): void {
    this.#shared?.wanted(target, streams);
  }

  complete(sets: SearchedSet, signal: CancelSignal): Promise<boolean> {
    return this.#shared?.complete(sets, signal) ?? Promise.resolve(false);
  }

  join(set: StreamSet, sets: SearchedSet, wait: SearchWait): Promise<Searched> {
    return this.#shared?.join(set, sets, wait) ?? Promise.resolve({ set, sources: [] });
  }

  findOwn(media: StreamSetMedia, sources: OwnSources, wait: SearchWait): Promise<Searched> {
    return this.#own.find(media, sources, wait);
  }

  mergeOwn(shared: StreamSet | null, own: StreamSet): StreamSet {
    return this.#own.merge(shared, own);
  }

  async report(
    target: SearchTarget,
    sources: OwnSources,
    signal: CancelSignal,
  ): Promise<object | null> {
    const [shared, own] = await Promise.all([
      this.#shared?.report(target, signal) ?? null,
      sources.count === 0 ? null : this.#own.report(target, sources, signal),
    ]);
    return shared === null && own === null ? null : { shared, own };
  }
}
