/** The door of feeds: what is new elsewhere, fetched and imported by itself. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { ReleaseImport } from '../ingest/contract.ts';
import type { LatestSources } from '../sources/contract.ts';
import { Feeds } from './feeds.ts';
import { FEED_SCHEDULES, feedJobs } from './jobs.ts';
import { Poller } from './poller.ts';
import { feedRoutes } from './routes.ts';
import { FeedStore } from './store.ts';

export interface FeedPorts {
  readonly ring: KeyRing;
  readonly releases: ReleaseImport;
  readonly latest: LatestSources;
}

export function createFeeds(
  { database, jobs }: Pick<Platform, 'database' | 'jobs'>,
  { ring, releases, latest }: FeedPorts,
): Feature {
  const store = new FeedStore(database);
  const poller = new Poller({ store, releases });
  const feeds = new Feeds({ store, ring, latest, poller });
  return {
    routes: feedRoutes({ feeds, jobs }),
    jobs: feedJobs({ feeds, jobs }),
    schedules: FEED_SCHEDULES,
  };
}
