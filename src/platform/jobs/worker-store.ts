/** SQL of workers: leases, attempts and what jobs say of themselves. All of it is refused to a worker that was given up. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { Database, StatementOptions, TransactionSql } from '../db/database.ts';
import type { JobLogLevel, JobProgress } from './definition.ts';
import { sentFrom } from './statements.ts';
import { storableJson } from './storable-json.ts';

/** A worker that was not seen for so long is dead: docs/workers.md says what follows for one that lives. */
export const LEASE_MS = 30_000;
/** Workers that may die over one job: it may well be the reason. */
const LOSSES_MAX = 3;
const LOG_LINES = 200;

export interface WorkerIdentity {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: readonly string[];
  readonly engineIds: readonly string[];
}

export interface ClaimedJob {
  readonly id: string;
  readonly name: string;
  readonly payload: JsonValue;
  readonly lease: number;
  readonly failures: number;
  readonly attemptsMax: number;
  readonly checkpoint: JsonValue;
}

/** How an attempt ended. `queued`: it is repeated after `delayMs`. */
export interface JobOutcome {
  readonly id: string;
  readonly lease: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled' | 'queued';
  /** False where the worker stopped, not the job failed. */
  readonly isFailure: boolean;
  readonly delayMs: number;
  readonly error: string | null;
  readonly result: JsonValue;
}

export interface JobNotes {
  readonly id: string;
  readonly lease: number;
  /** Null: as it was. */
  readonly progress: JobProgress | null;
  readonly lines: readonly {
    readonly at: string;
    readonly level: JobLogLevel;
    readonly message: string;
  }[];
}

export interface HeldJob {
  readonly id: string;
  readonly lease: number;
  /** Somebody asked it to stop. */
  readonly isCancelled: boolean;
  /** It was claimed ten seconds ago, or longer. */
  readonly isOld: boolean;
}

interface SavedCheckpoint {
  readonly isCancelled: boolean;
}

