/** The door of background search: what was asked for and found little is searched for again, before anybody asks again. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { TitleListeners } from '../library/contract.ts';
import type { Demand } from '../sources/contract.ts';
import type { StreamSearches } from '../streams/contract.ts';
import { BACKGROUND_SEARCH_SCHEDULES, backgroundSearchJobs } from './jobs.ts';
import { DemandStore } from './store.ts';

export interface BackgroundSearchPorts {
  readonly demand: Demand;
  readonly searches: StreamSearches;
  readonly audience: TitleListeners;
}

const WRITTEN_EVERY_MS = 60_000;
const WRITE_TIMEOUT_MS = 10_000;

export function createBackgroundSearch(
  { database }: Pick<Platform, 'database'>,
  { demand, searches, audience }: BackgroundSearchPorts,
): Feature {
  const store = new DemandStore(database);
  return {
    upkeep: [
      {
        name: 'search-demand',
        everyMs: WRITTEN_EVERY_MS,
        timeoutMs: WRITE_TIMEOUT_MS,
        run: async (signal) => {
          const demanded = demand.take();
          if (demanded.length > 0) await store.add(demanded, signal);
        },
      },
    ],
    jobs: backgroundSearchJobs({ store, searches, audience }),
    schedules: BACKGROUND_SEARCH_SCHEDULES,
  };
}
