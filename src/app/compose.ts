/** The features of the program, and what each is given of the others. A new one is a line here. */
import { createAccess } from '../features/access/feature.ts';
import type { InstanceAccess } from '../features/access/contract.ts';
import { addonIdentity, createAddon, type AddonFeature } from '../features/addon/feature.ts';
import type { AddonIdentity } from '../features/addon/contract.ts';
import { createBackgroundSearch } from '../features/background-search/feature.ts';
import { createChat } from '../features/chat/feature.ts';
import {
  createConfigure,
  type ConfigureFeature,
  type ConfigurePorts,
} from '../features/configure/feature.ts';
import { createDebrid, type DebridFeature } from '../features/debrid/feature.ts';
import { createExceptionVideos } from '../features/exception-videos/feature.ts';
import type { Feature } from '../features/feature.ts';
import { createFeeds } from '../features/feeds/feature.ts';
import { createFolders, type FoldersFeature } from '../features/folders/feature.ts';
import { createGuide, type GuideFeature } from '../features/guide/feature.ts';
import { createHealth, type HealthFeature } from '../features/health/feature.ts';
import { createHistory } from '../features/history/feature.ts';
import { createIndexer } from '../features/indexer/feature.ts';
import { createIngest, type IngestFeature, type IngestPorts } from '../features/ingest/feature.ts';
import { createIptv, type IptvFeature } from '../features/iptv/feature.ts';
import { createLanding } from '../features/landing/feature.ts';
import { createLibrary } from '../features/library/feature.ts';
import { createLive } from '../features/live/feature.ts';
import { createMetadata } from '../features/metadata/feature.ts';
import {
  createPlayback,
  createPlaybackAccounts,
  type PlaybackAccountsFeature,
} from '../features/playback/feature.ts';
import { createPosters } from '../features/posters/feature.ts';
import {
  createPrivateStreams,
  type PrivateStreamsPorts,
} from '../features/private-streams/feature.ts';
import { createSources, type SourcesFeature } from '../features/sources/feature.ts';
import {
  createStreams,
  type StreamPorts,
  type StreamsFeature,
} from '../features/streams/feature.ts';
import { createTranscode } from '../features/transcode/feature.ts';
import { createWatchlists } from '../features/watchlists/feature.ts';
import type { Guards, Route } from '../http/route.ts';
import type { DisposeStack } from '../lib/async/dispose-stack.ts';
import type { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Platform } from '../platform/platform.ts';
import { composeOperating } from './compose-operating.ts';
import { TitleAudience } from './title-news.ts';

export interface Features {
  readonly all: readonly Feature[];
  /** What requests pass before their handler. */
  readonly guards: Guards;
  /** Rows of the route table as the profiler needs them. */
  readonly profiled: (route: Route) => Route;
  /** Told when the instance drains. */
  readonly health: HealthFeature;
  /** What the command line imports with. */
  readonly ingest: IngestFeature;
  readonly folders: FoldersFeature;
  readonly iptv: IptvFeature;
  readonly guide: GuideFeature;
}

/** @param stack closes what the features open */
export async function composeFeatures(
  platform: Platform,
  ring: KeyRing,
  stack: DisposeStack,
): Promise<Features> {
  const keep = <F extends Feature>(feature: F): F => {
    stack.defer(async () => feature.dispose?.());
    return feature;
  };
  const audience = new TitleAudience(platform);
  const { titlesChanged } = audience;
  const identity = addonIdentity(platform.config);
  const { guards, instance: access } = createAccess(platform);
  const library = keep(createLibrary(platform));
  const { adoption, subjects } = library;
  const metadata = keep(createMetadata(platform, { adoption, subjects, titlesChanged }));
  const { onDemand } = metadata;
  const debrid = keep(createDebrid(platform));
  const sources = keep(
    createSources(platform, { subjects: metadata.subjects, streams: library.streams }),
  );
  const accounts = keep(createPlaybackAccounts(platform, { ring }));
  const played = { sources, debrid, accounts };
  const configure = keep(await composeConfigure(platform, { ring, access, identity, ...played }));
  const { contexts } = configure;
  const history = keep(createHistory(platform, { contexts }));
  const { titles } = library;
  const watchlists = keep(createWatchlists(platform, { ring, contexts, debrid, titles }));
  const own = { ...history, ...watchlists };
  const addon = keep(createAddon(platform, { titles, onDemand, contexts, ...own }));
  const listed = { ...configure, ...played, ...watchlists, titles: onDemand };
  const lists = composeLists(platform, listed);
  const playing = { ring, accounts, contexts, debrid, subjects, sources, ...history };
  const playback = keep(createPlayback(platform, playing));
  const posters = keep(createPosters(platform, { source: library.posters, onDemand }));
  const exceptionVideos = keep(await createExceptionVideos());
  audience.add(addon, lists.streams, posters);
  const whole = { subjects: metadata.subjects, knownSubjects: subjects, onDemand };
  const known = { ...sources, ...library, ...whole, audience };
  const brought = { ...known, ...lists.privateStreams, ...lists.streams, contexts, debrid };
  const content = composeContent(platform, { ring, access, ...brought });
  const checked: readonly Feature[] = [
    library,
    configure,
    metadata,
    debrid,
    accounts,
    history,
    watchlists,
    playback,
    sources,
    addon,
    ...Object.values(lists).map(keep),
    posters,
    keep(createIndexer(platform, { access })),
    ...Object.values(content).map(keep),
  ];
  const { health, landing } = await composeStatus(platform, checked, { identity, access, addon });
  const { features, profiled } = composeOperating(platform, { ring, guards, working: checked });
  const all = [...checked, exceptionVideos, ...[health, landing, ...features].map(keep)];
  return { all, guards, profiled, health, ...content };
}

