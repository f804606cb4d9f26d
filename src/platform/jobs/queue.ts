/** Jobs as those see them who want one done: see `Platform.jobs`. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { JobDefinition, JobLogLevel } from './definition.ts';
import type { QueueName } from './queues.ts';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface EnqueueOptions {
  /** In place of the definition's. */
  readonly queue?: QueueName;
  /** At once without it. */
  readonly runAt?: Date;
  /** Whose job it is, for example a profile: `JobQueue.find` can be asked for the jobs of one owner alone. */
  readonly owner?: string;
}

export interface EnqueuedJob {
  readonly id: string;
  /** False: a job with the same dedupe key waits or runs, and this is its id. */
  readonly isNew: boolean;
}

export interface JobLogLine {
  readonly at: Date;
  readonly level: JobLogLevel;
  readonly message: string;
}

export interface JobReport {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly state: JobState;
  readonly owner: string | null;
  /** Attempts that began. */
  readonly attempts: number;
  readonly progress: {
    readonly done: number;
    readonly total: number | null;
    readonly unit: string | null;
    readonly message: string | null;
  } | null;
  /** Of the last attempt, when it failed. */
  readonly error: string | null;
  readonly result: JsonValue;
  readonly createdAt: Date;
  readonly runAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Oldest first. */
  readonly log: readonly JobLogLine[];
}

export interface JobQueue {
  /** @throws Error when the payload is not one of the definition: a mistake of the caller */
  enqueue<P>(
    definition: JobDefinition<P>,
    payload: NoInfer<P>,
    signal: CancelSignal,
    options?: EnqueueOptions,
  ): Promise<EnqueuedJob>;
  /** In one statement, in order. */
  enqueueMany<P>(
    definition: JobDefinition<P>,
    payloads: readonly NoInfer<P>[],
    signal: CancelSignal,
    options?: EnqueueOptions,
  ): Promise<readonly EnqueuedJob[]>;
  /** Null: there is none, or it was pruned (finished ones are kept for days). */
  find(id: string, signal: CancelSignal): Promise<JobReport | null>;
  /** A waiting job is over at once, a running one hears it within two seconds. False: it was over already, or is unknown. */
  cancel(id: string, signal: CancelSignal): Promise<boolean>;
}
