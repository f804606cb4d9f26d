/** SQL of jobs as everybody sees them: enqueue, look, cancel, retry. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { JsonObject, JsonValue } from '../../lib/json/json-value.ts';
import type { BuildStatement, Database, StatementOptions } from '../db/database.ts';
import type { EnqueuedJob, JobLogLine, JobReport, JobState } from './queue.ts';
import { sentFrom } from './statements.ts';
import { storableJson } from './storable-json.ts';

export interface NewJobs {
  readonly name: string;
  readonly queue: string;
  readonly owner: string | null;
  readonly attemptsMax: number;
  readonly runAt: Date | null;
  readonly jobs: readonly { readonly payload: JsonValue; readonly key: string | null }[];
}

/** A job with everything that operators may see, its log left out. */
export interface StoredJob extends Omit<JobReport, 'log'> {
  readonly payload: JsonValue;
  readonly dedupeKey: string | null;
  readonly attemptsMax: number;
  readonly failures: number;
  readonly losses: number;
  readonly isCancelled: boolean;
  readonly workerId: string | null;
}

export interface StoredLine extends Omit<JobLogLine, 'level'> {
  readonly level: JobLogLine['level'] | 'event';
}

export interface JobFilter {
  readonly states: readonly JobState[];
  readonly queue: string | null;
  readonly name: string | null;
  readonly owner: string | null;
  /** Jobs older than this one. */
  readonly before: string | null;
}

export interface StateCount {
  readonly queue: string;
  readonly state: JobState;
  readonly count: number;
}

const LIVE = "state IN ('queued', 'running')";
const LOG_LINES = 200;

const ENQUEUE = `
WITH input AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('job', 'job_id')) AS job_id, ord, coalesce(payload, 'null') AS payload, key
  FROM ROWS FROM (jsonb_to_recordset($6::text::jsonb) AS (payload jsonb, key text)) WITH ORDINALITY AS i (payload, key, ord)
), made AS (
  INSERT INTO job (job_id, name, queue, payload, dedupe_key, owner, attempts_max, run_at)
  SELECT job_id, $1, $2, payload, key, $3, $4::smallint, coalesce($5::timestamptz, now()) FROM input ORDER BY ord
  ON CONFLICT (name, dedupe_key) WHERE dedupe_key IS NOT NULL AND ${LIVE} DO NOTHING
  RETURNING job_id, queue, state, dedupe_key, run_at
), ${sentFrom('made')}
SELECT coalesce(m.job_id, k.job_id, o.job_id)::text AS id, m.job_id IS NOT NULL AS "isNew"
FROM input i
CROSS JOIN sent
LEFT JOIN made m ON m.job_id = i.job_id
LEFT JOIN made k ON k.dedupe_key = i.key
LEFT JOIN job o ON o.name = $1 AND o.dedupe_key = i.key AND o.${LIVE}
ORDER BY i.ord`;

const COLUMNS = `
  job_id::text AS id, name, queue, state, owner, lease AS attempts, attempts_max AS "attemptsMax", failures, losses,
  progress, error, result, payload, dedupe_key AS "dedupeKey", is_cancelled AS "isCancelled", worker_id::text AS "workerId",
  created_at AS "createdAt", run_at AS "runAt", started_at AS "startedAt", finished_at AS "finishedAt"`;
const FIND = `SELECT ${COLUMNS} FROM job WHERE job_id = $1::bigint`;
const LOG = `
SELECT at, level, message FROM (
  SELECT line, at, level, message FROM job_log WHERE job_id = $1::bigint ORDER BY line DESC LIMIT ${LOG_LINES}
) newest ORDER BY line`;

/** Newest first. A filter that is not set is an empty text. */
const LIST = `
SELECT ${COLUMNS} FROM job
WHERE state = ANY (string_to_array($1, ',')) AND ($2 = '' OR queue = $2) AND ($3 = '' OR name = $3) AND ($4 = '' OR owner = $4)
  AND ($5 = '' OR job_id < nullif($5, '')::bigint)
ORDER BY job_id DESC LIMIT $6::int`;
/** What runs, and the newest of all. */
const WATCHED = `
SELECT ${COLUMNS} FROM job
WHERE state = 'running' OR job_id IN (SELECT job_id FROM job ORDER BY job_id DESC LIMIT 30)
ORDER BY job_id DESC LIMIT 200`;
const COUNT = 'SELECT queue, state, count(*)::float8 AS count FROM job GROUP BY queue, state';
const DEPTH = `
SELECT queue, count(*)::float8 AS count FROM job WHERE state = 'queued' AND run_at <= now() GROUP BY queue`;

const CANCEL = `
WITH asked AS (
  UPDATE job SET is_cancelled = true, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
    finished_at = CASE state WHEN 'queued' THEN now() END
  WHERE job_id = ANY (string_to_array($1, ',')::bigint[]) AND ${LIVE} AND NOT is_cancelled
  RETURNING job_id, state
), logged AS (
  INSERT INTO job_log (job_id, level, message)
  SELECT job_id, 'event', CASE state WHEN 'running' THEN 'cancel asked for' ELSE 'cancelled before it began' END FROM asked
)
SELECT job_id::text AS id FROM asked`;

