/** One figure of B against the same figure of A: the ratio, and whether it lies beyond what the rounds scatter. */
import type { Figure } from './figures.ts';
import type { Spread } from './spread.ts';

/**
 * `unknown`: too few rounds to know the scatter. `unequal`: they were not asked for the same. `none`: a figure that is neither good nor
 * bad, or a ratio to nothing.
 */
export type Verdict = 'better' | 'worse' | 'within' | 'unknown' | 'unequal' | 'none';

export interface Comparison {
  /** B by A, of the medians; null when A is 0. */
  readonly ratio: number | null;
  /** The farthest that single rounds of both lie apart. */
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: Verdict;
}

/** Of fewer rounds the ranges lie apart by chance too often: 1 time of 3 with 2 rounds each, 1 of 10 with 3, 1 of 126 with 5. */
const ROUNDS_MIN = 3;
/** Shown as 0. */
const LEAST = 1e-6;
/** A steady figure may differ by less than anyone cares about. */
const RATIO_STEP_MIN = 0.01;

/** The medians' ratio; better or worse only when no round of one lies in the range of the other. */
export function compare(a: Spread, b: Spread, better: Figure['better']): Comparison {
  const ratio = quotient(b.median, a.median);
  return {
    ratio,
    low: quotient(b.min, a.max),
    high: quotient(b.max, a.min),
    verdict: verdictOf(a, b, ratio, better),
  };
}

/** How many times better `own` does than `other`: above 1 is in its favour, whichever direction of the figure is better. */
export function advantage(own: Spread, other: Spread, better: 'higher' | 'lower'): Comparison {
  return better === 'higher' ? compare(other, own, 'higher') : compare(own, other, 'higher');
}

function verdictOf(a: Spread, b: Spread, ratio: number | null, better: Figure['better']): Verdict {
  if (better === 'neither') return 'none';
  if (ratio === null && b.median === 0) return 'none';
  if (Math.min(a.count, b.count) < ROUNDS_MIN) return 'unknown';
  const isApart = b.min > a.max || b.max < a.min;
  if (!isApart || (ratio !== null && Math.abs(ratio - 1) < RATIO_STEP_MIN)) return 'within';
  return b.median > a.median === (better === 'higher') ? 'better' : 'worse';
}

function quotient(value: number, by: number): number | null {
  return by < LEAST ? null : value / by;
}
