/**
 * The pool over Piscina 5, the only file that names it. Our own bounded queue stands in front, so that
 * Piscina holds no more tasks than threads; what waits here can be dropped without harm.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { TaskEnvelope, TaskInput, TaskName, TaskOutput } from '../../../workers/contract.ts';
import { AppError } from '../../lib/errors.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import { ThreadMemory } from '../../lib/metrics/thread-memory.ts';
import { cancellable, settledWithin, waitFailure } from '../../lib/async/wait.ts';
import { followed } from '../../lib/trace/request-trace.ts';
import type { Logger } from '../log/logger.ts';
import type { MeasuredTaskPool, TaskPoolStats, TaskRunOptions } from './task-pool.ts';

export interface TaskPoolOptions {
  readonly threads: number;
  /** Tasks that may wait in each lane; one more is refused with `pool.queue-full`. */
  readonly queueMax: number;
  /** Limit of a task that names none, in milliseconds; past it the thread is replaced. */
  readonly taskTimeoutMs: number;
  /** How long disposal waits for running tasks, and then for the threads to end, in milliseconds. */
  readonly closeTimeoutMs: number;
  readonly logger: Logger;
  /** Another program for the threads, exporting `runTask`: for some tasks only, or that of a test. */
  readonly entry?: URL;
  /** Threads start with the first task, and end after a minute without one. */
  readonly isIdleAtFirst?: boolean;
}

/** `<out>/workers/main.js` seen from `<out>/src/platform/pool/`, whatever `<out>` is. */
const WORKER_ENTRY = new URL('../../../workers/main.js', import.meta.url);
/** The tasks of users' regular expressions alone. */
export const NAME_FILTER_ENTRY = new URL('../../../workers/name-filters.js', import.meta.url);
const IDLE_MS = 60_000;

/** JavaScript heap of a thread. Pictures and fonts live outside of it. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Tasks of many milliseconds wait in a lane of their own, behind the ones of microseconds. */
const LANES: Readonly<Record<TaskName, 'quick' | 'slow'>> = {
  'anime-list.parse': 'quick',
  'cache.decode': 'quick',
  'http.compress': 'quick',
  'lines.stage': 'slow',
  'names.check': 'slow',
  'names.match': 'quick',
  'poster.render': 'slow',
  'titles.parse': 'quick',
};

/** Seconds. */
export const TASK_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** There from the start, at zero. */
const FAILURES = ['pool.queue-full', 'pool.task-failed', 'pool.task-timeout'] as const;

/** Starts the threads at once, unless told otherwise; they hold no sockets and keep no process alive while idle. */
export function createTaskPool(options: TaskPoolOptions): MeasuredTaskPool {
  return new PiscinaPool(options);
}

/** A task that waits. */
interface Job {
  start(): void;
  /** Takes it out of its lane and tells the caller why. */
  drop(reason: AppError): void;
}

