/** The door of the indexer: this instance's torrents, for other programs. */
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { InstanceAccess } from '../access/contract.ts';
import { indexerRoutes } from './routes.ts';
import { IndexerService } from './service.ts';
import { IndexerStore } from './store.ts';

export interface IndexerPorts {
  readonly access: Pick<InstanceAccess, 'isKey'>;
}

export function createIndexer(
  { config, database, logger }: Platform,
  { access }: IndexerPorts,
): Feature {
  const service = new IndexerService(new IndexerStore(database), logger);
  return {
    routes: indexerRoutes(service, access, {
      isEnabled: config.ENABLE_TORZNAB_API,
      title: config.ADDON_NAME,
      version,
      timeoutMs: config.REQUEST_TIMEOUT_MS,
    }),
  };
}
