/** The door of ingest: what operators and users bring of their own. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { StreamImport, TitleAdoption, TitleListeners } from '../library/contract.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { SubjectSource } from '../sources/contract.ts';
import { createBulkImport } from './bulk/import-lines.ts';
import type { BulkImport, ImdbImport, Ingest, ReleaseImport } from './contract.ts';
import { StreamImporter } from './importer.ts';
import { createImdbImport } from './imdb/import-imdb.ts';
import { IngestService } from './ingest.ts';
import { dumpLines } from './dump/store.ts';
import { ingestJobs } from './jobs.ts';
import { createReleaseImport } from './releases/import-releases.ts';
import { ingestRoutes } from './routes.ts';
import { IngestStore } from './store.ts';
import { TitleFinder } from './title-finder.ts';

export interface IngestPorts {
  readonly subjects: SubjectSource;
  readonly onDemand: TitlesOnDemand;
  readonly streams: StreamImport;
  readonly adoption: TitleAdoption;
  readonly audience: TitleListeners;
}

export interface IngestFeature extends Feature {
  readonly ingest: Ingest;
  readonly bulk: BulkImport;
  readonly releases: ReleaseImport;
  readonly imdb: ImdbImport;
}

type IngestPlatform = Pick<Platform, 'database' | 'fetcher' | 'pool' | 'openBulkLoad' | 'jobs'>;

export function createIngest(
  { database, fetcher, pool, openBulkLoad, jobs }: IngestPlatform,
  { subjects, onDemand, streams, adoption, audience }: IngestPorts,
): IngestFeature {
  const store = new IngestStore(database);
  const finder = new TitleFinder({ store, subjects, onDemand });
  const importer = new StreamImporter({ store, streams, adoption, audience });
  const ingest = new IngestService({ fetcher, finder, importer });
  const bulk = createBulkImport({ pool, openBulkLoad, jobs, audience });
  const releases = createReleaseImport({ finder, streams, audience });
  const imdb = createImdbImport({ openBulkLoad, fetcher, jobs, audience });
  return {
    ingest,
    bulk,
    releases,
    imdb,
    jobs: ingestJobs(bulk, imdb),
    routes: ingestRoutes({ ingest, jobs }),
  };
}

/** Every stream as lines that an import reads. Resolves with their number. */
export const dumpLibrary = dumpLines;
