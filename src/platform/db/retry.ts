/** Repeats idempotent reads within one total deadline. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { isRepeatable } from './failure.ts';

export interface RetryOptions {
  /** Total time of all attempts and sleeps in milliseconds; the first attempt has its own limit only. */
  readonly deadlineMs: number;
  readonly signal: CancelSignal;
  /** Uniform in [0, 1); tests pass their own. */
  readonly random?: () => number;
}

const SLEEP_MS_FIRST = 25;
const SLEEP_MS_MAX = 2000;

/**
 * Milliseconds to sleep before attempt number `attempt` (1 is the first repetition): doubling from 25
 * to 2,000 ms, a random half of it as jitter, never more than what is left. Undefined: give up.
 */
export function sleepBeforeMs(
  attempt: number,
  leftMs: number,
  random: () => number,
): number | undefined {
  if (leftMs <= 0) return undefined;
  const ceilingMs = Math.min(SLEEP_MS_MAX, SLEEP_MS_FIRST * 2 ** (attempt - 1));
  return Math.min(leftMs, ceilingMs * (0.5 + random() / 2));
}

/**
 * Runs `attempt` until it succeeds, fails with something that repeating does not cure, or the deadline has passed; then
 * rejects with the last error, or with the signal's reason when that aborts during a sleep.
 * @param attempt gets the milliseconds that are left of the deadline, `Infinity` the first time.
 */
export async function withRetries<T>(
  options: RetryOptions,
  attempt: (leftMs: number) => Promise<T>,
): Promise<T> {
  const random = options.random ?? Math.random;
  const endsAt = performance.now() + options.deadlineMs;
  let leftMs = Infinity;
  let cause: unknown;
  for (let repetition = 1; ; repetition += 1) {
    try {
      return await attempt(leftMs);
    } catch (error) {
      if (!isRepeatable(error)) throw isCutShort(error, cause) ? cause : error;
      cause = error;
      const sleepMs = sleepBeforeMs(repetition, endsAt - performance.now(), random);
      if (sleepMs === undefined) throw error;
      await sleep(sleepMs, options.signal);
      leftMs = endsAt - performance.now();
      if (leftMs <= 0) throw error;
    }
  }
}

/** A repetition had only the rest of the deadline: what stopped the attempt before it says more. */
function isCutShort(error: unknown, cause: unknown): boolean {
  return cause !== undefined && error instanceof AppError && error.code === 'database.timeout';
}
