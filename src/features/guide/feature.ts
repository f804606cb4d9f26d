/** The door of guides: what channels of television show, and when. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { Guide, GuideImport, GuideMatching, NamedGuides } from './contract.ts';
import { GuideImporter } from './importer.ts';
import { guideJobs, guideSchedules, matchSoon } from './jobs.ts';
import { ListedGuides } from './named-guides.ts';
import { ChannelMatcher } from './matcher.ts';
import { guideRoutes } from './routes.ts';
import { GuideService } from './service.ts';
import { GuideStore } from './store.ts';

export interface GuideFeature extends Feature {
  readonly guide: Guide;
  readonly guideImport: GuideImport;
  readonly guideMatching: GuideMatching;
  readonly namedGuides: NamedGuides;
}

type GuidePlatform = Pick<Platform, 'database' | 'fetcher' | 'openBulkLoad' | 'jobs'>;

/** @param now milliseconds since 1970 */
export function createGuide(
  { database, fetcher, openBulkLoad, jobs }: GuidePlatform,
  { ring, now = Date.now }: { readonly ring: KeyRing; readonly now?: () => number },
): GuideFeature {
  const store = new GuideStore(database);
  const matcher = new ChannelMatcher(store);
  const guide = new GuideService(store);
  const importer = new GuideImporter({ store, matcher, ring, fetcher, openBulkLoad, now });
  return {
    guide,
    guideImport: importer,
    guideMatching: { matchSoon: (signal) => matchSoon(jobs, signal) },
    namedGuides: new ListedGuides({ store, importer, jobs }),
    routes: guideRoutes({ store, guide, matcher, importer, jobs, now }),
    jobs: guideJobs({ store, importer, matcher, jobs }),
    schedules: guideSchedules,
  };
}
