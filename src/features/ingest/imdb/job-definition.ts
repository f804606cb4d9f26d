/** What whoever wants IMDb's tables imported needs of the job that does it. */
import { z } from 'zod';
import { defineJob } from '../../../platform/jobs/definition.ts';

const TIMEOUT_MS = 24 * 3600_000;

export const importImdbJob = defineJob({
  name: 'ingest.import-imdb',
  queue: 'import',
  payload: z.object({
    /** Files and folders are those of the worker's machine. */
    sources: z.array(z.string().min(1).max(4096)).max(20),
    votesMin: z.number().int().min(0),
    withAdult: z.boolean(),
  }),
  timeoutMs: TIMEOUT_MS,
  dedupeKey: () => 'ingest.import-imdb',
});