/** Not beside another one with the same key. */
const RETRY = `
WITH again AS (
  UPDATE job j SET state = 'queued', failures = 0, losses = 0, is_cancelled = false, run_at = now(), finished_at = NULL,
    progress = NULL
  WHERE job_id = ANY (string_to_array($1, ',')::bigint[]) AND state IN ('failed', 'cancelled') AND NOT EXISTS (
    SELECT FROM job o WHERE o.name = j.name AND o.dedupe_key = j.dedupe_key AND o.${LIVE})
  RETURNING job_id, queue, state, run_at
), logged AS (
  INSERT INTO job_log (job_id, level, message) SELECT job_id, 'event', 'started again by hand' FROM again
), ${sentFrom('again')}
SELECT job_id::text AS id FROM again CROSS JOIN sent`;

const UNIQUE_VIOLATION = '23505';

interface EnqueuedRow {
  /** Null: one that this statement cannot see yet has the key. */
  readonly id: string | null;
  readonly isNew: boolean;
}

/** Its rows are in the order of the jobs. */
export function enqueueStatement(job: NewJobs): BuildStatement<EnqueuedRow[]> {
  const { name, queue, owner, attemptsMax, runAt, jobs } = job;
  const at = runAt?.toISOString() ?? null;
  const values = [name, queue, owner, attemptsMax, at, storableJson(jobs)];
  return (sql) => sql.unsafe(ENQUEUE, values, { prepare: true });
}

export class JobStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async enqueue(job: NewJobs, signal: CancelSignal): Promise<readonly EnqueuedJob[]> {
    const rows = await this.#database.write(rest('jobs.enqueue', signal), enqueueStatement(job));
    // Another process has made one with this key in the same moment: by now it can be seen.
    if (rows.some(({ id }) => id === null)) return this.enqueue(job, signal);
    return rows.map(({ id, isNew }) => ({ id: id ?? '', isNew }));
  }

  async find(id: string, signal: CancelSignal): Promise<StoredJob | null> {
    const rows = await this.#database.read<StoredJob[]>(rest('jobs.find', signal), (sql) =>
      sql.unsafe(FIND, [id], { prepare: true }),
    );
    return rows[0] === undefined ? null : withProgress(rows[0]);
  }

  /** Oldest first. */
  log(id: string, signal: CancelSignal): Promise<readonly StoredLine[]> {
    return this.#database.read<StoredLine[]>(rest('jobs.log', signal), (sql) =>
      sql.unsafe(LOG, [id], { prepare: true }),
    );
  }

  async list(
    { states, queue, name, owner, before }: JobFilter,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly StoredJob[]> {
    const values = [states.join(','), queue ?? '', name ?? '', owner ?? '', before ?? '', limit];
    const rows = await this.#database.read<StoredJob[]>(rest('jobs.list', signal), (sql) =>
      sql.unsafe(LIST, values, { prepare: true }),
    );
    return rows.map(withProgress);
  }

  async watched(signal: CancelSignal): Promise<readonly StoredJob[]> {
    const rows = await this.#database.read<StoredJob[]>(rest('jobs.watched', signal), (sql) =>
      sql.unsafe(WATCHED, [], { prepare: true }),
    );
    return rows.map(withProgress);
  }

  count(signal: CancelSignal): Promise<readonly StateCount[]> {
    return this.#database.read<StateCount[]>(rest('jobs.count', signal), (sql) =>
      sql.unsafe(COUNT, [], { prepare: true }),
    );
  }

  /** Jobs that wait and could run, by queue. */
  depth(
    signal: CancelSignal,
  ): Promise<readonly { readonly queue: string; readonly count: number }[]> {
    return this.#database.read(rest('jobs.depth', signal), (sql) =>
      sql.unsafe(DEPTH, [], { prepare: true }),
    );
  }

  /** Returns those that were asked to stop, or are cancelled already. */
  cancel(ids: readonly string[], signal: CancelSignal): Promise<readonly string[]> {
    return this.#change('jobs.cancel', CANCEL, ids, signal);
  }

  /** Returns those that wait again. @throws AppError `job.busy` when one with the same key came between */
  async retry(ids: readonly string[], signal: CancelSignal): Promise<readonly string[]> {
    try {
      return await this.#change('jobs.retry', RETRY, ids, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)
        throw new AppError('job.busy', 'another job with the same key waits or runs', {
          cause: error,
        });
      throw error;
    }
  }

  async #change(
    name: string,
    statement: string,
    ids: readonly string[],
    signal: CancelSignal,
  ): Promise<readonly string[]> {
    const rows = await this.#database.write<{ readonly id: string }[]>(rest(name, signal), (sql) =>
      sql.unsafe(statement, [ids.join(',')], { prepare: true }),
    );
    return rows.map(({ id }) => id);
  }
}

function rest(name: string, signal: CancelSignal): StatementOptions {
  return { name, lane: 'rest', signal };
}

function withProgress(row: StoredJob): StoredJob {
  const stored = row.progress as JsonObject | null;
  if (stored === null) return row;
  const { done = 0, total = null, unit = null, message = null } = stored;
  return { ...row, progress: { done, total, unit, message } as StoredJob['progress'] };
}
