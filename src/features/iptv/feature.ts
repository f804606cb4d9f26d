/** The door of IPTV: providers' lists, and the channels that they make up together. */
import { NEVER_CANCELLED } from '../../lib/async/cancel.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { version } from '../../platform/config/version.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature, Upkeep } from '../feature.ts';
import type { Guide, GuideMatching, NamedGuides } from '../guide/contract.ts';
import { LOGO_PATH } from '../landing/contract.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { SubjectSource } from '../sources/contract.ts';
import { AccountSeals } from './accounts/account-seals.ts';
import { ProviderAccounts } from './accounts/provider-accounts.ts';
import { AccountStore } from './accounts/store.ts';
import type { ChannelLibrary, KnownChannels } from './contract.ts';
import { correctionRoutes } from './corrections/routes.ts';
import { CorrectionStore } from './corrections/store.ts';
import { Figures, figuresRoutes } from './figures/routes.ts';
import { FiguresStore } from './figures/store.ts';
import { CheckSlots } from './health/check-slots.ts';
import { SourceChecker } from './health/checker.ts';
import { HttpProbe } from './health/http-probe.ts';
import { Pictures } from './health/pictures.ts';
import { healthRoutes } from './health/routes.ts';
import { SourceSignals } from './health/signals.ts';
import { HealthStore } from './health/store.ts';
import { KnownChannelImport } from './known/import.ts';
import { KnownStore } from './known/store.ts';
import { syncProviderJob } from './job-definitions.ts';
import { IPTV_SCHEDULES, iptvJobs, strmBody, syncBody } from './jobs.ts';
import { Providers } from './providers.ts';
import { iptvRoutes } from './routes.ts';
import { IptvStore } from './store.ts';
import type { StrmExport } from './strm/contract.ts';
import { StrmExporter } from './strm/exporter.ts';
import { strmRoutes } from './strm/routes.ts';
import { openProxy } from './proxy/open-proxy.ts';
import { ChannelPlayback } from './viewers/playback-routes.ts';
import { GuideOutput } from './viewers/guide-output-routes.ts';
import { KeptLists } from './viewers/kept-list-routes.ts';
import { LastChanges } from './viewers/last-changes.ts';
import { ViewerOutput } from './viewers/output-routes.ts';
import { VodOutput } from './viewers/vod-output-routes.ts';
import { viewerRoutes } from './viewers/routes.ts';
import { ViewerStore } from './viewers/store.ts';
import { Viewers } from './viewers/viewers.ts';
import { VodFinder } from './vod/links/finder.ts';
import { TitleLinker } from './vod/links/linker.ts';
import { LinkStore } from './vod/links/store.ts';
import { SeriesEpisodes } from './vod/series/episodes.ts';
import { SeriesStore } from './vod/series/store.ts';
import { VodStore } from './vod/store.ts';

export interface IptvFeature extends Feature {
  readonly channels: ChannelLibrary;
  /** For the command line. */
  readonly providers: Providers;
  readonly strm: StrmExport;
  readonly known: KnownChannels;
}

export interface IptvPorts {
  readonly ring: KeyRing;
  readonly guide: Guide;
  readonly matching: GuideMatching;
  readonly namedGuides: NamedGuides;
  readonly subjects: SubjectSource;
  readonly onDemand: TitlesOnDemand;
}

/** What playback has learnt is written so often. */
const SIGNALS_MS = 10_000;

export const syncReport = syncBody;
export const strmReport = strmBody;

export function createIptv(
  platform: Platform,
  { ring, guide, matching, namedGuides, subjects, onDemand }: IptvPorts,
): IptvFeature {
  const { config, database, fetcher, jobs, openBulkLoad } = platform;
  const seals = new AccountSeals(ring);
  const store = new IptvStore(database, seals);
  const health = new HealthStore(database, seals);
  const signals = new SourceSignals(health);
  const proxy = openProxy(platform, ring, signals);
  const providers = new Providers({
    store,
    ring,
    seals,
    accounts: new ProviderAccounts({ store: new AccountStore(database), seals }),
    fetcher,
    jobs,
    openBulkLoad,
    matching,
    namedGuides,
  });
  const outputs = viewerOutputs(new ViewerStore(database), store, guide);
  const { viewers } = outputs;
  const vod = new VodStore(database, seals);
  const links = new LinkStore(database);
  const linker = new TitleLinker(links);
  const accountOf = providers.accountOf.bind(providers);
  const series = new SeriesEpisodes({ store: new SeriesStore(database), fetcher, accountOf });
  const strm = new StrmExporter({ vod, series, viewers });
  const checker = new SourceChecker({
    store: health,
    probe: new HttpProbe({ fetcher, pictures: new Pictures('ffmpeg') }),
    slots: new CheckSlots(proxy.slots),
  });
  return {
    channels: store,
    providers,
    strm,
    known: new KnownChannelImport(fetcher, new KnownStore(database)),
    routes: [
      ...correctionRoutes(new CorrectionStore(database)),
      ...figuresRoutes(new Figures({ store: new FiguresStore(database), providers })),
      ...healthRoutes({ store: health, jobs }),
      ...strmRoutes({ jobs, viewers, folder: config.IPTV_STRM_DIR }),
      ...iptvRoutes({ store, providers, matching }),
      ...viewerRoutes({
        channels: store,
        ...outputs,
        vod,
        vodOutput: new VodOutput(vod, series),
        finder: new VodFinder({ library: vod, store: links, subjects, onDemand }),
        playback: new ChannelPlayback(store, proxy),
        naming: { name: config.ADDON_NAME, version },
        logoPath: LOGO_PATH,
        timeoutMs: config.REQUEST_TIMEOUT_MS,
      }),
    ],
    jobs: iptvJobs({ providers, linker, strm, checker, strmFolder: config.IPTV_STRM_DIR }),
    schedules: IPTV_SCHEDULES,
    metrics: proxy.metrics,
    upkeep: [proxy.upkeep, signalsUpkeep(signals)],
    onWorkerStart: (queues) => maskOld(providers, queues, platform.logger),
    dispose: () => disposeInTurn([outputs.lists, proxy, signals, series]),
  };
}

/** Who viewers are, and what their lists are made by. */
function viewerOutputs(store: ViewerStore, channels: ChannelLibrary, guide: Guide) {
  const lists = new KeptLists();
  const changes = new LastChanges(store);
  return {
    viewers: new Viewers(store),
    lists,
    output: new ViewerOutput({ channels, guide, lists, changes }),
    guideOutput: new GuideOutput(channels, guide, changes),
  };
}

function signalsUpkeep(signals: SourceSignals): Upkeep {
  return {
    name: 'iptv health',
    everyMs: SIGNALS_MS,
    timeoutMs: SIGNALS_MS,
    run: (signal) => signals.flush(signal),
  };
}

/** Once after an update from a version that kept accounts in addresses; syncs do the same. */
async function maskOld(
  providers: Providers,
  queues: readonly string[],
  logger: Logger,
): Promise<void> {
  if (!queues.includes(syncProviderJob.queue)) return;
  try {
    const masked = await providers.maskOld(NEVER_CANCELLED);
    if (masked > 0) logger.info({ providers: masked }, 'accounts were taken out of addresses');
  } catch (error) {
    logger.warn({ err: error }, 'accounts of providers stay in addresses until their next sync');
  }
}

async function disposeInTurn(parts: readonly AsyncDisposable[]): Promise<void> {
  for (const part of parts) await part[Symbol.asyncDispose]();
}
