/** The limit of one piece of work. */
import { CancelController, type CancelSignal } from './cancel.ts';
import type { RequestTrace } from '../trace/request-trace.ts';

export interface DeadlineOptions {
  readonly timeoutMs: number;
  /** The reason of the signal when the time is over. */
  readonly failure: () => Error;
  /** Ends the work, too. */
  readonly parent?: CancelSignal;
  /** The parent's when absent: for work that outlives the request which began it. */
  readonly trace?: RequestTrace | undefined;
}

/**
 * A signal that aborts after `timeoutMs` or with its parent, and lets go of both when disposed.
 * `AbortSignal.any` of a signal that lives as long as the process would keep an entry for each use.
 */
export class Deadline implements Disposable {
  readonly #control: CancelController;
  readonly #parent: CancelSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: (() => void) | undefined;

  constructor({ timeoutMs, failure, parent, trace }: DeadlineOptions) {
    this.#control = new CancelController(trace ?? parent?.trace);
    this.#parent = parent;
    this.#timer = setTimeout(() => this.#control.abort(failure()), timeoutMs);
    if (parent === undefined) return;
    this.#onAbort = () => this.#control.abort(parent.reason);
    if (parent.aborted) this.#onAbort();
    else parent.addEventListener('abort', this.#onAbort);
  }

  get signal(): CancelSignal {
    return this.#control.signal;
  }

  /** Ends the work before its time. */
  abort(reason: unknown): void {
    this.#control.abort(reason);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#parent?.removeEventListener('abort', this.#onAbort);
  }
}