class PiscinaPool implements MeasuredTaskPool {
  readonly #options: TaskPoolOptions;
  readonly #piscina: Piscina<TaskEnvelope, unknown>;
  /** Sets keep the order of insertion and drop any member in O(1). */
  readonly #quick = new Set<Job>();
  readonly #slow = new Set<Job>();
  readonly #durations = new HistogramSet(
    TASK_BOUNDS,
    Object.keys(LANES).map((task) => [task]),
  );
  readonly #failures = new Map<string, number>(FAILURES.map((code) => [code, 0]));
  readonly #memory: ThreadMemory;
  #runningCount = 0;
  #closed = false;
  /** Called when the last running task of a closed pool has ended. */
  #onIdle: (() => void) | null = null;

  constructor(options: TaskPoolOptions) {
    this.#options = options;
    this.#memory = ThreadMemory.forThreads(options.threads);
    this.#piscina = new Piscina<TaskEnvelope, unknown>({
      filename: fileURLToPath(options.entry ?? WORKER_ENTRY),
      name: 'runTask',
      minThreads: options.isIdleAtFirst === true ? 0 : options.threads,
      idleTimeout: IDLE_MS,
      maxThreads: options.threads,
      // The default parks an idle thread in Atomics.wait, which freezes its timers and sockets.
      atomics: 'disabled',
      resourceLimits: HEAP_LIMITS,
      recordTiming: false,
      workerData: this.#memory.shared,
    });
    this.#piscina.on('error', (error: unknown) => {
      options.logger.error({ err: error }, 'a pool thread failed while idle');
    });
  }

  run<K extends TaskName>(
    task: K,
    input: TaskInput<K>,
    { signal, timeoutMs }: TaskRunOptions,
  ): Promise<TaskOutput<K>> {
    if (this.#closed) return Promise.reject(stopping());
    if (signal.aborted) return Promise.reject(waitFailure(signal));
    const lane = LANES[task] === 'slow' ? this.#slow : this.#quick;
    if (lane.size >= this.#options.queueMax) {
      return Promise.reject(this.#failed(queueFull()));
    }
    const result = cancellable<TaskOutput<K>>(
      signal,
      (resolve, reject) => {
        const job: Job = {
          start: () => {
            void this.#execute(task, input, timeoutMs ?? this.#options.taskTimeoutMs).then(
              resolve,
              reject,
            );
          },
          drop: reject,
        };
        lane.add(job);
        this.#startWaiting();
        return () => lane.delete(job);
      },
      waitFailure,
    );
    return followed(signal.trace, { kind: 'task', name: task }, result);
  }

  stats(): TaskPoolStats {
    const threads = this.#piscina.threads;
    const loops = threads.map(({ performance }) => performance.eventLoopUtilization());
    return {
      threads: threads.length,
      running: this.#runningCount,
      waiting: { quick: this.#quick.size, slow: this.#slow.size },
      durations: this.#durations.samples(),
      failures: this.#failures,
      loops: {
        activeMs: loops.reduce((sum, { active }) => sum + active, 0),
        idleMs: loops.reduce((sum, { idle }) => sum + idle, 0),
      },
      memory: this.#memory.sum(new Set(threads.map(({ threadId }) => threadId))),
    };
  }

  /** Refuses new tasks and those that wait, lets running ones finish for a while, then ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { closeTimeoutMs, logger } = this.#options;
    this.#closed = true;
    for (const job of [...this.#quick, ...this.#slow]) job.drop(stopping());
    await settledWithin(this.#idle(), closeTimeoutMs);
    // A thread inside native code cannot be stopped: it ends when that call returns.
    const ended = await settledWithin(this.#piscina.destroy(), closeTimeoutMs);
    if (!ended) logger.warn({ closeTimeoutMs }, 'a pool thread did not end in time');
  }

  #idle(): Promise<void> {
    if (this.#runningCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #startWaiting(): void {
    while (this.#runningCount < this.#options.threads) {
      const lane = this.#quick.size > 0 ? this.#quick : this.#slow;
      const [job] = lane;
      if (job === undefined) return;
      lane.delete(job);
      this.#runningCount++;
      job.start();
    }
  }

  /** Frees the thread before the caller hears of the outcome, so that its next task finds it free. */
  #release(): void {
    this.#runningCount--;
    this.#startWaiting();
    if (this.#runningCount === 0) this.#onIdle?.();
  }

  async #execute<K extends TaskName>(
    task: K,
    input: TaskInput<K>,
    timeoutMs: number,
  ): Promise<TaskOutput<K>> {
    using deadline = new Deadline({
      timeoutMs,
      failure: () => new Error(`${task} took longer than ${timeoutMs} ms`),
    });
    const startedAtMs = performance.now();
    try {
      const { value, buffers } = copiedBytes(input);
      const output = await this.#piscina.run(
        { task, input: value },
        { transferList: buffers, signal: deadline.signal },
      );
      return output as TaskOutput<K>;
    } catch (cause) {
      throw this.#failed(this.#failure(task, timeoutMs, deadline.signal.aborted, cause));
    } finally {
      this.#durations.of(task).observe((performance.now() - startedAtMs) / 1000);
      this.#release();
    }
  }

  #failed(error: AppError): AppError {
    this.#failures.set(error.code, (this.#failures.get(error.code) ?? 0) + 1);
    return error;
  }

  #failure(task: TaskName, timeoutMs: number, timedOut: boolean, cause: unknown): AppError {
    if (this.#closed) return stopping();
    if (timedOut) {
      this.#options.logger.warn(
        { task, timeoutMs },
        'a task took too long, its thread is replaced',
      );
      return new AppError('pool.task-timeout', 'the work took too long: try again later', {
        cause,
      });
    }
    this.#options.logger.error({ task, err: cause }, 'a task failed');
    return new AppError('pool.task-failed', 'the work failed: try again later', { cause });
  }
}

/**
 * The input with its bytes copied once into memory that is then moved to the thread. The caller's bytes
 * stay whole (they are often shared), and a slice does not drag the buffer along that it was cut from.
 */
function copiedBytes<T extends object>(input: T): { value: T; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(input)) {
    if (field instanceof Uint8Array) {
      const copy = new Uint8Array(field);
      buffers.push(copy.buffer);
      value[name] = copy;
    } else {
      value[name] = field;
    }
  }
  return { value: value as T, buffers };
}

function queueFull(): AppError {
  return new AppError('pool.queue-full', 'too much work is waiting: try again in a moment');
}

function stopping(): AppError {
  return new AppError('server.draining', 'the server is stopping');
}
