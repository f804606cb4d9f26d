/**
 * Admission control by the event loop. Requests that become readable together are handled in one turn of
 * the loop, so beyond capacity turns grow to as many requests as there are connections, and every client
 * waits for all of them. When turns have been far longer than the budget for a while (CoDel's idea of a
 * standing queue, RFC 8289, with a turn for the queue's delay), a turn serves for its budget and what is
 * left of it is refused at once, until turns are short again. Refusing costs a seventh of the
 * cheapest work that is worth refusing: 20 of 140 µs (`stream-distinct`, docs/decisions/0014-latency.md).
 */

/** A turn is long from this multiple of the budget on: 250 connections that ask for 0.2 ms of work each. */
const LONG_FACTOR = 2.5;
/** Long turns are borne for this time: a pause for garbage, a thousand clients at the same moment. */
const PATIENCE_MS = 300;
/** Of a server that keeps up only one request in so many looks at its turn: telling when a turn is over costs 1.5 µs. */
const LOOK_EVERY_REQUESTS = 16;
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
  /** Since when turns have been long; negative while they are not. */
  #longSinceMs = -1;
  #isOverloaded = false;
  #requestsUnseen = 0;
  #refused = 0;
  #reportedAtMs = -Infinity;

  constructor(options: TurnBudgetOptions) {
    this.#budgetMs = options.budgetMs;
    this.#onRefused = options.onRefused;
  }

  /**
   * Whether a request that is looked at now should be served. A `setImmediate` tells when a turn is over.
   * @param nowMs on the clock of `performance.now()`
   */
  admits(nowMs: number): boolean {
    if (this.#budgetMs === 0) return true;
    if (this.#turnStartedAtMs < 0) {
      if (this.#longSinceMs < 0 && ++this.#requestsUnseen % LOOK_EVERY_REQUESTS !== 0) return true;
      this.#turnStartedAtMs = nowMs;
      setImmediate(this.#endTurn);
      return true;
    }
    const spentMs = nowMs - this.#turnStartedAtMs;
    if (spentMs < this.#budgetMs) return true;
    if (!this.#isOverloaded && !this.#becomesOverloaded(nowMs, spentMs)) return true;
    this.#refused += 1;
    return false;
  }

  #becomesOverloaded(nowMs: number, spentMs: number): boolean {
    if (spentMs < this.#budgetMs * LONG_FACTOR) return false;
    if (this.#longSinceMs < 0) this.#longSinceMs = nowMs;
    this.#isOverloaded = nowMs - this.#longSinceMs >= PATIENCE_MS;
    return this.#isOverloaded;
  }

  readonly #endTurn = (): void => {
    const nowMs = performance.now();
    const longMs = this.#isOverloaded ? this.#budgetMs : this.#budgetMs * LONG_FACTOR;
    if (nowMs - this.#turnStartedAtMs < longMs) {
      this.#longSinceMs = -1;
      this.#isOverloaded = false;
    }
    this.#turnStartedAtMs = -1;
    if (this.#refused === 0 || nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#onRefused(this.#refused);
    this.#reportedAtMs = nowMs;
    this.#refused = 0;
  };
}