interface ContentPorts
  extends IngestPorts, Pick<SourcesFeature, 'latest' | 'demand'>, Pick<StreamsFeature, 'searches'> {
  readonly ring: KeyRing;
}

/** What comes into the library, brought or fetched, and what is live. */
function composeContent(platform: Platform, { ring, access, latest, ...ports }: ContentPorts) {
  const ingest = createIngest(platform, { access, ...ports });
  const feeds = createFeeds(platform, { ring, latest, releases: ingest.releases });
  const folders = createFolders(platform, { ...ports, ring, ...ingest });
  const backgroundSearch = createBackgroundSearch(platform, ports);
  const guide = createGuide(platform, { ring });
  const iptv = createIptv(platform, {
    ...ports,
    ring,
    guide: guide.guide,
    matching: guide.guideMatching,
    namedGuides: guide.namedGuides,
  });
  const live = createLive(platform, { access, ...ports });
  const chat = createChat(platform, { ...live, ring });
  const transcode = createTranscode(platform, { access, ...live });
  return { ingest, feeds, folders, backgroundSearch, iptv, guide, live, chat, transcode };
}

interface PlayedParts {
  readonly sources: SourcesFeature;
  readonly debrid: DebridFeature;
  readonly accounts: PlaybackAccountsFeature;
}

/** What users set up, with what they try out there. */
function composeConfigure(
  platform: Platform,
  {
    sources,
    debrid,
    accounts,
    ...parts
  }: PlayedParts & Pick<ConfigurePorts, 'ring' | 'access' | 'identity'>,
): Promise<ConfigureFeature> {
  return createConfigure(platform, {
    ...parts,
    sourceTests: sources.tests,
    mediaflowTests: debrid.mediaflow,
    accounts: accounts.accounts,
    services: debrid.services,
  });
}

/** Lists of streams, with what profiles have brought for themselves. */
function composeLists(
  platform: Platform,
  {
    sources,
    debrid,
    accounts,
    ...parts
  }: PlayedParts &
    PrivateStreamsPorts &
    Pick<StreamPorts, 'contexts' | 'previews' | 'titles' | 'watchlists'>,
) {
  const privateStreams = createPrivateStreams(platform, parts);
  const streams = createStreams(platform, {
    ...parts,
    ...privateStreams,
    liveSearch: sources.liveSearch,
    accounts: accounts.accounts,
    cachedMarks: debrid.availability,
  });
  return { privateStreams, streams };
}

interface StatusParts {
  readonly identity: AddonIdentity;
  readonly access: InstanceAccess;
  readonly addon: AddonFeature;
}

/** What tells of the instance itself. */
async function composeStatus(
  platform: Platform,
  checked: readonly Feature[],
  { identity, access, addon }: StatusParts,
) {
  const health = healthOf(platform, checked);
  const readiness = () => health.readiness();
  const { manifest } = addon;
  const landing = await createLanding(platform, { identity, access, readiness, manifest });
  return { health, landing };
}

/** Ready when all outside parts are, the platform's and those of features. */
function healthOf(platform: Platform, checked: readonly Feature[]): HealthFeature {
  return createHealth({
    load: () => platform.brownout.state,
    checks: [...platform.healthChecks, ...checked.flatMap(({ healthChecks = [] }) => healthChecks)],
  });
}
