/** The door of IPTV: providers' lists, and the channels that they make up together. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { ChannelLibrary } from './contract.ts';
import { IPTV_SCHEDULES, iptvJobs, syncBody } from './jobs.ts';
import { Providers } from './providers.ts';
import { iptvRoutes } from './routes.ts';
import { IptvStore } from './store.ts';

export interface IptvFeature extends Feature {
  readonly channels: ChannelLibrary;
  /** For the command line. */
  readonly providers: Providers;
}

export const syncReport = syncBody;

export function createIptv(
  { database, fetcher, jobs, openBulkLoad }: Platform,
  { ring }: { readonly ring: KeyRing },
): IptvFeature {
  const store = new IptvStore(database);
  const providers = new Providers({ store, ring, fetcher, jobs, openBulkLoad });
  return {
    channels: store,
    providers,
    routes: iptvRoutes({ store, providers }),
    jobs: iptvJobs(providers),
    schedules: IPTV_SCHEDULES,
  };
}
