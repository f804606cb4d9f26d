/** The door of watchlists: what users' accounts at services hold, as catalogues that play. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TitleSource } from '../addon/contract.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import type { Feature } from '../feature.ts';
import type { Watchlists } from './contract.ts';
import { deleteRoutes } from './delete-routes.ts';
import { heldFileCache, holdingCache, Holdings } from './holdings.ts';
import { WatchlistService } from './service.ts';
import { WatchlistStore } from './store.ts';

export interface WatchlistPorts {
  readonly ring: KeyRing;
  readonly contexts: UserContexts;
  readonly debrid: { readonly services: DebridServices };
  readonly titles: TitleSource;
}

export interface WatchlistFeature extends Feature {
  readonly watchlists: Watchlists;
}

export function createWatchlists(
  { config, database, caches }: Platform,
  { ring, contexts, debrid: { services }, titles }: WatchlistPorts,
): WatchlistFeature {
  const holdings = new Holdings({
    services,
    lists: caches.open(holdingCache(ring)),
    files: caches.open(heldFileCache(ring)),
  });
  const store = new WatchlistStore(database);
  const addonName = config.ADDON_NAME;
  return {
    watchlists: new WatchlistService({ holdings, store, titles, services, addonName }),
    routes: deleteRoutes({ contexts, holdings, services }),
  };
}
