/**
 * The bootstrap interval of a median. Which of the n values of a sample a resampled median falls on has a closed
 * form (how many of n draws are among the k lowest is binomial), so nothing is drawn: the same rounds always
 * give the same interval. With few values the percentile bootstrap of a median promises up to one rank more than it
 * holds; each bound is then moved outward to the rank that holds the level whatever the distribution (docs/gate.md).
 */

export interface MedianInterval {
  readonly median: number;
  /** −Infinity while there are too few values for such a small tail. */
  readonly lower: number;
  readonly upper: number;
}

/** @param lowerTail share of intervals that may lie above the true median: 0.025; `upperTail` below it */
export function medianInterval(
  values: readonly number[],
  lowerTail: number,
  upperTail: number,
): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: medianOf(sorted),
    lower: sorted[boundRank(sorted.length, lowerTail) - 1] ?? -Infinity,
    upper: sorted[sorted.length - boundRank(sorted.length, upperTail)] ?? Infinity,
  };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Which value from either end bounds the interval: 1 is the outermost, 0 means that no value is far enough out. */
function boundRank(count: number, tail: number): number {
  let rank = bootstrapRank(count, tail);
  // The true median lies below the k-th value when fewer than k of the values are below the median.
  while (rank > 0 && 1 - binomialAtLeast(count, 0.5, rank) > tail) rank -= 1;
  return rank;
}

/** The percentile bootstrap's: the lowest value with at least `tail` of the resampled medians at or below it. */
function bootstrapRank(count: number, tail: number): number {
  const half = Math.ceil(count / 2);
  for (let rank = 1; rank <= half; rank += 1) {
    if (binomialAtLeast(count, rank / count, half) >= tail) return rank;
  }
  return 0;
}

/** Probability of `atLeast` or more successes in `count` trials. */
function binomialAtLeast(count: number, probability: number, atLeast: number): number {
  let term = (1 - probability) ** count;
  let below = 0;
  for (let successes = 0; successes < atLeast; successes += 1) {
    below += term;
    term *= ((count - successes) / (successes + 1)) * (probability / (1 - probability));
  }
  return Math.max(0, 1 - below);
}