export interface TakenOver {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

const DEAD = `seen_at < now() - interval '${LEASE_MS} milliseconds'`;

const REGISTER = `
INSERT INTO job_worker (worker_id, host, pid, queues, engine_ids)
VALUES ($1::uuid, $2, $3::int, string_to_array($4, ','), string_to_array($5, ','))`;

/** Jobs that it has had for a while: it may not know them, where the answer to their claim got lost. */
const BEAT = `
WITH seen AS (UPDATE job_worker SET seen_at = now() WHERE worker_id = $1::uuid RETURNING worker_id)
SELECT j.job_id::text AS id, j.lease, coalesce(j.is_cancelled, false) AS "isCancelled",
  coalesce(j.started_at < now() - interval '10 seconds', false) AS "isOld"
FROM seen LEFT JOIN job j ON j.worker_id = seen.worker_id AND j.state = 'running'`;

const CLAIM = `
UPDATE job SET state = 'running', worker_id = $1::uuid, lease = lease + 1, started_at = now(), error = NULL
WHERE job_id = ANY (string_to_array($2, ',')::bigint[]) AND state = 'queued' AND run_at <= now() + interval '1 second'
  AND EXISTS (SELECT FROM job_worker WHERE worker_id = $1::uuid)
RETURNING job_id::text AS id, name, payload, lease, failures, attempts_max AS "attemptsMax", checkpoint`;

/** Of the attempts that are this worker's no more nothing is written. */
const FINISH = `
WITH ended AS (
  SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS (
    id bigint, lease int, state text, "isFailure" boolean, "delayMs" float8, error text, result jsonb)
), done AS (
  UPDATE job j SET state = e.state, worker_id = NULL, failures = failures + e."isFailure"::int, error = e.error,
    result = e.result, run_at = CASE e.state WHEN 'queued' THEN now() + e."delayMs" * interval '1 millisecond' ELSE run_at END,
    finished_at = CASE e.state WHEN 'queued' THEN NULL ELSE now() END
  FROM ended e
  WHERE j.job_id = e.id AND j.lease = e.lease AND j.worker_id = $1::uuid AND j.state = 'running'
  RETURNING j.job_id, j.queue, j.state, j.run_at, e."isFailure", e.error
), logged AS (
  INSERT INTO job_log (job_id, level, message)
  SELECT job_id, 'event', CASE WHEN "isFailure" THEN 'attempt failed: ' || coalesce(error, '') ELSE 'its worker stopped' END
  FROM done WHERE "isFailure" OR state = 'queued'
), ${sentFrom('done')}
SELECT job_id::text AS id FROM done CROSS JOIN sent`;

const NOTE = `
WITH said AS (
  SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS (id bigint, lease int, progress jsonb, lines jsonb)
), own AS (
  UPDATE job j SET progress = CASE jsonb_typeof(s.progress) WHEN 'object' THEN s.progress ELSE j.progress END
  FROM said s WHERE j.job_id = s.id AND j.lease = s.lease AND j.worker_id = $1::uuid AND j.state = 'running'
  RETURNING j.job_id, s.lines
), logged AS (
  INSERT INTO job_log (job_id, at, level, message)
  SELECT job_id, l.at, l.level, l.message
  FROM own, ROWS FROM (jsonb_to_recordset(own.lines) AS (at timestamptz, level text, message text)) WITH ORDINALITY
    AS l (at, level, message, ord)
  ORDER BY job_id, l.ord
)
DELETE FROM job_log l USING own
WHERE l.job_id = own.job_id AND jsonb_array_length(own.lines) > 0 AND l.line <= (
  SELECT o.line FROM job_log o WHERE o.job_id = own.job_id ORDER BY o.line DESC OFFSET ${LOG_LINES} LIMIT 1)`;

const CHECKPOINT = `
UPDATE job SET checkpoint = $4::text::jsonb
WHERE job_id = $1::bigint AND lease = $2::int AND worker_id = $3::uuid AND state = 'running'
RETURNING is_cancelled AS "isCancelled"`;

/** Jobs of workers that are dead, or were given up, wait again; what the dead had locked is unlocked. */
const TAKE_OVER = `
WITH dead AS (
  DELETE FROM job_worker WHERE ${DEAD} RETURNING worker_id, engine_ids
), lost AS (
  UPDATE job j SET worker_id = NULL, losses = losses + 1, run_at = now(),
    state = CASE WHEN is_cancelled THEN 'cancelled' WHEN losses + 1 >= ${LOSSES_MAX} THEN 'failed' ELSE 'queued' END,
    finished_at = CASE WHEN is_cancelled OR losses + 1 >= ${LOSSES_MAX} THEN now() END,
    error = CASE WHEN losses + 1 >= ${LOSSES_MAX} THEN 'its worker died ' || (losses + 1) || ' times' ELSE 'its worker died' END
  WHERE state = 'running'
    AND NOT EXISTS (SELECT FROM job_worker w WHERE w.worker_id = j.worker_id AND NOT w.${DEAD})
  RETURNING job_id, name, queue, state, run_at
), logged AS (
  INSERT INTO job_log (job_id, level, message) SELECT job_id, 'event', 'its worker died' FROM lost
), unlocked AS (
  SELECT count(*) FROM (
    SELECT graphile_worker.force_unlock_workers(array_agg(engine_id)) FROM dead, unnest(engine_ids) AS engine_id
  ) u
), ${sentFrom('lost')}
SELECT job_id::text AS id, name, state FROM unlocked CROSS JOIN sent LEFT JOIN lost ON true WHERE job_id IS NOT NULL`;

/** Its own end: everything that it ran has ended. */
const LEAVE = `
WITH gone AS (
  DELETE FROM job_worker WHERE worker_id = $1::uuid RETURNING engine_ids
), left_over AS (
  UPDATE job SET state = 'queued', worker_id = NULL, run_at = now()
  WHERE worker_id = $1::uuid AND state = 'running' RETURNING job_id, queue, state, run_at
), ${sentFrom('left_over')}
SELECT (SELECT count(*) FROM gone) AS gone, n FROM sent`;

/**
 * Waiting jobs that no worker will hear of, the oldest first: those of a restored database, and those whose ids were fetched by
 * an answer that got lost. An id that was fetched is claimed within a second or two.
 */
const SEND_AGAIN = `
WITH late AS (
  SELECT job_id, queue, state, run_at FROM job
  WHERE state = 'queued' AND run_at < now() - interval '30 seconds' ORDER BY run_at LIMIT 1000
), unsent AS (
  SELECT l.* FROM late l
  WHERE NOT EXISTS (
    SELECT FROM graphile_worker.jobs e WHERE e.key = l.job_id::text AND e.attempts < e.max_attempts
      AND e.run_at < now() + interval '1 minute' AND (e.locked_at IS NULL OR e.locked_at > now() - interval '30 seconds'))
), ${sentFrom('unsent')}
SELECT (SELECT count(*) FROM unsent)::int AS count FROM sent`;

const PRUNE = `
WITH old AS (
  SELECT job_id FROM job
  WHERE finished_at < now() - CASE state WHEN 'succeeded' THEN interval '3 days' ELSE interval '30 days' END
  ORDER BY finished_at LIMIT 5000
)
DELETE FROM job USING old WHERE job.job_id = old.job_id RETURNING 1 AS one`;

/** Ids that were replaced while a worker that then died had them: nobody fetches them any more. */
const TIDY = `
SELECT count(*)::int AS count FROM (
  SELECT graphile_worker.complete_jobs(ARRAY(
    SELECT id FROM graphile_worker.jobs WHERE attempts >= max_attempts AND locked_at IS NULL LIMIT 5000))
) gone`;

const NOTE_TIMEOUT_MS = 5000;

export class WorkerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async register(worker: WorkerIdentity, signal: CancelSignal): Promise<void> {
    const { workerId, host, pid, queues, engineIds } = worker;
    const values = [workerId, host, pid, queues.join(','), engineIds.join(',')];
    await this.#write(statement('jobs.register', signal), REGISTER, values);
  }

