/** At which size one way of doing something becomes cheaper than the other. */

/** What both ways cost at one size, round by round: costs of the same round belong together. */
export interface MeasuredPoint {
  readonly size: number;
  readonly belowUs: readonly number[];
  readonly aboveUs: readonly number[];
}

/** A size; or `always` where the second way wins over all sizes measured, `never` where it loses. */
export type Crossing = number | 'always' | 'never';

/**
 * The size from which the second way (`aboveUs`) is better: the split with the least advantage on the wrong side, then
 * interpolated over logarithms, so that one noisy size does not decide.
 * @param points by rising size
 * @throws RangeError for fewer than two points, sizes that do not rise, and costs that are not above zero
 */
export function findCrossing(points: readonly MeasuredPoint[]): Crossing {
  if (points.length < 2) throw new RangeError('a crossover needs two sizes at least');
  const advantages = points.map(advantage);
  points.forEach(({ size }, at) => {
    if (size <= (points[at - 1]?.size ?? 0)) throw new RangeError(`size ${size} does not rise`);
  });
  const split = bestSplit(advantages);
  if (split === 0) return 'always';
  if (split === points.length) return 'never';
  // At the best split these two have different signs: otherwise a neighbour were better.
  const [lost, won] = [advantages[split - 1] ?? 0, advantages[split] ?? 0];
  const [from, to] = [points[split - 1]?.size ?? 0, points[split]?.size ?? 0];
  const share = won === lost ? 0.5 : -lost / (won - lost);
  return Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)));
}

/** How many of the sizes belong to the first way. Of equal splits the later one: a change of ways must pay. */
function bestSplit(advantages: readonly number[]): number {
  let [best, bestGain, gain] = [0, 0, 0];
  advantages.forEach((value, at) => {
    gain -= value;
    if (gain >= bestGain) [best, bestGain] = [at + 1, gain];
  });
  return best;
}

/** Logarithm of how many times cheaper the second way is: the median over the rounds. */
function advantage({ size, belowUs, aboveUs }: MeasuredPoint): number {
  const ratios = belowUs.map((below, round) => below / (aboveUs[round] ?? Number.NaN));
  const ratio = median(ratios);
  if (!(ratio > 0) || ratio === Infinity)
    throw new RangeError(`the costs at size ${size} are not numbers above zero`);
  return Math.log(ratio);
}

/** The middle value, or the mean of the two in the middle; NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
