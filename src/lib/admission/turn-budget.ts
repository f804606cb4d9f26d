/**
 * Admission control by the event loop: requests that become readable together are handled in one turn. In an overload
 * (`overload-watch.ts`) a turn serves for its budget and refuses the rest at once (docs/overload.md).
 */
import { OverloadWatch } from './overload-watch.ts';

/** A turn is long from this multiple of the budget on: 500 connections that ask for 0.1 ms of work each. */
const LONG_FACTOR = 16;
/**
 * After refusing for so many budgets a new turn begins, whether the loop has turned or not: libuv looks 48 times for
 * 1,024 more sockets before it turns (docs/overload.md).
 */
const REFUSING_FACTOR = 16;
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
  readonly #refusingMs: number;
  readonly #watch: OverloadWatch;
  readonly #onRefused: (requests: number) => void;
  readonly #now: () => number;
  /** Negative between turns. */
  #turnStartedAtMs = -1;
  #isLoopWatched = false;
  #servedInTurn = 0;
  #refusedInTurn = 0;
  /** What this turn's served requests took, once one is refused. */
  #servedForMs = 0;
  #requestsUnseen = 0;
  #refused = 0;
  #reportedAtMs = -Infinity;

  constructor(options: TurnBudgetOptions) {
    this.#budgetMs = options.budgetMs;
    this.#refusingMs = options.budgetMs * REFUSING_FACTOR;
    this.#watch = new OverloadWatch(options.budgetMs * LONG_FACTOR);
    this.#onRefused = options.onRefused;
    this.#now = options.now ?? (() => performance.now());
  }

  get isOverloaded(): boolean {
    return this.#watch.isOverloaded;
  }

  /**
   * Whether a request that is looked at now should be served. A `setImmediate` tells when a turn is over.
   * @param nowMs on the clock of the options
   * @param budgets how late in the turn it may come
   */
  admits(nowMs: number, budgets = 1): boolean {
    if (this.#budgetMs === 0) return true;
    if (this.#turnStartedAtMs < 0) {
      if (!this.#watch.isAlert && ++this.#requestsUnseen % LOOK_EVERY_REQUESTS !== 0) return true;
      this.#beginTurn(nowMs);
    }
    const spentMs = nowMs - this.#turnStartedAtMs;
    if (spentMs < this.#budgetMs * budgets || !this.#watch.turnGoesOn(nowMs, spentMs)) {
      this.#servedInTurn += 1;
      return true;
    }
    return !this.#refuses(nowMs, spentMs);
  }

  /**
   * A handler refused a request for want of capacity: the server is beyond it although its turns are short, so a long one is not
   * borne. A collection of 50 ms let in 0.3 s of requests at 16,000 a second, and each of 2,000 clients waited for all of them.
   */
  refusedByHandler(nowMs: number): void {
    this.#watch.refusedByHandler(nowMs);
  }

  #refuses(nowMs: number, spentMs: number): boolean {
    if (this.#refusedInTurn === 0) this.#servedForMs = spentMs;
    if (spentMs - this.#servedForMs < this.#refusingMs) {
      this.#refusedInTurn += 1;
      return true;
    }
    this.#endTurn(nowMs);
    this.#beginTurn(nowMs);
    this.#servedInTurn = 1;
    return false;
  }

  #beginTurn(nowMs: number): void {
    this.#watch.turnBegins(nowMs);
    this.#turnStartedAtMs = nowMs;
    this.#servedInTurn = 0;
    this.#refusedInTurn = 0;
    if (this.#isLoopWatched) return;
    this.#isLoopWatched = true;
    setImmediate(this.#onLoopTurned);
  }

  readonly #onLoopTurned = (): void => {
    this.#isLoopWatched = false;
    this.#endTurn(this.#now());
  };

  #endTurn(nowMs: number): void {
    this.#watch.turnEnded(nowMs, this.#wholeTurnMs(nowMs));
    this.#turnStartedAtMs = -1;
    this.#report(nowMs);
  }

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
