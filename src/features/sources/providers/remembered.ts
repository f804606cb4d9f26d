/** What a server says of itself (what it offers, its indexers): asked once for everybody who waits, and kept for a while. */
import { Deadline } from '../../../lib/async/deadline.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import type { RequestTrace } from '../../../lib/trace/request-trace.ts';
import { AppError } from '../../../lib/errors.ts';

export interface RememberedOptions<T> {
  readonly lifetimeMs: number;
  /** Of one load. */
  readonly timeoutMs: number;
  readonly load: (signal: CancelSignal) => Promise<T>;
}

interface Load<T> {
  readonly value: Promise<T>;
  readonly deadline: Deadline;
  waiting: number;
}

export class Remembered<T> {
  readonly #options: RememberedOptions<T>;
  #known: { readonly value: T; readonly loadedAtMs: number } | null = null;
  #load: Load<T> | null = null;

  constructor(options: RememberedOptions<T>) {
    this.#options = options;
  }

  /** Without asking; may be older than its lifetime. */
  get latest(): T | undefined {
    return this.#known?.value;
  }

  /** An old value does when there is no newer one to be had. Rejects with the load's error, or the signal's reason. */
  async value(signal: CancelSignal): Promise<T> {
    const known = this.#known;
    if (known !== null && performance.now() - known.loadedAtMs < this.#options.lifetimeMs)
      return known.value;
    const load = (this.#load ??= this.#start(signal.trace));
    load.waiting++;
    try {
      return await orCancelled(load.value, signal);
    } catch (error) {
      if (known === null || signal.aborted) throw error;
      return known.value;
    } finally {
      load.waiting--;
      if (load.waiting === 0) this.#giveUp(load, signal);
    }
  }

  /** Nobody waits for it any more. Whoever comes later starts anew. */
  #giveUp(load: Load<T>, signal: CancelSignal): void {
    if (this.#load === load) this.#load = null;
    load.deadline.abort(signal.reason);
  }

  #start(trace: RequestTrace | undefined): Load<T> {
    const { timeoutMs, load } = this.#options;
    const deadline = new Deadline({
      timeoutMs,
      trace,
      failure: () => new AppError('fetch.timeout', `no whole answer within ${timeoutMs} ms`),
    });
    const value = load(deadline.signal).finally(() => {
      deadline[Symbol.dispose]();
      if (this.#load?.deadline === deadline) this.#load = null;
    });
    void value.then(
      (loaded) => (this.#known = { value: loaded, loadedAtMs: performance.now() }),
      () => {},
    );
    return { value, deadline, waiting: 0 };
  }
}
