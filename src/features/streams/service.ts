/** The stream path as a whole: resolve → gather → rank → present, each step in its file. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ServiceMarks } from '../../lib/ranking/service-marks.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import { rank } from '../../lib/ranking/rank.ts';
import { SEARCH_PHASES } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { isHidden } from '../../lib/user-config/hidden-levels.ts';
import type { CacheTier, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import { Completion, type Seeker } from './completion.ts';
import type {
  CachedMarks,
  LiveSearch,
  ResolvedMedia,
  SourceProgress,
  StreamSource,
} from './contract.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { FoundStreams } from './found-streams.ts';
import type { SetOrigin } from './gather.ts';
import type { NameMatchCache } from './name-matches.ts';
import {
  absenceNotice,
  emptyListNotices,
  leadNotices,
  searchingNotices,
  TITLE_OPEN,
  type Notice,
} from './notices.ts';
import {
  StreamPresenter,
  type PresenterOptions,
  type ServiceLinks,
  type StreamBody,
} from './present.ts';
import { StreamQuery, isRestricted, type Absence } from './resolve.ts';
import { UnderWay } from './under-way.ts';

export interface StreamServiceParts {
  readonly source: StreamSource;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
  /** Null: nothing is searched on this instance. */
  readonly liveSearch: LiveSearch | null;
  /** Null: unknown ids stay unknown. */
  readonly titles: TitlesOnDemand | null;
  /** Null: nothing is known of what services have. */
  readonly cachedMarks: CachedMarks | null;
  readonly nameMatches: NameMatchCache;
  readonly presenter: PresenterOptions;
  /** Titles and episodes that are looked for at a time; not more than the caches load, so that these refuse none of them. */
  readonly titlesMax: number;
}

/** A list, as it is sent. */
export interface StreamList {
  readonly kind: 'list';
  readonly set: StreamSet;
  /** Of one stream at least. */
  readonly body: StreamBody;
  /** What is said above the streams. */
  readonly leads: readonly Notice[];
  readonly sources: readonly SourceProgress[];
  /** There will be more in a moment: not to be kept by anybody. */
  readonly isMakeshift: boolean;
  readonly tiers: readonly CacheTier[];
}

/** Why nothing is shown. */
export interface NoStreams {
  readonly kind: 'none';
  /** `filtered`: the settings drop every stream. */
  readonly reason: Absence | 'filtered';
  readonly notices: readonly Notice[];
  readonly sources: readonly SourceProgress[];
  readonly isMakeshift: boolean;
  readonly tiers: readonly CacheTier[];
}

/** What the client found that it had made from the same set before. */
export interface EarlierList<T> {
  readonly kind: 'earlier';
  readonly earlier: T;
  readonly sources: readonly SourceProgress[];
  readonly tiers: readonly CacheTier[];
}

export type ListAnswer<T> = StreamList | NoStreams | EarlierList<T>;

/** Whoever asks for a list and keeps what it made of others, of the type `T`. */
export interface ListClient<T> {
  /** Read only when there is something to wait for. */
  readonly signal: CancelSignal;
  /** Sources of the user's own. */
  readonly sources: OwnSources;
  /** That play torrents for the user. */
  readonly services: OwnServices;
  /** What links to this server begin with. */
  readonly baseUrl: string;
  /** What was made of this very set before, for the same settings. */
  earlier(set: StreamSet): T | undefined;
  /** Whether the body outlives this request; else its bytes are lent (`lib/json/lent-bytes.ts`). Asked once, after `earlier`. */
  keepsBody(): boolean;
}

const L1_ONLY: readonly CacheTier[] = ['l1'];
const NO_SOURCES: readonly SourceProgress[] = [];
const NO_NOTICES: readonly Notice[] = [];

/** What is known of an answer before its streams are ranked. */
interface Making {
  readonly tiers: readonly CacheTier[];
  readonly sources: readonly SourceProgress[];
  readonly isMakeshift: boolean;
  /** The body outlives this request. */
  readonly isKept: boolean;
}

export class StreamService {
  readonly addonName: string;
  readonly nameMatches: NameMatchCache;
  readonly #origin: SetOrigin;
  readonly #completion: Completion;
  readonly #mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly #setCache: ReadThroughCache<StreamSet>;
  readonly #presenter: StreamPresenter;
  readonly #underWay: UnderWay;
  readonly #cachedMarks: CachedMarks | null;

  constructor(parts: StreamServiceParts) {
    const { source, liveSearch } = parts;
    this.#origin = { source, liveSearch: liveSearch?.isShared === true ? liveSearch : null };
    this.#completion = new Completion({ ...parts, origin: this.#origin });
    this.#mediaCache = parts.mediaCache;
    this.#setCache = parts.setCache;
    this.nameMatches = parts.nameMatches;
    this.#cachedMarks = parts.cachedMarks;
    this.#underWay = new UnderWay(parts.titlesMax);
    this.#presenter = new StreamPresenter(parts.presenter);
    this.addonName = parts.presenter.addonName;
  }

