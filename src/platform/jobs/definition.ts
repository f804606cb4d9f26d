/**
 * What a feature says of its queued jobs, in its `jobs.ts`: a definition is what others need to enqueue one, a handler
 * what a worker runs. See docs/workers.md.
 */
import type { ZodType } from 'zod';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { TransactionSql } from '../db/database.ts';
import type { QueueName } from './queues.ts';

export interface JobDefinition<P> {
  /** `library.import-file`. Stored with each job and shown by the tasks API: it stays what it is when code moves. */
  readonly name: string;
  readonly queue: QueueName;
  /** Checked when a job is enqueued and when it starts. A stored payload that no longer fits fails the job, without repeats. */
  readonly payload: ZodType<P>;
  /** Of one attempt: its signal aborts then. */
  readonly timeoutMs: number;
  /** Attempts that may fail before the job does; 5 without it. */
  readonly attemptsMax?: number;
  /** Pause after the first failed attempt, doubled with each further one; 5 s to 10 min without it. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
  /** While a job with this key waits or runs, another one is not made. */
  dedupeKey?(payload: P): string;
  /** Fields of the payload, at any depth, that the tasks API shows as `***`. */
  readonly secretFields?: readonly string[];
}

export interface JobProgress {
  readonly done: number;
  /** Unknown: left out. */
  readonly total?: number;
  /** What is counted: `streams`. */
  readonly unit?: string;
  readonly message?: string;
}

export type JobLogLevel = 'info' | 'warn' | 'error';

/** What a running job is given. */
export interface JobContext {
  readonly id: string;
  /** 1 at first. An attempt that ended because its worker stopped or died is not counted. */
  readonly attempt: number;
  /** Aborts when the job is cancelled, its time is over, the worker stops, or another worker has taken the job over. */
  readonly signal: CancelSignal;
  /** Costs nothing: what was said last is written, once a second at most. */
  progress(progress: JobProgress): void;
  /** A line of the job's own log, of which the last 200 are kept. */
  log(level: JobLogLevel, message: string): void;
  /** What the last `saveCheckpoint` of any attempt said; null at first. */
  readonly checkpoint: JsonValue;
  /**
   * Written at once: where the next attempt goes on, whichever worker runs it.
   * @throws JobLost when the job is no longer this attempt's: nothing more may be written
   */
  saveCheckpoint(checkpoint: JsonValue): Promise<void>;
  /**
   * The same as a part of a transaction: what that writes and where the next attempt goes on become true together, so that
   * nothing is done twice. @throws JobLost, which has to undo the transaction
   */
  saveCheckpointIn(sql: TransactionSql, checkpoint: JsonValue): Promise<void>;
}

/** What is kept of a job that succeeded, as the tasks API shows it: counts, for example. */
export type JobResult = JsonValue | undefined;

/** A definition together with the work, as `Feature.jobs` lists it. */
export interface JobHandler {
  readonly definition: JobDefinition<unknown>;
  /** @param payload as it is stored @throws JobRefused when the payload does not fit */
  start(payload: JsonValue, context: JobContext): Promise<JobResult>;
}

/** Thrown by a job that no repeat would help; any other failure is repeated. */
export class JobRefused extends Error {
  override readonly name = 'JobRefused';
}

/** The job is cancelled, or another worker has taken it over. */
export class JobLost extends Error {
  override readonly name = 'JobLost';
}

export function defineJob<P>(definition: JobDefinition<P>): JobDefinition<P> {
  return definition;
}

/** Joins a definition with what a worker does about it. */
export function handleJob<P>(
  definition: JobDefinition<P>,
  run: (payload: P, context: JobContext) => Promise<JobResult>,
): JobHandler {
  return {
    // Workers read all but the payload's type of it.
    definition: definition as JobDefinition<unknown>,
    start: async (stored, context) => {
      const read = definition.payload.safeParse(stored);
      if (!read.success) {
        const [issue] = read.error.issues;
        const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
        throw new JobRefused(`the payload is not one of this version (${where})`);
      }
      return run(read.data, context);
    },
  };
}