  /** The jobs that it has. Null: the worker was given up, and its jobs are others' now. */
  async beat(workerId: string, signal: CancelSignal): Promise<readonly HeldJob[] | null> {
    const rows = await this.#write<Omit<HeldJob, 'id'> & { readonly id: string | null }>(
      statement('jobs.beat', signal),
      BEAT,
      [workerId],
    );
    if (rows.length === 0) return null;
    return rows.flatMap(({ id, ...rest }) => (id === null ? [] : [{ id, ...rest }]));
  }

  /** Those of the jobs that are this worker's now. */
  claim(
    workerId: string,
    ids: readonly string[],
    signal: CancelSignal,
  ): Promise<readonly ClaimedJob[]> {
    return this.#write<ClaimedJob>(statement('jobs.claim', signal), CLAIM, [
      workerId,
      ids.join(','),
    ]);
  }

  /** Ids of those that were still this worker's. */
  async finish(
    workerId: string,
    outcomes: readonly JobOutcome[],
    signal: CancelSignal,
  ): Promise<readonly string[]> {
    const rows = await this.#write<{ readonly id: string }>(
      statement('jobs.finish', signal),
      FINISH,
      [workerId, storableJson(outcomes)],
    );
    return rows.map(({ id }) => id);
  }

  async note(workerId: string, notes: readonly JobNotes[], signal: CancelSignal): Promise<void> {
    const options = { ...statement('jobs.note', signal), timeoutMs: NOTE_TIMEOUT_MS };
    await this.#write(options, NOTE, [workerId, storableJson(notes)]);
  }

  /** Null: the attempt is this worker's no more. */
  async saveCheckpoint(
    workerId: string,
    job: Pick<ClaimedJob, 'id' | 'lease'>,
    checkpoint: JsonValue,
    signal: CancelSignal,
  ): Promise<SavedCheckpoint | null> {
    const rows = await this.#write<SavedCheckpoint>(
      statement('jobs.checkpoint', signal),
      CHECKPOINT,
      checkpointValues(workerId, job, checkpoint),
    );
    return rows[0] ?? null;
  }

  async saveCheckpointIn(
    sql: TransactionSql,
    workerId: string,
    job: Pick<ClaimedJob, 'id' | 'lease'>,
    checkpoint: JsonValue,
  ): Promise<SavedCheckpoint | null> {
    const values = checkpointValues(workerId, job, checkpoint);
    const rows = await sql.unsafe<(SavedCheckpoint & Record<string, unknown>)[]>(
      CHECKPOINT,
      values,
      { prepare: true },
    );
    return rows[0] ?? null;
  }

  takeOver(signal: CancelSignal): Promise<readonly TakenOver[]> {
    return this.#write<TakenOver>(statement('jobs.take-over', signal), TAKE_OVER, []);
  }

  async leave(workerId: string, signal: CancelSignal): Promise<void> {
    await this.#write(statement('jobs.leave', signal), LEAVE, [workerId]);
  }

  /** How many. */
  async sendAgain(signal: CancelSignal): Promise<number> {
    const rows = await this.#write<{ readonly count: number }>(
      statement('jobs.send-again', signal),
      SEND_AGAIN,
      [],
    );
    return rows[0]?.count ?? 0;
  }

  /** Deletes finished jobs whose time is over, at most 5,000 of them. Returns how many. */
  async prune(signal: CancelSignal): Promise<number> {
    return (await this.#write(statement('jobs.prune', signal), PRUNE, [])).length;
  }

  async tidy(signal: CancelSignal): Promise<void> {
    await this.#write(statement('jobs.tidy', signal), TIDY, []);
  }

  #write<T extends object>(
    options: StatementOptions,
    text: string,
    values: readonly (string | number)[],
  ): Promise<readonly T[]> {
    return this.#database.write<(T & Record<string, unknown>)[]>(options, (sql) =>
      sql.unsafe(text, [...values], { prepare: true }),
    );
  }
}

function checkpointValues(
  workerId: string,
  { id, lease }: Pick<ClaimedJob, 'id' | 'lease'>,
  checkpoint: JsonValue,
): (string | number)[] {
  return [id, lease, workerId, storableJson(checkpoint)];
}

function statement(name: string, signal: CancelSignal): StatementOptions {
  return { name, lane: 'rest', signal };
}
