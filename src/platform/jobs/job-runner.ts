/** Runs single jobs: claims them, gives them to their handlers, and writes what became of them. */
import { hrtime } from 'node:process';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { settledWithin, sleep } from '../../lib/async/wait.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { TransactionSql } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { Batcher } from './batcher.ts';
import { JobLost, JobRefused, type JobHandler } from './definition.ts';
import { outcomeOf, type Settled } from './outcome.ts';
import { RunningJob, type Ending } from './running-job.ts';
import type { ClaimedJob, HeldJob, JobOutcome, WorkerStore } from './worker-store.ts';

export interface JobRunnerOptions {
  readonly store: WorkerStore;
  readonly handlers: readonly JobHandler[];
  /** Of statements that may be waited for while the worker lives. */
  readonly signal: CancelSignal;
  /** A job goes on whose lease is lost. */
  readonly onDeaf: () => void;
  readonly onEnded: (name: string, state: JobOutcome['state'], seconds: number) => void;
  readonly logger: Logger;
}

/** Jobs that go together in a statement. */
const BATCH_MAX = 200;
/** Ends that are not yet written: beyond these a job waits for its own. */
const UNWRITTEN_MAX = 1000;
/** How long work may go on after its signal has aborted. */
export const END_GRACE_MS = 8000;
const REPEAT_PAUSE_MS = 1000;

