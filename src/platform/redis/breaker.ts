/** A circuit breaker: a sick Redis is asked once in a while instead of by every request. */

export interface BreakerOptions {
  /** Failures in a row that open the breaker. */
  readonly failuresMax: number;
  readonly openFirstMs: number;
  readonly openMaxMs: number;
}

/** Breakers of Redis clients: five failures, then 250 ms, doubling up to 5 s. */
export const REDIS_BREAKER: BreakerOptions = { failuresMax: 5, openFirstMs: 250, openMaxMs: 5000 };

export class Breaker {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  #failuresInRow = 0;
  #openMs = 0;
  #openUntilMs = 0;
  #timesOpened = 0;

  constructor(options: BreakerOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#openMs > 0;
  }

  get timesOpened(): number {
    return this.#timesOpened;
  }

  /**
   * Whether a call may be made now. After the open time exactly one caller is let through as a
   * probe; the next open time, doubled, starts with it, so that a failed probe needs no bookkeeping.
   */
  allows(): boolean {
    if (this.#openMs === 0) return true;
    if (this.#now() < this.#openUntilMs) return false;
    this.#openFor(Math.min(this.#openMs * 2, this.#options.openMaxMs));
    return true;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    this.#openMs = 0;
  }

  /** Counts a failure; true when this one opened the breaker. */
  failed(): boolean {
    this.#failuresInRow++;
    if (this.#openMs > 0 || this.#failuresInRow < this.#options.failuresMax) return false;
    this.#openFor(this.#options.openFirstMs);
    this.#timesOpened++;
    return true;
  }

  #openFor(ms: number): void {
    this.#openMs = ms;
    this.#openUntilMs = this.#now() + ms;
  }
}
