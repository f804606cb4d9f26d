/** The stream path as a whole: resolve → gather → rank → present, each step in its file. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import { rank } from '../../lib/ranking/rank.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { isHidden } from '../../lib/user-config/hidden-levels.ts';
import type { CacheTier, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';
import type { NameMatchCache } from './name-matches.ts';
import { absenceNotice, emptyListNotices, leadNotice, type Notice } from './notices.ts';
import { StreamPresenter, type PresenterOptions, type StreamBody } from './present.ts';
import { StreamQuery, isRestricted, type Absence } from './resolve.ts';
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

export interface FoundStreams {
  readonly found: StreamSet | Absence;
  /** Which tiers answered, by step. */
  readonly tiers: readonly CacheTier[];
}

/** A list, as it is sent. */
export interface StreamList {
  readonly kind: 'list';
  readonly set: StreamSet;
  /** Of one stream at least. */
  readonly body: StreamBody;
  /** What is said above the streams. */
  readonly lead: Notice | null;
  readonly tiers: readonly CacheTier[];
}

/** Why nothing is shown. */
export interface NoStreams {
  readonly kind: 'none';
  /** `filtered`: the settings drop every stream. */
  readonly reason: Absence | 'filtered';
  readonly notices: readonly Notice[];
  readonly tiers: readonly CacheTier[];
}

/** What the client found that it had made from the same set before. */
export interface EarlierList<T> {
  readonly kind: 'earlier';
  readonly earlier: T;
  readonly tiers: readonly CacheTier[];
}

export type ListAnswer<T> = StreamList | NoStreams | EarlierList<T>;

/** Whoever asks for a list and keeps what it made of others, of the type `T`. */
export interface ListClient<T> {
  /** Read only when there is something to wait for. */
  readonly signal: CancelSignal;
  /** What was made of this very set before, for the same settings. */
  earlier(set: StreamSet): T | undefined;
  /** Whether the body outlives this request; else it is to be released when it was sent. Asked once, after `earlier`. */
  keepsBody(): boolean;
}

const L1_ONLY: readonly CacheTier[] = ['l1'];

export class StreamService {
  readonly addonName: string;
  readonly nameMatches: NameMatchCache;
  readonly #source: StreamSource;
  readonly #mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly #setCache: ReadThroughCache<StreamSet>;
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
   * The whole path: resolve, gather, match names, rank, present. A promise only where L1 does not know the set, or a
   * filter's regular expressions have not been matched yet.
   * @throws AppError `server.overloaded` at once: a refusal costs no promise
   */
  list<T>(
    query: StreamQuery,
    settings: ListSettings,
    client: ListClient<T>,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    const atHand = this.#peek(query, settings.hiddenLevels);
    if (atHand !== undefined)
      return this.#listOf({ found: atHand, tiers: L1_ONLY }, settings, client);
    return this.find(query, settings.hiddenLevels, client.signal).then((found) =>
      this.#listOf(found, settings, client),
    );
  }

  #listOf<T>(
    { found, tiers }: FoundStreams,
    settings: ListSettings,
    client: ListClient<T>,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    if (typeof found === 'string')
      return { kind: 'none', reason: found, notices: [absenceNotice(found, settings)], tiers };
    const earlier = client.earlier(found);
    if (earlier !== undefined) return { kind: 'earlier', earlier, tiers };
    const isKept = client.keepsBody();
    const { nameFilter } = settings;
    const matches = this.nameMatches.peek(found, nameFilter);
    if (matches !== undefined || nameFilter === null) {
      return this.#rankAndPresent(found, tiers, settings, matches ?? null, isKept);
    }
    return this.nameMatches
      .load(found, nameFilter, client.signal)
      .then((loaded) => this.#rankAndPresent(found, tiers, settings, loaded, isKept));
  }

  #rankAndPresent(
    set: StreamSet,
    tiers: readonly CacheTier[],
    settings: ListSettings,
    matches: NameMatches | null,
    isKept: boolean,
  ): StreamList | NoStreams {
    const { shown, dropped } = rank(set, settings.ranking, matches);
    if (shown.length === 0)
      return {
        kind: 'none',
        reason: 'filtered',
        notices: emptyListNotices(dropped, settings),
        tiers,
      };
    const body = isKept
      ? { bytes: this.present(set, shown, settings) }
      : this.#presenter.presentOnce(set, shown, settings);
    return { kind: 'list', set, body, lead: leadNotice(settings), tiers };
  }

  /**
   * From L1 alone, synchronously, without an allocation; undefined when L1 does not know. Stale entries are
   * served and refreshed behind.
   */
  #peek(query: StreamQuery, hiddenLevels: number): StreamSet | Absence | undefined {
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
  find(query: StreamQuery, hiddenLevels: number, signal: CancelSignal): Promise<FoundStreams> {
    this.#underWay.enter(query.key);
    return this.#findAdmitted(query, hiddenLevels, signal).finally(() =>
      this.#underWay.leave(query.key),
    );
  }

  /** Where an id led to before is asked for at once with where it leads to now: one trip instead of two. */
  async #findAdmitted(
    query: StreamQuery,
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<FoundStreams> {
    const likely = this.#mediaCache.peek(query.mediaKey) === undefined ? query.lastTarget : null;
    const resolving = this.#mediaCache.get(query.mediaKey, query.loadMedia, signal);
    const ahead =
      likely === null
        ? null
        : this.#setCache.get(likely.setKey, query.loadAhead(likely, this.#mediaCache), signal);
    // Heard only when the title is where it was.
    ahead?.catch(() => undefined);
    const media = await resolving;
    const absence = absenceOf(media.value, hiddenLevels);
    if (absence !== null || media.value === null)
      return { found: absence ?? 'unknown', tiers: [media.tier] };
    const target = query.targetOf(media.value);
    const gathering =
      ahead !== null && likely?.setKey === target.setKey
        ? ahead
        : this.#setCache.get(target.setKey, target.loadSet, signal);
    const hit = await gathering;
    return { found: hit.value ?? 'none', tiers: [media.tier, hit.tier] };
  }

  /** `{"streams":[…]}` of these rows. */
  present(set: StreamSet, shown: Uint32Array, settings: ListSettings): Buffer {
    return this.#presenter.present(set, shown, shown.length, settings);
  }
}

function absenceOf(media: ResolvedMedia | null, hiddenLevels: number): Absence | null {
  if (media === null || isRestricted(media)) return 'unknown';
  return isHidden(media.restrictions, hiddenLevels) ? 'hidden' : null;
}
