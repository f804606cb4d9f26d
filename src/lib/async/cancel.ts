/**
 * AbortController for paths that make one with every request. Node 20 gives every AbortSignal a hidden class of its own
 * (nodejs/node `createAbortSignal`: `Object.setPrototypeOf` on a new EventTarget): making one costs 5.4 µs, every property
 * that is read from it misses the inline caches, and the hidden classes are garbage of the old generation. A request
 * through Redis made three signals and paid 28 misses for them (`--log-ic`).
 */
import { setMaxListeners } from 'node:events';

type Listener = Parameters<AbortSignal['addEventListener']>[1];

/**
 * What `AbortSignal` is for those who wait: flag, reason, listeners. It is no `instanceof AbortSignal`, so `fetch`,
 * `AbortSignal.any` and `events.setMaxListeners` do not take it; a wait that needs those makes a real one from it.
 */
class LightCancelSignal implements AbortSignal {
  readonly onabort = null;
  #isAborted = false;
  #reason: unknown;
  /** One is the usual number. */
  #first: Listener | null = null;
  #others: Set<Listener> | null = null;

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  /** Listeners are called once in any case: a signal aborts once. */
  addEventListener(type: string, listener: Listener): void {
    if (type !== 'abort' || listener === null || this.#isAborted || listener === this.#first) return;
    if (this.#first === null && this.#others === null) this.#first = listener;
    else (this.#others ??= new Set()).add(listener);
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type !== 'abort' || listener === null) return;
    if (listener === this.#first) this.#first = null;
    else if (this.#others?.delete(listener) === true && this.#others.size === 0) this.#others = null;
  }

  /** The controller alone aborts. @throws TypeError always */
  dispatchEvent(): never {
    throw new TypeError('a signal is aborted by its controller');
  }

  /** Listeners hear it in the order in which they came; one that throws ends the process, as those of an EventTarget do. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    const listeners = [...(this.#first === null ? [] : [this.#first]), ...(this.#others ?? [])];
    this.#first = null;
    this.#others = null;
    const event = new Event('abort');
    for (const listener of listeners) {
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        process.nextTick(() => { throw error; });
      }
    }
  }
}

export class CancelController {
  readonly #signal = new LightCancelSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Does nothing the second time. */
  abort(reason: unknown): void {
    this.#signal.abort(reason);
  }
}

/** One signal may end many waits at a time: Node warns at the eleventh listener of a real one. */
export function allowManyListeners(signal: AbortSignal): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}
