/** Waits that end with their signal: for somebody's call, a promise, a time or a condition. */
import { AppError } from '../errors.ts';
import { NEVER_CANCELLED, type CancelSignal } from './cancel.ts';

type Settle<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void;

/**
 * A promise for which `start` may give both ways to settle it to others. It rejects when the signal aborts, with
 * what `failure` makes of it; what `start` returned is called once, before the promise settles.
 */
export function cancellable<T>(
  signal: CancelSignal,
  start: Settle<T>,
  failure: (signal: CancelSignal) => unknown = reasonOf,
): Promise<T> {
  if (signal.aborted) return Promise.reject(failure(signal));
  return new Promise<T>((resolve, reject) => {
    let isOver = false;
    let leave: (() => void) | null = null;
    const finish = (): boolean => {
      if (isOver) return false;
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      leave?.();
      return true;
    };
    const onAbort = () => {
      if (finish()) reject(failure(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    leave = start(
      (value) => {
        if (finish()) resolve(value);
      },
      (error) => {
        if (finish()) reject(error);
      },
    );
    if (isOver) leave();
  });
}

/** Settles with `promise` or rejects with the signal's reason, whichever is first. */
export function orCancelled<R>(promise: Promise<R>, signal: CancelSignal): Promise<R> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
}

/**
 * Resolves after `ms` milliseconds; rejects with the signal's reason.
 * @param options `ref: false`: the sleep alone keeps no process alive
 */
export function sleep(
  ms: number,
  signal: CancelSignal = NEVER_CANCELLED,
  options?: { readonly ref: boolean },
): Promise<void> {
  return cancellable(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    if (options?.ref === false) timer.unref();
    return () => clearTimeout(timer);
  });
}

/** Resolves when the signal aborts. */
export async function untilCancelled(signal: CancelSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

/** True when `work` settles within `timeoutMs`; it may go on after that. */
export function settledWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      resolve(true);
    };
    work.then(settle, settle);
  });
}

export interface PollOptions {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** Looks at once and then every `everyMs`. True as soon as `isDone` is, false when it is not within `timeoutMs`. */
export async function poll(
  isDone: () => boolean | Promise<boolean>,
  { everyMs, timeoutMs }: PollOptions,
): Promise<boolean> {
  const endsAtMs = performance.now() + timeoutMs;
  while (!(await isDone())) {
    const leftMs = endsAtMs - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(everyMs, leftMs));
  }
  return true;
}

/** What a waiter gets whose signal aborted: the reason when it is ours, else a coded error. */
export function waitFailure(signal: CancelSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  return timedOut
    ? new AppError('cache.wait-timeout', 'The answer took too long; try again', { cause: reason })
    : new AppError('request.cancelled', 'The request was cancelled', { cause: reason });
}

function reasonOf(signal: CancelSignal): unknown {
  return signal.reason;
}
