/** What workers do for feeds, and when by itself. */
import { forEachOf } from '../../lib/async/for-each-of.ts';
import { AppError } from '../../lib/errors.ts';
import { handleJob, JobRefused, type JobHandler } from '../../platform/jobs/definition.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { Feeds } from './feeds.ts';
import { latestItemsJob, pollDueFeedsJob, pollFeedJob } from './job-definitions.ts';

export const FEED_SCHEDULES = [
  schedule(pollDueFeedsJob, {}, { name: 'feeds.poll', cron: '*/5 * * * *', jitterS: 30 }),
  schedule(latestItemsJob, {}, { name: 'sources.latest', cron: '23 * * * *', jitterS: 600 }),
];

const SOURCES_AT_A_TIME = 3;

export interface FeedJobParts {
  readonly feeds: Feeds;
  readonly jobs: Pick<JobQueue, 'enqueueMany'>;
}

export function feedJobs({ feeds, jobs }: FeedJobParts): readonly JobHandler[] {
  return [
    handleJob(pollDueFeedsJob, async (_, { signal }) => {
      const due = await feeds.due(signal);
      const payloads = due.map((feedId) => ({ feedId, isForced: false }));
      if (due.length > 0) await jobs.enqueueMany(pollFeedJob, payloads, signal);
      return { feeds: due.length };
    }),
    handleJob(pollFeedJob, async ({ feedId, isForced }, { signal, log }) => {
      try {
        const report = await feeds.poll(feedId, isForced, signal);
        if (report.error !== '') log('warn', report.error);
        return { ...report };
      } catch (error) {
        if (error instanceof AppError && error.code.startsWith('feed.'))
          throw new JobRefused(error.message);
        throw error;
      }
    }),
    handleJob(latestItemsJob, async (_, { signal, log, progress }) => {
      const counts = { sources: 0, items: 0, linked: 0, failed: 0 };
      const { sources } = feeds;
      await forEachOf(sources, SOURCES_AT_A_TIME, async (source) => {
        const report = await feeds.pollSource(source, signal);
        const { items, linked, error } = report;
        if (error !== '') log('warn', `${source.name}: ${error}`);
        counts.sources++;
        counts.items += items;
        counts.linked += linked;
        if (error !== '') counts.failed++;
        progress({ done: counts.sources, total: sources.length, unit: 'sources' });
      });
      return counts;
    }),
  ];
}
