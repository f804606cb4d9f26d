/** The stream path as a whole: resolve → gather → rank → present, each step in its file. */
import type { Buffer } from 'node:buffer';
import type { RankingSettings } from '../../lib/ranking/settings.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { CacheTier, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';
import { StreamPresenter, type PresenterOptions } from './present.ts';
import { StreamRanker } from './rank.ts';
import { StreamQuery, isRestricted } from './resolve.ts';

export interface StreamServiceParts {
  readonly source: StreamSource;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
  readonly ranking: RankingSettings;
  readonly presenter: PresenterOptions;
}

export interface FoundStreams {
  /** Null: the id is unknown, restricted, or nothing plays it. */
  readonly set: StreamSet | null;
  /** Which tiers answered, by step. */
  readonly tiers: readonly CacheTier[];
}

export class StreamService {
  readonly #source: StreamSource;
  readonly #mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly #setCache: ReadThroughCache<StreamSet>;
  readonly #ranker: StreamRanker;
  readonly #presenter: StreamPresenter;

  constructor(parts: StreamServiceParts) {
    this.#source = parts.source;
    this.#mediaCache = parts.mediaCache;
    this.#setCache = parts.setCache;
    this.#ranker = new StreamRanker(parts.ranking);
    this.#presenter = new StreamPresenter(parts.presenter);
  }

  /** Names the list that these settings lead to; part of every response-reuse key. */
  get fingerprint(): string {
    return this.#ranker.fingerprint;
  }

  /** @throws AppError for a malformed type or id */
  query(rawType: string, rawId: string): StreamQuery {
    return new StreamQuery(rawType, rawId, this.#source);
  }

  /**
   * From L1 alone, synchronously, without an allocation: the set, null when there is nothing to show, or
   * undefined when L1 does not know. Stale entries are served and refreshed behind.
   */
  peek(query: StreamQuery): StreamSet | null | undefined {
    const media = this.#mediaCache.peek(query.mediaKey, query.loadMedia);
    if (media === undefined) return undefined;
    if (media.value === null || isRestricted(media.value)) return null;
    const target = query.targetOf(media.value);
    return this.#setCache.peek(target.setKey, target.loadSet)?.value;
  }

  /** Through all tiers. Waiters for one id share one load. */
  async find(query: StreamQuery, signal: AbortSignal): Promise<FoundStreams> {
    const media = await this.#mediaCache.get(query.mediaKey, query.loadMedia, signal);
    if (media.value === null || isRestricted(media.value)) return { set: null, tiers: [media.tier] };
    const target = query.targetOf(media.value);
    const found = await this.#setCache.get(target.setKey, target.loadSet, signal);
    return { set: found.value, tiers: [media.tier, found.tier] };
  }

  /** The body of the answer, or null when no row of the set is shown. */
  body(set: StreamSet): Buffer | null {
    const count = this.#ranker.rank(set);
    return count === 0 ? null : this.#presenter.present(set, this.#ranker.rows, count);
  }
}
