/** The cached set of one title or episode, as a search merges what it finds into it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { rowsOf } from '../../lib/stream-set/rows.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import { SEARCH_PHASES, type SearchMark } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { EpisodeNumber, MergeRows, SearchedSet } from './contract.ts';
import { loadStreamSet, packStreams, streamSetKey, type SetOrigin } from './gather.ts';

/** Of sets that no search has touched: with a mark, a set of nothing is a set. */
const DUE: SearchMark = { phase: SEARCH_PHASES.due, nextAtS: 0 };

export class CachedSet implements SearchedSet {
  readonly media: StreamSetMedia;
  readonly #key: string;
  readonly #origin: SetOrigin;
  readonly #sets: ReadThroughCache<StreamSet>;

  constructor(media: StreamSetMedia, origin: SetOrigin, sets: ReadThroughCache<StreamSet>) {
    this.media = media;
    this.#key = streamSetKey(media.mediaId, media.season, media.episode);
    this.#origin = origin;
    this.#sets = sets;
  }

  async read(signal: CancelSignal): Promise<StreamSet> {
    const { value } = await this.#sets.get(this.#key, this.#load, signal);
    return value ?? this.#pack([], DUE);
  }

  update(merge: MergeRows, mark: SearchMark, signal: CancelSignal): Promise<StreamSet> {
    return this.#sets.update(
      this.#key,
      this.#load,
      (present) => this.#pack(merge(present === null ? [] : rowsOf(present)), mark),
      signal,
    );
  }

  async reload(signal: CancelSignal): Promise<StreamSet> {
    await this.#sets.invalidate(this.#key);
    return this.read(signal);
  }

  async dropEpisodes(episodes: readonly EpisodeNumber[]): Promise<void> {
    const { mediaId } = this.media;
    const keys = episodes.map(({ season, episode }) => streamSetKey(mediaId, season, episode));
    await Promise.all(keys.map((key) => this.#sets.invalidate(key)));
  }

  readonly #load = (signal: CancelSignal): Promise<StreamSet | null> =>
    loadStreamSet(this.#origin, this.media, signal);

  #pack(rows: Parameters<MergeRows>[0], mark: SearchMark): StreamSet {
    const set = packStreams(this.media, { rows, mark });
    if (set === null) throw new TypeError('a set that was packed here cannot be read');
    return set;
  }
}
