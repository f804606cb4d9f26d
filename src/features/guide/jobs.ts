/** Syncs of guides as jobs, and the schedule that makes them when they are due and matches new channels. */
import { z } from 'zod';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { defineJob, handleJob, JobRefused } from '../../platform/jobs/definition.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { GuideImporter } from './importer.ts';
import type { ChannelMatcher } from './matcher.ts';
import type { GuideStore } from './store.ts';

const SYNC_TIMEOUT_MS = 2 * 3_600_000;
const DUE_TIMEOUT_MS = 10 * 60_000;
/** Each costs a line of the job's log. */
const REFUSALS_LOGGED_MAX = 20;

export const syncGuideJob = defineJob({
  name: 'guide.sync',
  queue: 'import',
  payload: z.object({ guideId: z.number().int().positive() }),
  timeoutMs: SYNC_TIMEOUT_MS,
  dedupeKey: ({ guideId }) => String(guideId),
});

const upkeepJob = defineJob({
  name: 'guide.upkeep',
  queue: 'default',
  payload: z.object({}),
  timeoutMs: DUE_TIMEOUT_MS,
});

const matchJob = defineJob({
  name: 'guide.match',
  queue: 'default',
  payload: z.object({}),
  timeoutMs: DUE_TIMEOUT_MS,
  dedupeKey: () => 'changed',
});

/** @see GuideMatching.matchSoon */
export async function matchSoon(
  jobs: Pick<JobQueue, 'enqueue'>,
  signal: CancelSignal,
): Promise<void> {
  await jobs.enqueue(matchJob, {}, signal);
}

export const guideSchedules = [
  schedule(upkeepJob, {}, { name: 'guide.upkeep', cron: '*/10 * * * *', jitterS: 60 }),
];

export interface GuideJobParts {
  readonly store: GuideStore;
  readonly importer: GuideImporter;
  readonly matcher: ChannelMatcher;
  readonly jobs: Pick<JobQueue, 'enqueueMany'>;
}

export function guideJobs({ store, importer, matcher, jobs }: GuideJobParts) {
  return [
    handleJob(upkeepJob, async (_, { signal }) => {
      const due = await store.takeDue(signal);
      const payloads = due.map((guideId) => ({ guideId }));
      if (due.length > 0) await jobs.enqueueMany(syncGuideJob, payloads, signal);
      await matcher.matchChanged(signal);
      return { guides: due.length };
    }),
    handleJob(matchJob, async (_, { signal }) => {
      await matcher.matchChanged(signal);
      return {};
    }),
    handleJob(syncGuideJob, async ({ guideId }, context) => {
      let refusals = 0;
      const listener = {
        progress: ({ programmes }: { readonly programmes: number }) =>
          context.progress({ done: programmes, unit: 'programmes' }),
        refused: (reason: string) => {
          if (refusals++ < REFUSALS_LOGGED_MAX) context.log('warn', `refused: ${reason}`);
        },
      };
      try {
        return { ...(await importer.syncFromAddress(guideId, listener, context.signal)) };
      } catch (error) {
        // The same file is no better a minute later.
        if (error instanceof AppError && error.code.startsWith('guide.'))
          throw new JobRefused(error.message);
        throw error;
      }
    }),
  ];
}
