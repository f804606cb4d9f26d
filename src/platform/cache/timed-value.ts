/** A decoded value with its times, and the rules for how long it may be served. */

export interface TimedValue<T> {
  /** Null: the origin had nothing. */
  readonly value: T | null;
  readonly freshUntilMs: number;
  readonly expiresAtMs: number;
  /** Negative answers in a row, this one included; 0 for a value. */
  readonly negativeCount: number;
}

export interface Lifetimes {
  readonly freshMs: number;
  /** Served stale for this long after `freshMs`, while it is refreshed behind. */
  readonly staleMs: number;
  /** TTL of the n-th negative answer in a row: first × growth^(n−1), at most max. */
  readonly negativeMs: { readonly first: number; readonly max: number; readonly growth: number };
}

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;

/** Unknown ids: 5 s at first, then longer while they stay unknown; an import of theirs invalidates them at once. */
const NEGATIVE = { first: 5 * SECOND_MS, max: 300 * SECOND_MS, growth: 2 };

/** What features mostly want: fresh for as long as the operator says, then served stale for a day. */
export function staleForADay(freshSeconds: number): Lifetimes {
  return { freshMs: freshSeconds * SECOND_MS, staleMs: DAY_MS, negativeMs: NEGATIVE };
}

/** Up to a tenth shorter at random: entries that were loaded together do not expire together. */
const JITTER = 0.1;
const NEGATIVE_COUNT_MAX = 255;

/**
 * Times for an answer of the origin, given how many negative answers came before it.
 * @param freshMs of this value where it is kept for less than the others (`CacheCodec.freshForMs`)
 */
export function timed<T>(
  value: T | null,
  negativesBefore: number,
  lifetimes: Lifetimes,
  freshMs: number = lifetimes.freshMs,
): TimedValue<T> {
  const nowMs = Date.now();
  const jitter = 1 - JITTER * Math.random();
  if (value !== null) {
    const freshUntilMs = nowMs + Math.min(freshMs, lifetimes.freshMs) * jitter;
    return { value, freshUntilMs, expiresAtMs: freshUntilMs + lifetimes.staleMs, negativeCount: 0 };
  }
  const { first, max, growth } = lifetimes.negativeMs;
  const negativeCount = Math.min(negativesBefore + 1, NEGATIVE_COUNT_MAX);
  const freshUntilMs = nowMs + Math.min(first * growth ** (negativeCount - 1), max) * jitter;
  // Kept for longer than it is served, so that the next negative answer finds the count.
  return { value: null, freshUntilMs, expiresAtMs: freshUntilMs + max, negativeCount };
}

/** Until when it may be served. A negative answer never is when stale: new titles must show up. */
export function servableUntilMs(entry: TimedValue<unknown>): number {
  return entry.negativeCount > 0 ? entry.freshUntilMs : entry.expiresAtMs;
}
