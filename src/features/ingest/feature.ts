/** The door of ingest: what operators and users bring of their own. */
import type { Platform } from '../../platform/platform.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import type { Feature } from '../feature.ts';
import type {
  StreamImport,
  TitleAdoption,
  TitleImport,
  TitleListeners,
} from '../library/contract.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { SubjectSource, TorrentLookup } from '../sources/contract.ts';
import { createBulkImport } from './bulk/import-lines.ts';
import type { PrivateLibrary } from '../private-streams/contract.ts';
import type {
  BulkImport,
  HashListImport,
  ImdbImport,
  Ingest,
  MediaFusionImport,
  ReleaseImport,
} from './contract.ts';
import { StreamImporter } from './importer.ts';
import { createImdbImport } from './imdb/import-imdb.ts';
import { IngestService } from './ingest.ts';
import { dumpLines } from './dump/store.ts';
import { createMediaFusionImport } from './mediafusion/import-mediafusion.ts';
import { ingestJobs } from './jobs.ts';
import { createHashListImport } from './hash-lists/import-hash-lists.ts';
import { hashListJobs, hashListSchedules } from './hash-lists/jobs.ts';
import { HashListStore } from './hash-lists/store.ts';
import { createReleaseImport } from './releases/import-releases.ts';
import { ingestRoutes } from './routes.ts';
import { IngestStore } from './store.ts';
import { TorrentCaches } from './readers/torrent-caches.ts';
import { TorrentMetadata } from './readers/torrent-metadata.ts';
import { TitleFinder } from './title-finder.ts';
import { userImportRoutes } from './user-routes.ts';

export interface IngestPorts {
  readonly subjects: SubjectSource;
  /** Without asking metadata services. */
  readonly knownSubjects: SubjectSource;
  readonly onDemand: TitlesOnDemand;
  readonly streams: StreamImport;
  readonly adoption: TitleAdoption;
  readonly imports: TitleImport;
  readonly audience: TitleListeners;
  readonly privateLibrary: PrivateLibrary;
  readonly contexts: UserContexts;
  readonly access: InstanceAccess;
  readonly torrents: TorrentLookup;
  readonly debrid: { readonly services: DebridServices };
}

export interface IngestFeature extends Feature {
  readonly ingest: Ingest;
  readonly bulk: BulkImport;
  readonly releases: ReleaseImport;
  readonly imdb: ImdbImport;
  readonly mediaFusion: MediaFusionImport;
  readonly hashLists: HashListImport;
}

type IngestPlatform = Pick<
  Platform,
  'config' | 'database' | 'fetcher' | 'pool' | 'openBulkLoad' | 'jobs' | 'logger'
>;

export function createIngest(
  { config, database, fetcher, pool, openBulkLoad, jobs, logger }: IngestPlatform,
  { subjects, onDemand, streams, adoption, imports, audience, ...ports }: IngestPorts,
): IngestFeature {
  const { privateLibrary, contexts } = ports;
  const store = new IngestStore(database);
  const finder = new TitleFinder({ store, subjects, onDemand });
  const importer = new StreamImporter({ store, streams, adoption, audience });
  const caches = new TorrentCaches({ fetcher, urls: config.TORRENT_CACHE_URLS, logger });
  const { services } = ports.debrid;
  const metadata = new TorrentMetadata({ caches, services, torrents: ports.torrents, logger });
  const ingest = new IngestService({ fetcher, metadata, finder, importer, privateLibrary });
  const bulkParts = { pool, openBulkLoad, jobs, audience, titles: imports };
  const bulk = createBulkImport(bulkParts);
  const mediaFusion = createMediaFusionImport({ ...bulkParts, logger, config });
  const known = new TitleFinder({ store, subjects: ports.knownSubjects, onDemand });
  const releases = createReleaseImport({ finder: known, subjects, streams, audience });
  const hashStore = new HashListStore(database);
  const hashLists = createHashListImport({ fetcher, releases, store: hashStore });
  const imdb = createImdbImport({ openBulkLoad, fetcher, jobs, audience });
  return {
    ingest,
    bulk,
    releases,
    imdb,
    mediaFusion,
    hashLists,
    jobs: [...ingestJobs({ bulk, imdb, ingest }), ...hashListJobs(config.HASH_LISTS, hashLists)],
    schedules: hashListSchedules(config.HASH_LISTS),
    routes: [
      ...ingestRoutes({ ingest, jobs, ...ports }),
      ...userImportRoutes({
        ingest,
        jobs,
        contexts,
        allowed: config.USER_IMPORTS,
        perMinuteMax: config.USER_IMPORTS_PER_MINUTE_MAX,
      }),
    ],
  };
}

/** Every stream as lines that an import reads. Resolves with their number. */
export const dumpLibrary = dumpLines;
