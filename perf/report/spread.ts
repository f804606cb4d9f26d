/** A figure over the rounds of a phase: its middle and how far the rounds lie apart. */
import { median } from '../harness/statistics.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many rounds told the figure. */
  readonly count: number;
}

/** Rounds that did not tell the figure are left out; null when none did. */
export function spreadAcross(rounds: readonly (number | null)[]): Spread | null {
  const told = rounds.filter((value) => value !== null);
  const [first] = told;
  if (first === undefined) return null;
  const min = told.reduce((least, value) => Math.min(least, value), first);
  const max = told.reduce((most, value) => Math.max(most, value), first);
  return { median: median(told), min, max, count: told.length };
}
