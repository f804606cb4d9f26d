/** The stream path as a whole: resolve → gather → rank → present, each step in its file. */
import type { Buffer } from 'node:buffer';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { isHidden } from '../../lib/user-config/hidden-levels.ts';
import type { CacheTier, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';
import type { NameMatchCache } from './name-matches.ts';
import { StreamPresenter, type PresenterOptions, type StreamBody } from './present.ts';
import { StreamRanker } from './rank.ts';
import { StreamQuery, isRestricted } from './resolve.ts';
import { UnderWay } from './under-way.ts';

export interface StreamServiceParts {
  readonly source: StreamSource;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
  readonly nameMatches: NameMatchCache;
  readonly presenter: PresenterOptions;
  /** Titles and episodes that are looked for at a time; not more than the caches load, so that these refuse none of them. */
  readonly titlesMax: number;
}

/** `unknown`: no title has the id, or a blocked one. `none`: nothing plays it. `hidden`: by the user's own filter. */
export type Absence = 'unknown' | 'none' | 'hidden';

export interface FoundStreams {
  readonly found: StreamSet | Absence;
  /** Which tiers answered, by step. */
  readonly tiers: readonly CacheTier[];
}

export class StreamService {
  readonly addonName: string;
  readonly nameMatches: NameMatchCache;
  readonly #source: StreamSource;
  readonly #mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly #setCache: ReadThroughCache<StreamSet>;
  readonly #ranker = new StreamRanker();
  readonly #presenter: StreamPresenter;
  readonly #underWay: UnderWay;

  constructor(parts: StreamServiceParts) {
    this.#source = parts.source;
    this.#mediaCache = parts.mediaCache;
    this.#setCache = parts.setCache;
    this.nameMatches = parts.nameMatches;
    this.#underWay = new UnderWay(parts.titlesMax);
    this.#presenter = new StreamPresenter(parts.presenter);
    this.addonName = parts.presenter.addonName;
  }

  /** @throws AppError for a malformed type or id */
  query(rawType: string, rawId: string): StreamQuery {
    return new StreamQuery(rawType, rawId, this.#source);
  }

  /**
   * From L1 alone, synchronously, without an allocation; undefined when L1 does not know. Stale entries are
   * served and refreshed behind.
   */
  peek(query: StreamQuery, hiddenLevels: number): StreamSet | Absence | undefined {
    const media = this.#mediaCache.peek(query.mediaKey, query.loadMedia);
    if (media === undefined) return undefined;
    const absence = absenceOf(media.value, hiddenLevels);
    if (absence !== null || media.value === null) return absence ?? 'unknown';
    const target = query.targetOf(media.value);
    const hit = this.#setCache.peek(target.setKey, target.loadSet);
    return hit === undefined ? undefined : (hit.value ?? 'none');
  }

  /**
   * Through all tiers. Waiters for one id share one load.
   * @throws AppError `server.overloaded` at once, not in the promise, where too many titles are being looked for
   */
  find(query: StreamQuery, hiddenLevels: number, signal: AbortSignal): Promise<FoundStreams> {
    this.#underWay.enter(query.key);
    return this.#findAdmitted(query, hiddenLevels, signal).finally(() => this.#underWay.leave(query.key));
  }

  /** Where an id led to before is asked for at once with where it leads to now: one trip instead of two. */
  async #findAdmitted(query: StreamQuery, hiddenLevels: number, signal: AbortSignal): Promise<FoundStreams> {
    const likely = this.#mediaCache.peek(query.mediaKey) === undefined ? query.lastTarget : null;
    const resolving = this.#mediaCache.get(query.mediaKey, query.loadMedia, signal);
    const ahead = likely === null ? null : this.#setCache.get(likely.setKey, query.loadAhead(likely, this.#mediaCache), signal);
    // Heard only when the title is where it was.
    ahead?.catch(() => undefined);
    const media = await resolving;
    const absence = absenceOf(media.value, hiddenLevels);
    if (absence !== null || media.value === null) return { found: absence ?? 'unknown', tiers: [media.tier] };
    const target = query.targetOf(media.value);
    const gathering = ahead !== null && likely?.setKey === target.setKey
      ? ahead
      : this.#setCache.get(target.setKey, target.loadSet, signal);
    const hit = await gathering;
    return { found: hit.value ?? 'none', tiers: [media.tier, hit.tier] };
  }

  /**
   * The body of the answer, or null when no row of the set is shown; `dropped` then says why.
   * @param nameMatches of the settings' name filter, null exactly when there is none
   * @param isKept whether the body outlives the answer to one request; else it is to be released when it was written
   */
  body(set: StreamSet, settings: ListSettings, nameMatches: NameMatches | null, isKept: boolean): StreamBody | null {
    const { rows } = this.#ranker;
    const count = this.#ranker.rank(set, settings, nameMatches);
    if (count === 0) return null;
    if (isKept) return { bytes: this.present(set, rows, count, settings) };
    return this.#presenter.presentOnce(set, rows, count, settings);
  }

  /** Rows by DROP_RULES after the last `body`. */
  get dropped(): Uint32Array {
    return this.#ranker.counts;
  }

  /** `{"streams":[…]}` of the first `count` of these rows. */
  present(set: StreamSet, rows: Uint32Array, count: number, settings: ListSettings): Buffer {
    return this.#presenter.present(set, rows, count, settings);
  }
}

function absenceOf(media: ResolvedMedia | null, hiddenLevels: number): Absence | null {
  if (media === null || isRestricted(media)) return 'unknown';
  return isHidden(media.restrictions, hiddenLevels) ? 'hidden' : null;
}
