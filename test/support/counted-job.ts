/** Jobs that say in the database what they do, so that a test can count it. */
import { z } from 'zod';
import { defineJob } from '../../src/platform/jobs/definition.ts';

export const countedJob = defineJob({
  name: 'test.counted',
  queue: 'default',
  payload: z.object({ steps: z.number(), stepMs: z.number() }),
  timeoutMs: 600_000,
  attemptsMax: 50,
  backoff: { firstMs: 100, maxMs: 500 },
});

export const RECORD_TABLES = `
CREATE TABLE effect (job_id bigint, step int);
CREATE TABLE run (run int GENERATED ALWAYS AS IDENTITY, job_id bigint, pid int,
  began_at timestamptz DEFAULT clock_timestamp(), ended_at timestamptz)`;
export const RECORD_BEGIN =
  'INSERT INTO run (job_id, pid) VALUES ($1::text::bigint, $2::int) RETURNING run';
export const RECORD_STEP = 'INSERT INTO effect (job_id, step) VALUES ($1::text::bigint, $2::int)';
export const RECORD_END = 'UPDATE run SET ended_at = $2::timestamptz WHERE run = $1::int';
