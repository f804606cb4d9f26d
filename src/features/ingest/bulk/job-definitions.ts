/** What whoever wants a file of lines imported needs of the jobs that do it. */
import { z } from 'zod';
import { defineJob } from '../../../platform/jobs/definition.ts';

const TIMEOUT_MS = 24 * 3600_000;

/** A file on the machine of the worker. */
export const importFileJob = defineJob({
  name: 'ingest.import-file',
  queue: 'import',
  payload: z.object({ path: z.string().min(1).max(4096) }),
  timeoutMs: TIMEOUT_MS,
  dedupeKey: ({ path }) => `ingest.import-file:${path}`,
});

/** Lines that somebody has sent. */
export const importLinesJob = defineJob({
  name: 'ingest.import-lines',
  queue: 'import',
  payload: z.object({
    format: z.enum(['ndjson', 'csv']),
    /** Base64 of gzip. */
    lines: z.base64(),
  }),
  timeoutMs: TIMEOUT_MS,
  secretFields: ['lines'],
});
