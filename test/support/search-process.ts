/** The stream path with live search as one process has it, over the engines that it is given, without HTTP. */
import { NO_WATCHLISTS } from '../../src/features/watchlists/contract.ts';
import { OWN_STREAM_SETS, OwnSearch } from '../../src/features/sources/own-search.ts';
import { SearchDemand } from '../../src/features/sources/demand.ts';
import { SEARCH_REPORTS } from '../../src/features/sources/search-report.ts';
import { LiveSearchService } from '../../src/features/sources/service.ts';
import { SharedSearch } from '../../src/features/sources/shared-search.ts';
import { SourceBudgets } from '../../src/features/sources/source-budgets.ts';
import type { OpenSources } from '../../src/features/sources/registry.ts';
import type { Source } from '../../src/features/sources/source.ts';
import { SearchStore } from '../../src/features/sources/store.ts';
import type {
  FoundRelease,
  SearchSubject,
  SubjectSource,
} from '../../src/features/sources/contract.ts';
import type { Matcher } from '../../src/features/sources/matching.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../../src/features/streams/codecs.ts';
import { NameMatchCache } from '../../src/features/streams/name-matches.ts';
import { streamRoutes } from '../../src/features/streams/routes.ts';
import { createSearches } from '../../src/features/streams/searches.ts';
import type { StreamSearches } from '../../src/features/streams/contract.ts';
import { StreamService } from '../../src/features/streams/service.ts';
import type { TitlesOnDemand } from '../../src/features/metadata/contract.ts';
import type { UserContext, UserContexts } from '../../src/features/configure/contract.ts';
import type { Reply } from '../../src/http/route.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { parseReleaseTitle } from '../../src/lib/release-title/parse.ts';
import { LAST_EPISODE } from '../../src/lib/title-match/title-facts.ts';
import type { CacheSpec } from '../../src/platform/cache/cache.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createTieredCache } from '../../src/platform/cache/tiered-cache.ts';
import type { TaskPool } from '../../src/platform/pool/task-pool.ts';
import { NO_ACCOUNTS, plainContexts } from '../../native-bench/fixtures/contexts.ts';
import { plainRequest } from '../../native-bench/fixtures/plain-request.ts';
import type { CacheParts } from './cache-parts.ts';
import { until } from './open-database.ts';
import type { TestLibrary } from './test-library.ts';
import { createTestLogger, type LoggedLine } from './test-logger.ts';

export interface SearchProcessOptions {
  readonly library: TestLibrary;
  readonly parts: CacheParts;
  readonly sources: readonly Source[];
  readonly deadlineMs?: number;
  readonly backgroundMs?: number;
  /** From sources that users bring. */
  readonly open?: OpenSources;
  readonly titles?: TitlesOnDemand;
  /** Instead of the library. */
  readonly subjects?: SubjectSource;
  /** By path segment. */
  readonly users?: ReadonlyMap<string, UserContext>;
}

export interface SearchAnswer {
  readonly reply: Reply;
  /** Release titles of the streams, and the first line of notices. */
  readonly rows: readonly string[];
  readonly notices: readonly string[];
  readonly cacheControl: string;
  readonly serverTiming: string;
  readonly elapsedMs: number;
}

export interface SearchProcess extends AsyncDisposable {
  readonly lines: readonly LoggedLine[];
  readonly demand: SearchDemand;
  readonly searches: StreamSearches;
  /** Resolves when nothing is searched for any more, what goes on behind included. */
  settled(): Promise<void>;
  /** @param path `/stream/…`, or with a segment before it. */
  get(path: string): Promise<SearchAnswer>;
  /** The reply as the route returns it: at once, or a promise. */
  handle(path: string): Reply | Promise<Reply>;
}

/** Everything that is not named `rejected …` plays the episodes that its name names, or the movie. */
export function namedMatcher({ type, season, episode }: SearchSubject): Matcher {
  return ({ name }: FoundRelease) => {
    const title = parseReleaseTitle(name);
    if (name.startsWith('rejected')) return { reason: 'is another title' };
    if (type === 'movie') return { title, parts: [{ season: 0, episodeFrom: 0, episodeTo: 0 }] };
    const [ofSeason = season] = title.seasons;
    const [from = 0] = title.episodes;
    const to = title.episodes.length === 0 ? LAST_EPISODE : (title.episodes.at(-1) ?? episode);
    return { title, parts: [{ season: ofSeason, episodeFrom: from, episodeTo: to }] };
  };
}

