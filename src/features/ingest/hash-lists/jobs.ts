/** Hash lists that the operator names, imported by themselves. */
import { z } from 'zod';
import { defineJob, handleJob, type JobHandler } from '../../../platform/jobs/definition.ts';
import { schedule, type JobSchedule } from '../../../platform/jobs/schedule.ts';
import type { HashListImport } from '../contract.ts';

const TIMEOUT_MS = 6 * 3_600_000;

const hashListsJob = defineJob({
  name: 'ingest.hash-lists',
  queue: 'import',
  payload: z.object({}),
  timeoutMs: TIMEOUT_MS,
  dedupeKey: () => 'all',
});

export function hashListJobs(
  sources: readonly string[],
  { importHashLists }: HashListImport,
): readonly JobHandler[] {
  return [
    handleJob(hashListsJob, async (_, { signal, log, progress }) => {
      const listener = {
        progress: ({ pages, linked }: { readonly pages: number; readonly linked: number }) =>
          progress({ done: pages, unit: 'pages', message: `${linked} linked` }),
        refused: (page: string, reason: string) => log('warn', `${page}: ${reason}`),
      };
      return { ...(await importHashLists(sources, false, listener, signal)) };
    }),
  ];
}

/** None where no list is named. */
export function hashListSchedules(sources: readonly string[]): readonly JobSchedule[] {
  if (sources.length === 0) return [];
  return [
    schedule(hashListsJob, {}, { name: 'ingest.hash-lists', cron: '41 * * * *', jitterS: 600 }),
  ];
}
