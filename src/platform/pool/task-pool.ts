/** The pool as the rest of the program sees it; `piscina-pool.ts` implements it over Piscina. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Sample } from '../../lib/metrics/metric-family.ts';
import type { TaskInput, TaskName, TaskOutput } from '../../../workers/contract.ts';

export interface TaskRunOptions {
  /** Stops the wait when aborted; a started task finishes unheard (a Piscina abort kills the thread). */
  readonly signal: CancelSignal;
  /** Hard limit of the task itself, in milliseconds; past it the thread is replaced. */
  readonly timeoutMs?: number;
}

/** Counters since start and what is under way. */
export interface TaskPoolStats {
  readonly threads: number;
  readonly running: number;
  /** Tasks that wait, by lane. */
  readonly waiting: Readonly<Record<'quick' | 'slow', number>>;
  /** Seconds that tasks took on their threads, by task (`pool-metrics.ts`). */
  readonly durations: readonly Sample[];
  /** Those that failed, were stopped or found the queue full, by error code. */
  readonly failures: ReadonlyMap<string, number>;
  /** Milliseconds that the loops of its threads worked and waited. */
  readonly loops: { readonly activeMs: number; readonly idleMs: number };
  /** Bytes of the heaps of its threads, and of what these hold outside, as the last tasks left them. */
  readonly memory: { readonly heapBytes: number; readonly externalBytes: number };
}

export interface TaskPool extends AsyncDisposable {
  /** Rejects with AppError `pool.queue-full` at once when the bounded queue is full. */
  run<K extends TaskName>(
    task: K,
    input: TaskInput<K>,
    options: TaskRunOptions,
  ): Promise<TaskOutput<K>>;
}

/** What `createTaskPool` opens. */
export interface MeasuredTaskPool extends TaskPool {
  stats(): TaskPoolStats;
}