  /** @throws AppError for a malformed type or id */
  query(rawType: string, rawId: string): StreamQuery {
    return new StreamQuery(rawType, rawId, this.#origin);
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
      return this.#answer({ found: atHand, tiers: L1_ONLY }, query, settings, client);
    return this.find(query, settings.hiddenLevels, client.signal).then((found) =>
      this.#answer(found, query, settings, client),
    );
  }

  #answer<T>(
    present: FoundStreams,
    query: StreamQuery,
    settings: ListSettings,
    client: ListClient<T>,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    if (!this.#completion.isNeeded(present.found, query, settings, client.sources))
      return this.#listOf(present, settings, client);
    return this.complete(present, query, {
      settings,
      sources: client.sources,
      signal: client.signal,
    }).then((completed) => this.#listOf(completed, settings, client));
  }

  /** Waits for what only other people's servers know. */
  complete(present: FoundStreams, query: StreamQuery, seeker: Seeker): Promise<FoundStreams> {
    return this.#completion.complete(present, query, seeker, () =>
      this.find(query, seeker.settings.hiddenLevels, seeker.signal),
    );
  }

  /** What the searches of this title have done; null when nothing is known. */
  searchReport(query: StreamQuery, seeker: Seeker): Promise<object | null> {
    return this.#completion.report(query, seeker);
  }

  #listOf<T>(
    { found, tiers, sources = NO_SOURCES, isTitleOpen = false }: FoundStreams,
    settings: ListSettings,
    client: ListClient<T>,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    if (isTitleOpen)
      return {
        kind: 'none',
        reason: 'unknown',
        notices: TITLE_OPEN,
        sources,
        isMakeshift: true,
        tiers,
      };
    if (typeof found === 'string' || found.rowCount === 0)
      return this.#absent(found, tiers, sources, settings);
    const isMakeshift = sources !== NO_SOURCES && isUnfinished(found, sources);
    if (settings.services.length > 0)
      return this.#linkedList(found, settings, client, { tiers, sources, isMakeshift });
    if (!isMakeshift) {
      const earlier = client.earlier(found);
      if (earlier !== undefined) return { kind: 'earlier', earlier, tiers, sources };
    }
    const making: Making = {
      tiers,
      sources,
      isMakeshift,
      isKept: !isMakeshift && client.keepsBody(),
    };
    const { nameFilter } = settings;
    const matches = this.nameMatches.peek(found, nameFilter);
    if (matches !== undefined || nameFilter === null) {
      return this.#rankAndPresent(found, settings, matches ?? null, making);
    }
    return this.nameMatches
      .load(found, nameFilter, client.signal)
      .then((loaded) => this.#rankAndPresent(found, settings, loaded, making));
  }

  /** With links of the user's own: made for each request. */
  async #linkedList(
    found: StreamSet,
    settings: ListSettings,
    { services, baseUrl, signal }: Pick<ListClient<unknown>, 'services' | 'baseUrl' | 'signal'>,
    making: Omit<Making, 'isKept'>,
  ): Promise<StreamList | NoStreams> {
    const marks = await this.marksOf(found, services, signal);
    const { nameFilter } = settings;
    const matches =
      nameFilter === null ? null : await this.nameMatches.load(found, nameFilter, signal);
    const links = { baseUrl, tokens: services.all.map(({ token }) => token), marks };
    return this.#rankAndPresent(found, settings, matches, { ...making, isKept: false }, links);
  }

  /** Null where nothing is known. */
  marksOf(
    set: StreamSet,
    services: OwnServices,
    signal: CancelSignal,
  ): ServiceMarks | null | Promise<ServiceMarks | null> {
    return services.count === 0 || this.#cachedMarks === null
      ? null
      : this.#cachedMarks.of(set, services, signal);
  }

  #absent(
    found: StreamSet | Absence,
    tiers: readonly CacheTier[],
    sources: readonly SourceProgress[],
    settings: ListSettings,
  ): NoStreams {
    const isMakeshift =
      typeof found !== 'string' && sources !== NO_SOURCES && isUnfinished(found, sources);
    const reason = typeof found === 'string' ? found : 'none';
    const notices = isMakeshift ? searchingNotices(sources) : [absenceNotice(reason, settings)];
    return { kind: 'none', reason, notices, sources, isMakeshift, tiers };
  }

  #rankAndPresent(
    set: StreamSet,
    settings: ListSettings,
    matches: NameMatches | null,
    { tiers, sources, isMakeshift, isKept }: Making,
    links: ServiceLinks | null = null,
  ): StreamList | NoStreams {
    const { shown, dropped } = rank(set, settings.ranking, matches, null, links?.marks ?? null);
    const searching = isMakeshift ? searchingNotices(sources) : NO_NOTICES;
    if (shown.length === 0)
      return {
        kind: 'none',
        reason: 'filtered',
        notices: [...searching, ...emptyListNotices(dropped, settings)],
        sources,
        isMakeshift,
        tiers,
      };
    const body = this.#bodyOf(set, shown, settings, isKept, links);
    const leads = isMakeshift ? [...searching, ...leadNotices(settings)] : leadNotices(settings);
    return { kind: 'list', set, body, leads, sources, isMakeshift, tiers };
  }

  #bodyOf(
    set: StreamSet,
    shown: Uint32Array,
    settings: ListSettings,
    isKept: boolean,
    links: ServiceLinks | null,
  ): StreamBody {
    if (links !== null) return this.#presenter.presentLinked(set, shown, settings, links);
    return isKept
      ? { bytes: this.present(set, shown, settings) }
      : this.#presenter.presentOnce(set, shown, settings);
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

  async #findAdmitted(
    query: StreamQuery,
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<FoundStreams> {
    const media = await this.#mediaCache.get(query.mediaKey, query.loadMedia, signal);
    const absence = absenceOf(media.value, hiddenLevels);
    if (absence !== null || media.value === null)
      return { found: absence ?? 'unknown', tiers: [media.tier] };
    const target = query.targetOf(media.value);
    const hit = await this.#setCache.get(target.setKey, target.loadSet, signal);
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

/** More is coming: sources of everybody, or of the user. */
function isUnfinished(set: StreamSet, sources: readonly SourceProgress[]): boolean {
  return (
    set.searchPhase === SEARCH_PHASES.underWay ||
    set.searchPhase === SEARCH_PHASES.due ||
    sources.some(({ state }) => state === 'asked')
  );
}
