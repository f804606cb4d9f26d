/** Percentiles of a few values, interpolated between the two nearest ranks. */

/** Null without values. @param percents 0 to 100 */
export function percentilesOf<P extends number>(
  values: readonly number[],
  percents: readonly P[],
): ReadonlyMap<P, number> | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  return new Map(percents.map((percent) => [percent, valueAt(sorted, percent)]));
}

function valueAt(sorted: readonly number[], percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank % 1);
}
