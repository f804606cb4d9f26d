/** Waiting under a signal, as every wait in this folder does. */
import { AppError } from '../errors.ts';
import { CancelController } from './cancel.ts';

/** Settles with `promise` or rejects with the signal's reason, whichever is first. */
export function orCancelled<R>(promise: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then((value) => {
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    }, (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    });
  });
}

/** What a waiter gets whose signal aborted: the reason when it is ours, else a coded error. */
export function waitFailure(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  return timedOut
    ? new AppError('cache.wait-timeout', 'The answer took too long; try again', { cause: reason })
    : new AppError('request.cancelled', 'The request was cancelled', { cause: reason });
}

/**
 * A signal that aborts after `timeoutMs` or with its parent, and lets go of both when disposed.
 * `AbortSignal.any` of a signal that lives as long as the process would keep an entry for each use.
 */
export class Deadline implements Disposable {
  readonly #control = new CancelController();
  readonly #parent: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.#control.abort(this.#parent.reason);

  constructor(timeoutMs: number, parent: AbortSignal) {
    this.#parent = parent;
    this.#timer = setTimeout(() => {
      this.#control.abort(new AppError('cache.wait-timeout', `Not done within ${timeoutMs} ms`));
    }, timeoutMs);
    if (parent.aborted) this.#onAbort();
    else parent.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#onAbort);
  }
}
