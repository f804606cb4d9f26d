/** The pool as the rest of the program sees it; `piscina-pool.ts` implements it over Piscina. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { TaskInput, TaskName, TaskOutput } from '../../../workers/contract.ts';

export interface TaskRunOptions {
  /** Stops the wait when aborted; a started task finishes unheard (a Piscina abort kills the thread). */
  readonly signal: CancelSignal;
  /** Hard limit of the task itself, in milliseconds; past it the thread is replaced. */
  readonly timeoutMs?: number;
}

export interface TaskPool extends AsyncDisposable {
  /** Rejects with AppError `pool.queue-full` at once when the bounded queue is full. */
  run<K extends TaskName>(
    task: K,
    input: TaskInput<K>,
    options: TaskRunOptions,
  ): Promise<TaskOutput<K>>;
}
