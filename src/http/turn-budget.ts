/**
 * Admission control by the event loop. Requests that become readable together are handled in one turn of
 * the loop, so beyond capacity turns grow to as many requests as there are connections, and every client
 * waits for all of them. Here a turn serves for a bounded time; while turns have been longer than that for
 * a while (CoDel's idea of a standing queue, RFC 8289, with a turn for the queue's delay), what is left of
 * a turn is refused at once. Refusing costs a twentieth of serving: at five times the capacity of
 * `stream-distinct` most of the time still goes into answers (docs/performance.md has the figures).
 */

/** Longer turns than the budget are borne this long: a pause for garbage, a burst. */
const PATIENCE_MS = 100;
/** How often the log may say that requests are refused. */
const REPORT_EVERY_MS = 10_000;

export interface TurnBudgetOptions {
  /** Time in which a turn serves, in milliseconds; 0 never refuses. */
  readonly budgetMs: number;
  /** Told every ten seconds at most, with the number of requests refused since the last time. */
  readonly onRefused: (requests: number) => void;
}

export class TurnBudget {
  readonly #budgetMs: number;
  readonly #onRefused: (requests: number) => void;
  /** Negative between turns. */
  #turnStartedAtMs = -1;
  /** Since when turns have been longer than the budget; negative while they are not. */
  #longSinceMs = -1;
  #refused = 0;
  #reportedAtMs = -Infinity;

  constructor(options: TurnBudgetOptions) {
    this.#budgetMs = options.budgetMs;
    this.#onRefused = options.onRefused;
  }

  /**
   * Whether a request that is looked at now should be served. One `setImmediate` a turn tells when it is over.
   * @param nowMs on the clock of `performance.now()`
   */
  admits(nowMs: number): boolean {
    if (this.#budgetMs === 0) return true;
    if (this.#turnStartedAtMs < 0) {
      this.#turnStartedAtMs = nowMs;
      setImmediate(this.#endTurn);
      return true;
    }
    if (nowMs - this.#turnStartedAtMs < this.#budgetMs) return true;
    if (this.#longSinceMs < 0) this.#longSinceMs = nowMs;
    if (nowMs - this.#longSinceMs < PATIENCE_MS) return true;
    this.#refused += 1;
    return false;
  }

  readonly #endTurn = (): void => {
    const nowMs = performance.now();
    if (nowMs - this.#turnStartedAtMs < this.#budgetMs) this.#longSinceMs = -1;
    this.#turnStartedAtMs = -1;
    if (this.#refused === 0 || nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#onRefused(this.#refused);
    this.#reportedAtMs = nowMs;
    this.#refused = 0;
  };
}
