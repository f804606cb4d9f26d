/** The door of folders: collections of videos on this machine and on WebDAV shares. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { ReleaseImport } from '../ingest/contract.ts';
import type { TitleListeners } from '../library/contract.ts';
import type { Folders } from './contract.ts';
import { servedFilesRoute } from './file-routes.ts';
import { MediaFolders } from './folders.ts';
import { FOLDER_SCHEDULES, folderJobs } from './jobs.ts';
import { folderRoutes } from './routes.ts';
import { FolderStore } from './store.ts';

export interface FolderPorts {
  readonly ring: KeyRing;
  readonly releases: ReleaseImport;
  readonly audience: TitleListeners;
}

export interface FoldersFeature extends Feature {
  readonly folders: Folders;
}

export function createFolders(
  { config, database, fetcher, jobs }: Pick<Platform, 'config' | 'database' | 'fetcher' | 'jobs'>,
  { ring, releases, audience }: FolderPorts,
): FoldersFeature {
  const store = new FolderStore(database);
  const hostUrl = config.HOST_URL;
  const folders = new MediaFolders({ store, ring, fetcher, releases, audience, hostUrl });
  return {
    folders,
    routes: [...folderRoutes({ folders, jobs }), servedFilesRoute(store)],
    jobs: folderJobs({ folders, jobs }),
    schedules: FOLDER_SCHEDULES,
  };
}
