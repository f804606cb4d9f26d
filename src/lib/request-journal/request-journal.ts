/** Requests of this process: sums for each row, the newest ones, and what those did that had to wait. All of it is bounded. */
import type { RequestTrace, TraceStep } from '../trace/request-trace.ts';
import { RouteJournal, type RouteDelta } from './route-journal.ts';

/** What is read of a request once it is answered. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly clientAddress: string;
  /** On the clock of `performance.now()`. */
  readonly startedAtMs: number;
  /** Bits of the tiers that it touched. */
  readonly tiers: number;
  /** Of a request that had to wait. */
  readonly trace: RequestTrace | null;
}

export interface JournalEntry {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly tookMs: number;
  readonly atMs: number;
  readonly tiers: number;
  readonly steps: readonly TraceStep[];
  readonly stepsDropped: number;
}

export interface JournalDelta {
  /** When these requests began to be gathered. */
  readonly sinceMs: number;
  readonly routes: readonly RouteDelta[];
  /** The newest ones, the oldest of them first. */
  readonly entries: readonly JournalEntry[];
}

/** Newest requests that are kept. */
export const ENTRIES_MAX = 1000;
/**
 * Addresses that are read between two calls of `take`: reading one costs 1 to 2 µs, a repeated answer takes 11. At
 * 800 requests a second visitors are counted exactly, beyond it those of the first requests of each interval.
 */
const ADDRESSES_MAX = 4000;

export class RequestJournal {
  readonly #rows = new Map<string, RouteJournal>();
  readonly #ids: string[] = Array.from({ length: ENTRIES_MAX }, () => '');
  readonly #entryRows: (RouteJournal | undefined)[] = Array.from({ length: ENTRIES_MAX });
  readonly #traces: (RequestTrace | null)[] = Array.from({ length: ENTRIES_MAX }, () => null);
  readonly #startedAtMs = new Float64Array(ENTRIES_MAX);
  readonly #tookMs = new Float64Array(ENTRIES_MAX);
  readonly #statuses = new Uint16Array(ENTRIES_MAX);
  readonly #tiers = new Uint8Array(ENTRIES_MAX);
  #answered = 0;
  #taken = 0;
  #sinceMs = Date.now();
  #addressesLeft = ADDRESSES_MAX;

  /** The same one for a row that is bound twice. */
  row(method: string, route: string): RouteJournal {
    const key = `${method} ${route}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = new RouteJournal(method, route);
    this.#rows.set(key, row);
    return row;
  }

  answered(row: RouteJournal, request: AnsweredRequest, status: number, tookMs: number): void {
    row.answered(status, tookMs);
    const at = this.#answered++ % ENTRIES_MAX;
    this.#ids[at] = request.requestId;
    this.#entryRows[at] = row;
    this.#traces[at] = request.trace;
    this.#startedAtMs[at] = request.startedAtMs;
    this.#tookMs[at] = tookMs;
    this.#statuses[at] = status;
    this.#tiers[at] = request.tiers;
    if (this.#addressesLeft === 0) return;
    this.#addressesLeft--;
    row.visitedBy(request.clientAddress);
  }

  /** The newest request with this id. */
  find(requestId: string): JournalEntry | undefined {
    const oldest = Math.max(0, this.#answered - ENTRIES_MAX);
    for (let number = this.#answered - 1; number >= oldest; number--)
      if (this.#ids[number % ENTRIES_MAX] === requestId) return this.#entry(number);
    return undefined;
  }

  /** What happened since the last call. @param hash of a visitor's address */
  take(hash: (address: string) => string): JournalDelta {
    const nowMs = Date.now();
    const first = Math.max(this.#taken, this.#answered - ENTRIES_MAX);
    const entries = Array.from({ length: this.#answered - first }, (_, index) =>
      this.#entry(first + index),
    ).filter((entry) => entry !== undefined);
    const routes = [...this.#rows.values()]
      .map((row) => row.take(hash, nowMs))
      .filter((delta) => delta !== null);
    const delta = { sinceMs: this.#sinceMs, routes, entries };
    this.#taken = this.#answered;
    this.#sinceMs = nowMs;
    this.#addressesLeft = ADDRESSES_MAX;
    return delta;
  }

  #entry(number: number): JournalEntry | undefined {
    const at = number % ENTRIES_MAX;
    const row = this.#entryRows[at];
    if (row === undefined) return undefined;
    const trace = this.#traces[at];
    return {
      requestId: this.#ids[at] ?? '',
      method: row.method,
      route: row.route,
      status: this.#statuses[at] ?? 0,
      tookMs: this.#tookMs[at] ?? 0,
      atMs: Math.round(performance.timeOrigin + (this.#startedAtMs[at] ?? 0)),
      tiers: this.#tiers[at] ?? 0,
      steps: trace?.steps ?? [],
      stepsDropped: trace?.stepsDropped ?? 0,
    };
  }
}
