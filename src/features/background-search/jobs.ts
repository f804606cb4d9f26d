/** Searches in the background, as a job that comes by itself. */
import { z } from 'zod';
import { forEachOf } from '../../lib/async/for-each-of.ts';
import { defineJob, handleJob, type JobHandler } from '../../platform/jobs/definition.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { TitleListeners } from '../library/contract.ts';
import type { StreamSearches } from '../streams/contract.ts';
import type { DemandStore } from './store.ts';

const TIMEOUT_MS = 9 * 60_000;
/** Of one run: sources have budgets, and requests come first. */
const TITLES_MAX = 30;
const AT_A_TIME = 2;

const backgroundSearchJob = defineJob({
  name: 'sources.background-search',
  queue: 'scrapy',
  payload: z.object({}),
  timeoutMs: TIMEOUT_MS,
  attemptsMax: 1,
  dedupeKey: () => 'all',
});

export const BACKGROUND_SEARCH_SCHEDULES = [
  schedule(
    backgroundSearchJob,
    {},
    { name: 'sources.background-search', cron: '*/10 * * * *', jitterS: 60 },
  ),
];

export interface BackgroundSearchJobParts {
  readonly store: Pick<DemandStore, 'due' | 'seenTo'>;
  readonly searches: StreamSearches;
  readonly audience: TitleListeners;
}

export function backgroundSearchJobs({
  store,
  searches,
  audience,
}: BackgroundSearchJobParts): readonly JobHandler[] {
  return [
    handleJob(backgroundSearchJob, async (_, { signal, progress }) => {
      const wanted = await store.due(TITLES_MAX, signal);
      let searched = 0;
      let done = 0;
      await forEachOf(wanted, AT_A_TIME, async ({ title, ...target }) => {
        signal.throwIfAborted();
        if (await searches.search(title, target, signal)) {
          searched++;
          await audience.announce({ episodes: [target] }, signal);
        }
        await store.seenTo(target, signal);
        progress({ done: ++done, total: wanted.length, unit: 'titles' });
      });
      return { wanted: wanted.length, searched };
    }),
  ];
}
