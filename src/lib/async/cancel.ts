/**
 * The signal of a wait, and a controller for paths that make one with every request: an AbortController costs ten times
 * as much, and slows down whoever reads its signal (docs/memory.md).
 */
import { setMaxListeners } from 'node:events';
import type { RequestTrace } from '../trace/request-trace.ts';

/** What code that waits asks for: whether to give up, and why. Every `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** What was said at the abort; undefined before. */
  readonly reason: unknown;
  /** Of the request that the wait is for; absent for work that none waits for. */
  readonly trace?: RequestTrace | undefined;
  /** For log lines and calls to other servers. */
  readonly requestId?: string | undefined;
  /** @throws the reason once it is aborted */
  throwIfAborted(): void;
  /** Listeners are called once in any case, for a signal aborts once; none that comes later is called. */
  addEventListener(
    type: 'abort',
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

type Listener = () => void;

/** Where a real `AbortSignal` is needed (`fetch`, undici), `abortSignalOf` makes one of it. */
class LightCancelSignal implements CancelSignal {
  readonly trace: RequestTrace | undefined;
  #isAborted = false;
  #reason: unknown;
  /** One is the usual number. */
  #first: Listener | null = null;
  #others: Set<Listener> | null = null;

  constructor(trace: RequestTrace | undefined) {
    this.trace = trace;
  }

  get requestId(): string | undefined {
    return this.trace?.requestId;
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    if (this.#isAborted || listener === this.#first) return;
    if (this.#first === null && this.#others === null) this.#first = listener;
    else (this.#others ??= new Set()).add(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    if (listener === this.#first) this.#first = null;
    else if (this.#others?.delete(listener) === true && this.#others.size === 0)
      this.#others = null;
  }

  /** Listeners hear it in the order in which they came; one that throws ends the process, as those of an EventTarget do. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    const listeners = [...(this.#first === null ? [] : [this.#first]), ...(this.#others ?? [])];
    this.#first = null;
    this.#others = null;
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}

export class CancelController {
  readonly #signal: LightCancelSignal;

  /** @param trace of the request that the work is for */
  constructor(trace?: RequestTrace) {
    this.#signal = new LightCancelSignal(trace);
  }

  get signal(): CancelSignal {
    return this.#signal;
  }

  /** Does nothing the second time. */
  abort(reason: unknown): void {
    this.#signal.abort(reason);
  }
}

/** Aborts with the one that aborts first. It follows until both are gone: for signals of one piece of work. */
export function eitherOf(one: CancelSignal, other: CancelSignal): CancelSignal {
  const control = new CancelController(one.trace);
  for (const signal of [one, other]) {
    if (signal.aborted) control.abort(signal.reason);
    else signal.addEventListener('abort', () => control.abort(signal.reason), { once: true });
  }
  return control.signal;
}

/** For waits that have another limit. Many wait on it at a time. */
export const NEVER_CANCELLED: CancelSignal = new CancelController().signal;

/** One signal may end many waits at a time: Node warns at the eleventh listener of a real one. */
export function allowManyListeners(signal: CancelSignal): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}

/** The signal as a real one, for libraries that ask for it. It follows until both are gone: for signals of one piece of work. */
export function abortSignalOf(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const control = new AbortController();
  const follow = () => control.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return control.signal;
}
