/**
 * A worker: runs jobs of its queues as long as it holds its lease (a row that it renews), and takes over those of workers
 * that do not renew theirs. See docs/workers.md.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { CancelController } from '../../lib/async/cancel.ts';
import { poll, sleep } from '../../lib/async/wait.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import type { JobHandler } from './definition.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { END_GRACE_MS, JobRunner, type JobRunnerOptions } from './job-runner.ts';
import type { Scheduler } from './scheduler.ts';
import { LEASE_MS, WorkerStore } from './worker-store.ts';

export interface WorkerOptions {
  readonly database: Database;
  readonly engine: Pick<EngineOptions, 'uri' | 'connectTimeoutMs' | 'isPooled' | 'queues'>;
  readonly handlers: readonly JobHandler[];
  /** Null: this worker makes no jobs of schedules. */
  readonly scheduler: Scheduler | null;
  readonly onEnded: JobRunnerOptions['onEnded'];
  /** The lease is over and a job goes on: ends this process, for another one may run the job already. */
  readonly onDeaf: () => void;
  readonly logger: Logger;
}

/** How long a cancel takes to be heard, and how often progress is written. */
const BEAT_MS = 1000;
const IDLE_BEAT_MS = 5000;
const BEAT_TIMEOUT_MS = 5000;
/** From then on this worker counts itself as dead, well before others do: what it runs has time to end. */
const GIVE_UP_MS = LEASE_MS - END_GRACE_MS - 4000;
const TAKE_OVER_EVERY_MS = 10_000;
const SEND_AGAIN_EVERY_MS = 20_000;
const PRUNE_EVERY_MS = 600_000;
const LEAVE_TIMEOUT_MS = 5000;

