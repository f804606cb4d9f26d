/**
 * A token bucket as one number (GCRA): the time at which it would be full again. `shared-budget.ts` has the same steps
 * as a script of Redis.
 */

export interface BucketRate {
  /** Between two calls in the long run. */
  readonly intervalMs: number;
  /** Calls at once after a pause. */
  readonly burst: number;
}

/** `waitMs`: until the call may start. Only a granted one is paid for. */
export interface Reservation {
  readonly kind: 'granted' | 'busy' | 'paused';
  readonly waitMs: number;
}

export class TokenBucket {
  readonly #rate: BucketRate;
  readonly #now: () => number;
  #fullAtMs = 0;
  #pausedUntilMs = 0;

  constructor(rate: BucketRate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Time left of a pause that the server asked for; 0 without one. */
  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#now());
  }

  /** @param waitMaxMs a later start than this is not granted */
  reserve(waitMaxMs: number): Reservation {
    const nowMs = this.#now();
    const { intervalMs, burst } = this.#rate;
    const fullAtMs = Math.max(this.#fullAtMs, nowMs);
    const pauseMs = this.pausedForMs;
    const waitMs = Math.max(0, pauseMs, fullAtMs - nowMs - (burst - 1) * intervalMs);
    if (pauseMs > waitMaxMs) return { kind: 'paused', waitMs };
    if (waitMs > waitMaxMs) return { kind: 'busy', waitMs };
    // A call that waits for the end of a pause is paid for then: the bucket fills meanwhile.
    this.#fullAtMs = Math.max(fullAtMs, nowMs + pauseMs) + intervalMs;
    return { kind: 'granted', waitMs };
  }

  /** Nobody starts before this time is over. */
  pause(ms: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#now() + ms);
  }
}
