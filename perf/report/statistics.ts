/** The middle of a few rounds and how far they lie apart. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many rounds told the figure. */
  readonly count: number;
}

/** Of an even number: the mean of the two in the middle. Null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Rounds that did not tell the figure are left out; null when none did. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const told = values.filter((value) => value !== null);
  const middle = median(told);
  if (middle === null) return null;
  const min = told.reduce((least, value) => Math.min(least, value), Infinity);
  const max = told.reduce((most, value) => Math.max(most, value), -Infinity);
  return { median: middle, min, max, count: told.length };
}
