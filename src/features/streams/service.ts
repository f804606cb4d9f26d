/** The stream path as a whole: resolve → gather → rank → present, each step in its file. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { ReuseCache } from '../../lib/reuse/reuse-cache.ts';
import { marksKey, type ServiceMarks } from '../../lib/ranking/service-marks.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import { rank } from '../../lib/ranking/rank.ts';
import { SEARCH_PHASES } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { isHidden } from '../../lib/user-config/hidden-levels.ts';
import type { CacheTier, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';
import type { PrivateMark } from '../../lib/user-config/private-mark.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import { Completion, type Seeker } from './completion.ts';
import type {
  CachedMarks,
  LiveSearch,
  PrivateStreams,
  ResolvedMedia,
  SourceProgress,
  StreamSource,
  Waiter,
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
  type LinkTokens,
  type PresenterOptions,
  type ServiceLinks,
  type StreamBody,
} from './present.ts';
import { StreamQuery, isRestricted, type Absence } from './resolve.ts';
import { RecentLinks } from './recent-links.ts';
import type { SharedList } from './shared-list.ts';
import type { Brownout } from '../../lib/admission/brownout.ts';
import { WorkQueue } from '../../lib/admission/work-queue.ts';

export interface StreamServiceParts {
  readonly source: StreamSource;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
  /** Null: nothing is searched on this instance. */
  readonly liveSearch: LiveSearch | null;
  /** Null: nobody has any. */
  readonly privateStreams: PrivateStreams | null;
  /** Null: unknown ids stay unknown. */
  readonly titles: TitlesOnDemand | null;
  /** Null: nothing is known of what services have. */
  readonly cachedMarks: CachedMarks | null;
  readonly nameMatches: NameMatchCache;
  readonly presenter: PresenterOptions;
  /** Of lists that users share but for the tokens of their links. */
  readonly sharedBytesMax: number;
  /** Titles and episodes that are looked for at a time; not more than the caches load, so that these refuse none of them. */
  readonly titlesMax: number;
  /** While it spares work, lists are made of what is at hand. */
  readonly brownout: Pick<Brownout, 'isSparing'>;
}

/** A list, as it is sent. */
export interface StreamList {
  readonly kind: 'list';
  readonly set: StreamSet;
  /** Of one stream at least. */
  readonly body: StreamBody;
  /** Equal for lists of a set whose links differ in nothing but their tokens; empty for lists without such links. */
  readonly linksKey: string;
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
export interface ListClient<T> extends Waiter {
  /** Sources of the user's own. */
  readonly sources: OwnSources;
  /** That play torrents for the user. */
  readonly services: OwnServices;
  /** Null for nearly everybody. */
  readonly privateMark: PrivateMark | null;
  /** What links to this server begin with. */
  readonly baseUrl: string;
  /**
   * What was made of this very set before, for the same settings and the same tokens.
   * @param linksKey as in `StreamList`
   */
  earlier(set: StreamSet, linksKey: string): T | undefined;
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
}

/** The links of one user. */
interface OwnLinks extends ServiceLinks {
  readonly tokens: LinkTokens;
  /** `StreamList.linksKey`. */
  readonly key: string;
  /** Equal for lists that differ in their tokens alone. */
  readonly sharedKey: string;
}

export class StreamService {
  readonly addonName: string;
  readonly nameMatches: NameMatchCache;
  readonly #origin: SetOrigin;
  readonly #completion: Completion;
  readonly #mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly #setCache: ReadThroughCache<StreamSet>;
  readonly #presenter: StreamPresenter;
  readonly #underWay: WorkQueue;
  readonly #brownout: Pick<Brownout, 'isSparing'>;
  readonly #cachedMarks: CachedMarks | null;
  readonly #privateStreams: PrivateStreams | null;
  readonly #sharedLists: ReuseCache<SharedList>;
  readonly #recentLinks = new RecentLinks<OwnLinks>();

