/**
 * Admission control by the event loop. Requests that become readable together are handled in one turn of
 * the loop, so beyond capacity turns grow to as many requests as there are connections, and every client
 * waits for all of them. When turns have been far longer than the budget for a while (CoDel's idea of a
 * standing queue, RFC 8289, with a turn for the queue's delay), a turn serves for its budget and what is
 * left of it is refused at once, until no turn would have been long for a while, had everybody been served. Refusing costs a
 * tenth of the cheapest work that is worth refusing: 13 of 130 µs (`stream-distinct`, docs/decisions/0014-latency.md).
 */

/** A turn is long from this multiple of the budget on: 250 connections that ask for 0.2 ms of work each. */
const LONG_FACTOR = 5;
/** Long turns are borne for this time: a pause for garbage, a thousand clients at the same moment. */
const PATIENCE_MS = 300;
/** Refusing ends when no turn has been long for this time. */
const CALM_MS = 500;
/**
 * For this time after that a long turn is not borne again. Patience anew let in 10,000 requests at 36,000 a second, every
 * second or two, and p95 of refusals was 490 ms.
 */
const WARY_MS = 5000;
/** Of a server that keeps up only one request in so many looks at its turn: telling when a turn is over costs 1.5 µs. */
const LOOK_EVERY_REQUESTS = 16;
/** How often the log may say that requests are refused. */
const REPORT_EVERY_MS = 10_000;

export interface TurnBudgetOptions {
  /** Time in which a turn serves, in milliseconds; 0 never refuses. */
  readonly budgetMs: number;
  /** Told every ten seconds at most, with the number of requests refused since the last time. */
  readonly onRefused: (requests: number) => void;
  /** The clock that callers of `admits` read; `performance.now` when absent. */
  readonly now?: () => number;
}

export class TurnBudget {
  readonly #budgetMs: number;
  readonly #longMs: number;
  readonly #onRefused: (requests: number) => void;
  readonly #now: () => number;
  /** Negative between turns. */
  #turnStartedAtMs = -1;
  #servedInTurn = 0;
  #refusedInTurn = 0;
  /** What this turn's served requests took, once one is refused. */
  #servedForMs = 0;
  /** Since when turns have been long; negative while they are not. */
  #longSinceMs = -1;
  #isOverloaded = false;
  /** When the server was last seen beyond its capacity: the end of a long turn that was cut, a refusal by a handler. */
  #overloadedAtMs = -Infinity;
  #requestsUnseen = 0;
  #refused = 0;
  #reportedAtMs = -Infinity;

  constructor(options: TurnBudgetOptions) {
    this.#budgetMs = options.budgetMs;
    this.#longMs = options.budgetMs * LONG_FACTOR;
    this.#onRefused = options.onRefused;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Whether a request that is looked at now should be served. A `setImmediate` tells when a turn is over.
   * @param nowMs on the clock of the options
   */
  admits(nowMs: number): boolean {
    if (this.#budgetMs === 0) return true;
    if (this.#turnStartedAtMs < 0) {
      if (this.#longSinceMs < 0 && ++this.#requestsUnseen % LOOK_EVERY_REQUESTS !== 0) return true;
      this.#turnStartedAtMs = nowMs;
      this.#servedInTurn = 0;
      this.#refusedInTurn = 0;
      setImmediate(this.#endTurn);
    }
    const spentMs = nowMs - this.#turnStartedAtMs;
    if (spentMs < this.#budgetMs || !(this.#isOverloaded || this.#becomesOverloaded(nowMs, spentMs))) {
      this.#servedInTurn += 1;
      return true;
    }
    if (this.#refusedInTurn === 0) this.#servedForMs = spentMs;
    this.#refusedInTurn += 1;
    return false;
  }

  /**
   * A handler refused a request for want of capacity: the server is beyond it although its turns are short, so a long one is not
   * borne. A collection of 50 ms let in 0.3 s of requests at 16,000 a second, and each of 2,000 clients waited for all of them.
   */
  refusedByHandler(nowMs: number): void {
    this.#overloadedAtMs = nowMs;
  }

  #becomesOverloaded(nowMs: number, spentMs: number): boolean {
    if (spentMs < this.#longMs) return false;
    if (this.#longSinceMs < 0) this.#longSinceMs = nowMs;
    const isWary = nowMs - this.#overloadedAtMs < WARY_MS;
    this.#isOverloaded = isWary || nowMs - this.#longSinceMs >= PATIENCE_MS;
    if (this.#isOverloaded) this.#overloadedAtMs = nowMs;
    return this.#isOverloaded;
  }

  readonly #endTurn = (): void => {
    const nowMs = this.#now();
    const isLong = this.#wholeTurnMs(nowMs) >= this.#longMs;
    if (this.#isOverloaded) {
      if (isLong) this.#overloadedAtMs = nowMs;
      this.#isOverloaded = nowMs - this.#overloadedAtMs < CALM_MS;
    }
    if (!this.#isOverloaded && !isLong) this.#longSinceMs = -1;
    this.#turnStartedAtMs = -1;
    this.#report(nowMs);
  };

  /** As if those that were refused had been served, too, and taken as long as the others. */
  #wholeTurnMs(nowMs: number): number {
    if (this.#refusedInTurn === 0) return nowMs - this.#turnStartedAtMs;
    return this.#servedForMs * (1 + this.#refusedInTurn / this.#servedInTurn);
  }

  #report(nowMs: number): void {
    this.#refused += this.#refusedInTurn;
    if (this.#refused === 0 || nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#onRefused(this.#refused);
    this.#reportedAtMs = nowMs;
    this.#refused = 0;
  }
}
