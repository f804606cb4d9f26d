/** The door of sources: indexers, add-ons and peers that are searched for streams. */
import { DisposeStack } from '../../lib/async/dispose-stack.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import { configuredSources, proxyFor } from '../../platform/config/configured-sources.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Upstreams } from '../../platform/upstream/upstream.ts';
import type { SourceTests } from '../configure/contract.ts';
import type { Feature } from '../feature.ts';
import type { StreamImport } from '../library/contract.ts';
import type { LiveSearch } from '../streams/contract.ts';
import type {
  Demand,
  LatestSource,
  LatestSources,
  NzbFiles,
  SubjectSource,
  TorrentLookup,
} from './contract.ts';
import { SearchDemand } from './demand.ts';
import { feedSource } from './providers/feed.ts';
import type { Source } from './source.ts';
import { createMatcher } from './matching.ts';
import { IndexerNzbFiles } from './nzb-files.ts';
import { OWN_STREAM_SETS, OwnSearch } from './own-search.ts';
import { openSource, sourceRegistry } from './registry.ts';
import { SEARCH_REPORTS } from './search-report.ts';
import { LiveSearchService } from './service.ts';
import { SharedSearch } from './shared-search.ts';
import { SourceBudgets } from './source-budgets.ts';
import { sourceTests } from './source-tests.ts';
import { SearchStore } from './store.ts';
import { SourceTorrents } from './torrent-lookup.ts';

export interface SourcePorts {
  readonly subjects: SubjectSource;
  readonly streams: StreamImport;
}

export interface SourcesFeature extends Feature {
  /** Null: nothing is searched on this instance, for nobody. */
  readonly liveSearch: LiveSearch | null;
  readonly tests: SourceTests;
  readonly nzbs: NzbFiles;
  readonly latest: LatestSources;
  readonly torrents: TorrentLookup;
  /** What requests of this process found little of. */
  readonly demand: Demand;
}

/** A server that takes longer would not be waited for in a search either. */
const TEST_TIMEOUT_MS = 10_000;
/** For how long sources may go on behind an answer. */
const BACKGROUND_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Of the requests that may wait for anything: the others find room beside those that wait for sources. */
const WAITERS_SHARE = 1 / 2;

/** Tests of sources of any kind, also without a server around them. @param timeoutMs of one test; 10 s at most */
export function createSourceTests(upstreams: Upstreams, timeoutMs = TEST_TIMEOUT_MS): SourceTests {
  const open = (settings: SourceSettings) => openSource(settings, upstreams);
  return sourceTests(open, Math.min(TEST_TIMEOUT_MS, timeoutMs));
}

export function createSources(platform: Platform, ports: SourcePorts): SourcesFeature {
  const { config, caches, database, upstreams, logger } = platform;
  const open = sourceRegistry(upstreams);
  const configured = configuredSources(config);
  const sources = open(configured);
  const proxyUrl = proxyFor(config, 'own', null, 'newznab');
  const demand = new SearchDemand();
  const nzbs = new IndexerNzbFiles({ upstreams, sources: configured, proxyUrl });
  const tests = createSourceTests(upstreams, config.REQUEST_TIMEOUT_MS / 2);
  const torrents = new SourceTorrents(sources, logger);
  const latest: LatestSources = {
    sources: sources.flatMap(latestOf),
    openFeed: (settings) => {
      const proxyUrl = proxyFor(config, 'feeds', settings.url);
      return feedSource(settings, proxyUrl, upstreams);
    },
  };
  if (sources.length === 0 && !config.USER_INDEXERS)
    return { liveSearch: null, tests, nzbs, latest, torrents, demand };
  const reports = caches.open(SEARCH_REPORTS);
  const tools = {
    times: {
      deadlineMs: config.LIVE_SEARCH_DEADLINE_MS,
      backgroundMs: BACKGROUND_MS,
      foundMaxMs: config.LIVE_SEARCH_INTERVAL_HOURS * HOUR_MS,
    },
    budgets: new SourceBudgets(),
    matcherOf: createMatcher,
    reports,
    logger,
    ...ports,
  };
  const stack = new DisposeStack();
  const own = stack.use(new OwnSearch({ ...tools, open, sets: caches.open(OWN_STREAM_SETS) }));
  const shared =
    sources.length === 0
      ? null
      : stack.use(
          new SharedSearch({
            ...tools,
            sources,
            store: new SearchStore(database),
            leases: caches.leases,
            demand,
            waitersMax: Math.ceil(config.HTTP_IN_FLIGHT_MAX * WAITERS_SHARE),
          }),
        );
  return {
    liveSearch: new LiveSearchService(shared, own),
    tests,
    nzbs,
    latest,
    torrents,
    demand,
    dispose: () => stack[Symbol.asyncDispose](),
  };
}

function latestOf(source: Source): readonly LatestSource[] {
  const { id, name } = source;
  const latest = source.latest?.bind(source);
  return latest === undefined ? [] : [{ id, name, latest }];
}