  constructor(parts: StreamServiceParts) {
    const { source, liveSearch } = parts;
    this.#origin = { source, liveSearch: liveSearch?.isShared === true ? liveSearch : null };
    this.#completion = new Completion({ ...parts, origin: this.#origin });
    this.#mediaCache = parts.mediaCache;
    this.#setCache = parts.setCache;
    this.nameMatches = parts.nameMatches;
    this.#cachedMarks = parts.cachedMarks;
    this.#privateStreams = parts.privateStreams;
    this.#underWay = new WorkQueue(parts.titlesMax, parts.brownout);
    this.#brownout = parts.brownout;
    this.#presenter = new StreamPresenter(parts.presenter);
    this.#sharedLists = new ReuseCache({
      bytesMax: parts.sharedBytesMax,
      sizeOf: ({ sizeBytes }) => sizeBytes,
    });
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
    const isEnough = this.#brownout.isSparing && hasStreams(present.found);
    if (isEnough || !this.#completion.isNeeded(present.found, query, settings, client.sources))
      return this.#listWithPrivate(present, query, settings, client);
    return this.complete(present, query, {
      settings,
      sources: client.sources,
      signal: client.signal,
    }).then((completed) => this.#listWithPrivate(completed, query, settings, client));
  }

  #listWithPrivate<T>(
    present: FoundStreams,
    query: StreamQuery,
    settings: ListSettings,
    client: ListClient<T>,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    const { privateMark } = client;
    if (privateMark === null) return this.#listOf(present, query, settings, client);
    const found = this.withPrivate(present, query, privateMark, client);
    return found instanceof Promise
      ? found.then((late) => this.#listOf(late, query, settings, client))
      : this.#listOf(found, query, settings, client);
  }

  /** With what the user's profile has brought for itself. */
  withPrivate(
    present: FoundStreams,
    query: StreamQuery,
    mark: PrivateMark,
    waiter: Waiter,
  ): FoundStreams | Promise<FoundStreams> {
    const media = query.lastMedia;
    const { found } = present;
    const privateStreams = this.#privateStreams;
    if (privateStreams === null || media === null) return present;
    if (found === 'unknown' || found === 'hidden') return present;
    const shared = found === 'none' ? null : found;
    const both = privateStreams.add(shared, media, mark, waiter);
    return both instanceof Promise
      ? both.then((late) => ({ ...present, found: late ?? 'none' }))
      : { ...present, found: both ?? 'none' };
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
    query: StreamQuery,
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
    const making: Making = { tiers, sources, isMakeshift };
    if (settings.services.length === 0) return this.#made(found, settings, client, making, null);
    const links = this.#linksOf(found, query, settings, client);
    return links instanceof Promise
      ? links.then((late) => this.#made(found, settings, client, making, late))
      : this.#made(found, settings, client, making, links);
  }

  #linksOf(
    set: StreamSet,
    query: StreamQuery,
    settings: ListSettings,
    client: ListClient<unknown>,
  ): OwnLinks | Promise<OwnLinks> {
    const { services, baseUrl } = client;
    const terms = { set, baseUrl, revision: this.#cachedMarks?.revision ?? 0 };
    const recent = this.#recentLinks.find(services, terms);
    if (recent !== undefined) return recent;
    const marks = this.marksOf(set, services, client);
    if (marks instanceof Promise)
      return marks.then((late) => ownLinks(query, settings, client, late));
    return this.#recentLinks.keep(services, terms, ownLinks(query, settings, client, marks));
  }

  /** What was made before, for this user or for another one, or a new list. */
  #made<T>(
    found: StreamSet,
    settings: ListSettings,
    client: ListClient<T>,
    making: Making,
    links: OwnLinks | null,
  ): ListAnswer<T> | Promise<ListAnswer<T>> {
    const { tiers, sources, isMakeshift } = making;
    const earlier = isMakeshift ? undefined : client.earlier(found, links?.key ?? '');
    if (earlier !== undefined) return { kind: 'earlier', earlier, tiers, sources };
    const isKept = !isMakeshift && client.keepsBody();
    const shared = links === null ? undefined : this.#sharedLists.find(links.sharedKey, found);
    if (links !== null && shared !== undefined && !isMakeshift) {
      const body = this.#presenter.fillShared(shared, links.tokens, isKept);
      return listAnswer(found, settings, body, making, links);
    }
    const { nameFilter } = settings;
    const matches = this.nameMatches.peek(found, nameFilter);
    const list = (known: NameMatches | null) =>
      this.#rankAndPresent(found, settings, known, { ...making, isKept }, links);
    return matches !== undefined || nameFilter === null
      ? list(matches ?? null)
      : this.nameMatches.load(found, nameFilter, client.signal).then(list);
  }

  /** Null where nothing is known. */
  marksOf(
    set: StreamSet,
    services: OwnServices,
    waiter: Waiter,
  ): ServiceMarks | null | Promise<ServiceMarks | null> {
    return services.count === 0 || this.#cachedMarks === null
      ? null
      : this.#cachedMarks.of(set, services, waiter);
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
    making: Making & { readonly isKept: boolean },
    links: OwnLinks | null,
  ): StreamList | NoStreams {
    const { tiers, sources, isMakeshift } = making;
    const { shown, dropped } = rank(set, settings.ranking, matches, null, links?.marks ?? null);
    if (shown.length === 0) {
      const searching = isMakeshift ? searchingNotices(sources) : NO_NOTICES;
      const notices = [...searching, ...emptyListNotices(dropped, settings)];
      return { kind: 'none', reason: 'filtered', notices, sources, isMakeshift, tiers };
    }
    const body =
      links === null
        ? this.#bodyOf(set, shown, settings, making.isKept)
        : this.#linkedBody(set, shown, settings, making, links);
    return listAnswer(set, settings, body, making, links);
  }

  #bodyOf(set: StreamSet, shown: Uint32Array, settings: ListSettings, isKept: boolean): StreamBody {
    return isKept
      ? { bytes: this.present(set, shown, settings) }
      : this.#presenter.presentOnce(set, shown, settings);
  }