export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #handlers: ReadonlyMap<string, JobHandler>;
  readonly #running = new Map<string, RunningJob>();
  readonly #claims: Batcher<string, ClaimedJob | null>;
  readonly #ends: Batcher<JobOutcome, void>;
  /** Null: there is no lease, and no job may begin. */
  #workerId: string | null = null;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#handlers = new Map(options.handlers.map((handler) => [handler.definition.name, handler]));
    this.#claims = new Batcher((ids) => this.#claim(ids), BATCH_MAX);
    this.#ends = new Batcher((outcomes) => this.#finish(outcomes), BATCH_MAX);
  }

  /** Jobs that have not ended, or whose end is not yet written. */
  get running(): ReadonlyMap<string, RunningJob> {
    return this.#running;
  }

  /** The lease under which everything is claimed and written from now on. */
  set workerId(workerId: string | null) {
    this.#workerId = workerId;
  }

  get workerId(): string | null {
    return this.#workerId;
  }

  endAll(ending: Ending, message: string): void {
    for (const running of this.#running.values()) running.end(ending, message);
  }

  /** What the database says of this worker's jobs: some were cancelled, and some were claimed by an answer that got lost. */
  async compare(held: readonly HeldJob[]): Promise<void> {
    for (const { id, isCancelled } of held)
      if (isCancelled) this.#running.get(id)?.end('cancelled', 'the job was cancelled');
    const unknown = held.filter(({ id, isOld }) => isOld && !this.#running.has(id));
    if (unknown.length === 0) return;
    await this.#finish(
      unknown.map(({ id, lease, isCancelled }) => ({
        id,
        lease,
        state: isCancelled ? 'cancelled' : 'queued',
        isFailure: false,
        delayMs: 0,
        error: null,
        result: null,
      })),
    );
  }

  /** From the claim to the end of the work; nothing happens when the job is no longer there to be done. */
  async run(id: string): Promise<void> {
    const job = await this.#claims.add(id);
    if (job === null) return;
    const running = new RunningJob(job, (...save) => this.#save(...save));
    this.#running.set(id, running);
    const startedAt = hrtime.bigint();
    const handler = this.#handlers.get(job.name);
    const settled: Settled =
      handler === undefined
        ? { error: new JobRefused(`this version has no job ${JSON.stringify(job.name)}`) }
        : await this.#work(handler, running);
    const outcome = outcomeOf(running, settled, handler?.definition ?? {});
    const seconds = Number(hrtime.bigint() - startedAt) / 1e9;
    if (outcome !== null) this.#options.onEnded(job.name, outcome.state, seconds);
    const written = this.#writeEnd(running, outcome).finally(() => this.#running.delete(id));
    if (this.#ends.size > UNWRITTEN_MAX) await written;
  }

  /** Its end, or after a while the error that it goes on though it was told to end. */
  async #work(handler: JobHandler, running: RunningJob): Promise<Settled> {
    const { timeoutMs, name } = handler.definition;
    const timer = setTimeout(
      () => running.end('timed-out', `not done within ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    const work = startOf(handler, running);
    const deaf = new Promise<Settled>((resolve) => {
      const told = () => {
        void settledWithin(work, END_GRACE_MS).then((isEnded) => {
          if (isEnded) return;
          this.#wentOn(running);
          resolve({ error: new JobRefused('it went on though it was told to end') });
        });
      };
      running.signal.addEventListener('abort', told, { once: true });
    });
    try {
      const settled = await Promise.race([work, deaf]);
      if ('error' in settled && running.ending === null)
        this.#options.logger.info(
          { job: name, id: running.id, err: settled.error },
          'a job failed',
        );
      return settled;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nobody can end it but the process. Where another worker may have begun the job, that has to be. */
  #wentOn({ job, ending }: RunningJob): void {
    const { logger, onDeaf } = this.#options;
    logger.error({ job: job.name, id: job.id, ending }, 'a job goes on though it was told to end');
    if (ending === 'lost') onDeaf();
  }

  async #writeEnd(running: RunningJob, outcome: JobOutcome | null): Promise<void> {
    if (outcome === null) return;
    const { signal } = this.#options;
    while (running.ending !== 'lost' && !signal.aborted) {
      try {
        await this.#writeNotes(running);
        await this.#ends.add(outcome);
        return;
      } catch {
        await sleep(REPEAT_PAUSE_MS, signal).catch(() => undefined);
      }
    }
  }

  async #writeNotes(running: RunningJob): Promise<void> {
    const notes = running.takeNotes();
    if (notes === null || this.#workerId === null) return;
    try {
      await this.#options.store.note(this.#workerId, [notes], this.#options.signal);
    } catch (error) {
      running.giveBack(notes);
      throw error;
    }
  }

  async #claim(ids: readonly string[]): Promise<readonly (ClaimedJob | null)[]> {
    const { store, signal } = this.#options;
    if (this.#workerId === null) throw new Error('this worker has no lease');
    const jobs = await store.claim(this.#workerId, [...new Set(ids)], signal);
    const byId = new Map(jobs.map((job) => [job.id, job]));
    return ids.map((id) => {
      const job = byId.get(id) ?? null;
      byId.delete(id);
      return job;
    });
  }

  async #finish(outcomes: readonly JobOutcome[]): Promise<readonly void[]> {
    const { store, signal } = this.#options;
    if (this.#workerId === null) throw new Error('this worker has no lease');
    await store.finish(this.#workerId, outcomes, signal);
    return outcomes.map(() => undefined);
  }

  async #save(
    running: RunningJob,
    checkpoint: JsonValue,
    sql: TransactionSql | null,
  ): Promise<void> {
    const saved = await this.#saved(running.job, checkpoint, sql);
    if (saved === null) {
      running.end('lost', 'another worker has this job now');
      throw new JobLost('another worker has this job now');
    }
    if (saved.isCancelled) running.end('cancelled', 'the job was cancelled');
  }

  async #saved(job: ClaimedJob, checkpoint: JsonValue, sql: TransactionSql | null) {
    const { store, signal } = this.#options;
    const workerId = this.#workerId;
    if (workerId === null) return null;
    return sql === null
      ? store.saveCheckpoint(workerId, job, checkpoint, signal)
      : store.saveCheckpointIn(sql, workerId, job, checkpoint);
  }
}

/** Never rejects, also where the handler throws at once. */
async function startOf(handler: JobHandler, running: RunningJob): Promise<Settled> {
  try {
    return { result: await handler.start(running.job.payload, running) };
  } catch (error) {
    return { error };
  }
}
