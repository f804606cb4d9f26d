/** What workers do of transcodes: make them, and delete those that nobody plays. */
import { z } from 'zod';
import { defineJob } from '../../platform/jobs/definition.ts';
import { schedule } from '../../platform/jobs/schedule.ts';

const HOUR_MS = 3_600_000;
const ATTEMPTS_MAX = 4;

export const transcodeJob = defineJob({
  name: 'transcode.make',
  queue: 'transcode',
  payload: z.object({ transcodeId: z.uuid() }),
  timeoutMs: 24 * HOUR_MS,
  attemptsMax: ATTEMPTS_MAX,
  backoff: { firstMs: 2000, maxMs: 60_000 },
  dedupeKey: ({ transcodeId }) => transcodeId,
});

/** Where the files are: not everywhere, where queues are worked on. */
export const purgeTranscodesJob = defineJob({
  name: 'transcode.purge',
  queue: 'transcode',
  payload: z.object({}),
  timeoutMs: HOUR_MS,
});

export const transcodeSchedules = [
  schedule(purgeTranscodesJob, {}, { name: 'transcode.purge', cron: '20 * * * *', jitterS: 60 }),
];