  /** One that is asked for again is kept for all who differ in their tokens alone. */
  #linkedBody(
    set: StreamSet,
    shown: Uint32Array,
    settings: ListSettings,
    { isMakeshift, isKept }: Making & { readonly isKept: boolean },
    links: OwnLinks,
  ): StreamBody {
    const presenter = this.#presenter;
    const { sharedKey, tokens } = links;
    // Who asks again has settings of their own as a rule, and gets the answer that is kept now.
    if (!isMakeshift && !isKept && this.#sharedLists.recordRepeat(sharedKey)) {
      const shared = presenter.presentShared(set, shown, settings, links);
      return presenter.fillShared(this.#sharedLists.store(sharedKey, set, shared), tokens, isKept);
    }
    return isKept
      ? { bytes: presenter.present(set, shown, shown.length, settings, links, tokens) }
      : presenter.presentLinked(set, shown, settings, links, tokens);
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

function ownLinks(
  query: StreamQuery,
  settings: ListSettings,
  { baseUrl, services }: Pick<ListClient<unknown>, 'baseUrl' | 'services'>,
  marks: ServiceMarks | null,
): OwnLinks {
  const key = `${baseUrl} ${marksKey(marks)}`;
  return {
    baseUrl,
    marks,
    tokens: services.all.map(({ token }) => token),
    nzbRef: services.nzbRef,
    key,
    sharedKey: `${key} ${settings.key} ${query.key}`,
  };
}

function listAnswer(
  set: StreamSet,
  settings: ListSettings,
  body: StreamBody,
  { tiers, sources, isMakeshift }: Making,
  links: OwnLinks | null,
): StreamList {
  const searching = isMakeshift ? searchingNotices(sources) : NO_NOTICES;
  const leads = isMakeshift ? [...searching, ...leadNotices(settings)] : leadNotices(settings);
  const linksKey = links?.key ?? '';
  return { kind: 'list', set, body, linksKey, leads, sources, isMakeshift, tiers };
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

function hasStreams(found: StreamSet | Absence): boolean {
  return typeof found !== 'string' && found.rowCount > 0;
}