const noPool: TaskPool = {
  run: () => Promise.reject(new Error('nothing runs in a pool here')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export function startSearchProcess(options: SearchProcessOptions): SearchProcess {
  const { library, parts, sources, users, titles = null } = options;
  const stack = new DisposeStack();
  const lines: LoggedLine[] = [];
  const logger = createTestLogger(lines);
  const { config } = loadConfig({});
  const openCache = <T>(spec: CacheSpec<T>) =>
    stack.use(createTieredCache<T>({ ...parts, ...spec, ...spec.lifetimes(config) }, logger));
  const reports = openCache(SEARCH_REPORTS);
  const tools = {
    times: {
      deadlineMs: options.deadlineMs ?? 60_000,
      backgroundMs: options.backgroundMs ?? 60_000,
      foundMaxMs: 72 * 3_600_000,
    },
    budgets: new SourceBudgets(),
    matcherOf: namedMatcher,
    subjects: options.subjects ?? library.library,
    streams: library.library,
    reports,
    logger,
  };
  const open = options.open ?? (() => []);
  const mediaCache = openCache(RESOLVED_MEDIA_CACHE);
  const setCache = openCache(streamSetCache(noPool));
  const own = stack.use(new OwnSearch({ ...tools, open, sets: openCache(OWN_STREAM_SETS) }));
  const store = new SearchStore(library.database);
  const demand = new SearchDemand();
  const shared = stack.use(
    new SharedSearch({
      ...tools,
      sources,
      store,
      leases: parts.leases,
      demand,
      waitersMax: 10_000,
    }),
  );
  const liveSearch = new LiveSearchService(sources.length === 0 ? null : shared, own);
  const service = new StreamService({
    source: library.streams,
    mediaCache,
    setCache,
    liveSearch,
    titles,
    privateStreams: null,
    cachedMarks: null,
    nameMatches: new NameMatchCache(noPool),
    presenter: { addonName: 'Sluice', rowBytesMax: 1_000_000 },
    sharedBytesMax: 1_000_000,
    titlesMax: 1000,
    brownout: { isSparing: false },
  });
  const routes = streamRoutes(service, searching(plainContexts(users)), {
    watchlists: NO_WATCHLISTS,
    replyBytesMax: 1_000_000,
    reuse: true,
    timeoutMs: 60_000,
    bodyVersion: 'test',
    accounts: NO_ACCOUNTS,
  });
  const handle = (path: string): Reply | Promise<Reply> => {
    const [pathOnly = '', query = ''] = path.split('?');
    const segment = pathOnly.startsWith('/stream/') ? '' : (pathOnly.split('/')[1] ?? '');
    const name = segment === '' ? 'stream' : 'configured-stream';
    const route = routes.find((row) => row.name === name);
    if (route === undefined) throw new Error(`there is no route ${name}`);
    return route.handler(plainRequest(pathOnly, { query, parameters: [segment] }));
  };
  return {
    lines,
    demand,
    searches: createSearches({ source: library.streams, setCache, liveSearch }),
    handle,
    settled: () => until(() => shared.underWay === 0),
    async get(path) {
      const startedAtMs = performance.now();
      const reply = await handle(path);
      return answerOf(reply, performance.now() - startedAtMs);
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
    },
  };
}

/** Requests without a configuration search, too. */
function searching(contexts: UserContexts): UserContexts {
  const { anonymous } = contexts;
  return { ...contexts, anonymous: searches(anonymous) };
}

/** The same user, with live search on. */
export function searches(context: UserContext): UserContext {
  return { ...context, list: { ...context.list, liveSearch: true } };
}

interface Row {
  readonly name?: string;
  readonly description?: string;
  readonly externalUrl?: string;
  readonly infoHash?: string;
}

function answerOf(reply: Reply, elapsedMs: number): SearchAnswer {
  const { representation, headers = [] } = reply;
  const body: { readonly streams?: readonly Row[] } = JSON.parse(
    representation?.identity.bytes.toString() ?? '{}',
  );
  const streams = body.streams ?? [];
  const at = headers.indexOf('Server-Timing');
  return {
    reply,
    rows: streams.flatMap(({ infoHash, description = '' }) =>
      infoHash === undefined ? [] : [description],
    ),
    notices: streams.flatMap(({ infoHash, description = '' }) =>
      infoHash === undefined ? [description] : [],
    ),
    cacheControl: representation?.cacheControl ?? '',
    serverTiming: at === -1 ? '' : (headers[at + 1] ?? ''),
    elapsedMs,
  };
}
