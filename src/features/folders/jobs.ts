/** Scans as jobs: of one folder, and of all of them by themselves. */
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import {
  defineJob,
  handleJob,
  JobRefused,
  type JobHandler,
} from '../../platform/jobs/definition.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { MediaFolders } from './folders.ts';

const SCAN_TIMEOUT_MS = 6 * 3_600_000;
const ALL_TIMEOUT_MS = 60_000;

export const scanFolderJob = defineJob({
  name: 'folders.scan',
  queue: 'import',
  payload: z.object({ folderId: z.number().int().positive() }),
  timeoutMs: SCAN_TIMEOUT_MS,
  dedupeKey: ({ folderId }) => String(folderId),
});

const scanAllJob = defineJob({
  name: 'folders.scan-all',
  queue: 'default',
  payload: z.object({}),
  timeoutMs: ALL_TIMEOUT_MS,
});

export const FOLDER_SCHEDULES = [
  schedule(scanAllJob, {}, { name: 'folders.scan', cron: '7 * * * *', jitterS: 60 }),
];

export interface FolderJobParts {
  readonly folders: MediaFolders;
  readonly jobs: Pick<JobQueue, 'enqueueMany'>;
}

export function folderJobs({ folders, jobs }: FolderJobParts): readonly JobHandler[] {
  return [
    handleJob(scanFolderJob, async ({ folderId }, { signal, log, progress }) => {
      const listener = {
        progress: (done: number, total: number) => progress({ done, total, unit: 'videos' }),
        refused: (path: string, reason: string) => log('warn', `${path}: ${reason}`),
      };
      try {
        return { ...(await folders.scanById(folderId, listener, signal)) };
      } catch (error) {
        if (error instanceof AppError && error.code.startsWith('folder.'))
          throw new JobRefused(error.message);
        throw error;
      }
    }),
    handleJob(scanAllJob, async (_, { signal }) => {
      const ids = await folders.ids(signal);
      const payloads = ids.map((folderId) => ({ folderId }));
      if (ids.length > 0) await jobs.enqueueMany(scanFolderJob, payloads, signal);
      return { folders: ids.length };
    }),
  ];
}