export class JobWorker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #store: WorkerStore;
  readonly #runner: JobRunner;
  readonly #engine: Engine;
  readonly #engineIds: string[] = [];
  readonly #stop = new CancelController();
  /** Statements go on while jobs end. */
  readonly #life = new CancelController();
  readonly #loops = new BackgroundTasks();
  #seenAt = 0;
  #end: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    const { database, handlers, onEnded, onDeaf, logger, engine } = options;
    this.#options = options;
    this.#store = new WorkerStore(database);
    const { signal } = this.#life;
    this.#runner = new JobRunner({ store: this.#store, handlers, signal, onEnded, onDeaf, logger });
    this.#engine = new Engine(
      {
        ...engine,
        onJob: (id) => this.#run(id),
        onName: (engineId) => {
          this.#engineIds.push(engineId);
        },
      },
      logger,
    );
  }

  get queues(): readonly string[] {
    return this.#options.engine.queues.map(({ name }) => name);
  }

  /** Resolves when jobs are being run. Rejects when the database cannot be reached. */
  async start(): Promise<void> {
    await this.#engine.start();
    await this.#register();
    this.#loops.add(this.#beat());
    const { scheduler } = this.#options;
    if (scheduler !== null) this.#loops.add(scheduler.run(this.#stop.signal));
    this.#loops.add(this.#every(TAKE_OVER_EVERY_MS, () => this.#takeOver()));
    this.#loops.add(this.#every(SEND_AGAIN_EVERY_MS, () => this.#sendAgain()));
    this.#loops.add(this.#every(PRUNE_EVERY_MS, () => this.#prune()));
  }

  /** Tells running jobs to end, waits for them for a while, and gives those back that were not done. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.#end ??= this.#endAll());
  }

  async #endAll(): Promise<void> {
    this.#stop.abort(new Error('the worker stops'));
    const engine = this.#engine.stop();
    this.#runner.endAll('worker-stops', 'the worker stops');
    const { running } = this.#runner;
    await poll(() => running.size === 0, { everyMs: 20, timeoutMs: 2 * END_GRACE_MS });
    await this.#leave();
    this.#life.abort(new Error('the worker has stopped'));
    await this.#loops.settled();
    await engine;
  }

  /** Rejects where it cannot begin: the engine brings the id again. */
  async #run(id: string): Promise<void> {
    if (this.#stop.signal.aborted || this.#runner.workerId === null)
      throw new Error('no job begins here now');
    await this.#runner.run(id);
  }

  async #register(): Promise<void> {
    const workerId = randomUUID();
    const startedAt = performance.now();
    await this.#store.register(
      {
        workerId,
        host: hostname(),
        pid: process.pid,
        queues: this.queues,
        engineIds: this.#engineIds,
      },
      this.#life.signal,
    );
    this.#seenAt = startedAt;
    this.#runner.workerId = workerId;
  }

  async #beat(): Promise<void> {
    const { signal } = this.#life;
    for (;;) {
      await sleep(BEAT_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const { workerId, running } = this.#runner;
      const sinceMs = performance.now() - this.#seenAt;
      if (workerId === null) await this.#comeBack();
      else if (running.size > 0 || sinceMs > IDLE_BEAT_MS - BEAT_MS / 2)
        await this.#renew(workerId);
    }
  }

  async #renew(workerId: string): Promise<void> {
    const startedAt = performance.now();
    try {
      const held = await this.#store.beat(workerId, AbortSignal.timeout(BEAT_TIMEOUT_MS));
      if (held === null) return await this.#giveUp(workerId);
      this.#seenAt = startedAt;
      await this.#runner.compare(held);
      await this.#note(workerId);
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'the lease of the worker could not be renewed');
      if (performance.now() - this.#seenAt > GIVE_UP_MS) await this.#giveUp(workerId);
    }
  }

  async #note(workerId: string): Promise<void> {
    const notes = [...this.#runner.running.values()].flatMap(
      (running) => running.takeNotes() ?? [],
    );
    if (notes.length === 0) return;
    try {
      await this.#store.note(workerId, notes, this.#life.signal);
    } catch (error) {
      for (const note of notes) this.#runner.running.get(note.id)?.giveBack(note);
      throw error;
    }
  }

  /** The lease is lost, or as good as lost: everything ends before others begin it again. */
  async #giveUp(workerId: string): Promise<void> {
    this.#options.logger.warn({ workerId }, 'the worker lost its lease: its jobs end here');
    this.#runner.workerId = null;
    this.#runner.endAll('lost', 'the worker lost its lease');
    const { running } = this.#runner;
    const limits = { everyMs: 20, timeoutMs: END_GRACE_MS + BEAT_MS };
    await poll(() => running.size === 0, limits);
    await this.#store.leave(workerId, AbortSignal.timeout(LEAVE_TIMEOUT_MS)).catch(() => undefined);
  }

  async #comeBack(): Promise<void> {
    try {
      await this.#register();
      this.#options.logger.info({}, 'the worker has a lease again');
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'the worker got no lease');
    }
  }

  async #leave(): Promise<void> {
    const { workerId } = this.#runner;
    this.#runner.workerId = null;
    if (workerId === null) return;
    await this.#store
      .leave(workerId, AbortSignal.timeout(LEAVE_TIMEOUT_MS))
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'the worker could not take leave: others notice');
      });
  }

  async #takeOver(): Promise<void> {
    const jobs = await this.#store.takeOver(this.#life.signal);
    if (jobs.length > 0)
      this.#options.logger.warn(
        { jobs: jobs.length },
        'jobs of a worker that died were taken over',
      );
  }

  async #sendAgain(): Promise<void> {
    const count = await this.#store.sendAgain(this.#life.signal);
    if (count > 0)
      this.#options.logger.info({ jobs: count }, 'waiting jobs were sent to workers again');
  }

  async #prune(): Promise<void> {
    await this.#store.tidy(this.#life.signal);
    while ((await this.#store.prune(this.#life.signal)) > 0) this.#life.signal.throwIfAborted();
  }

  /** At once, and then again and again; instances do not do it in step. */
  async #every(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        this.#options.logger.debug({ err: error }, 'upkeep of jobs failed, it comes again');
      });
      await sleep(everyMs * (0.9 + 0.2 * Math.random()), signal).catch(() => undefined);
    }
  }
}
