/** The percentile curves of several rounds as one: the median round at every percentile, and how far the rounds scatter. */
import type { RoundResult } from '../result.ts';
import { ninesOf } from './scales.ts';
import { spreadAcross, type Spread } from './spread.ts';

export interface CurvePoint {
  readonly percentile: number;
  readonly micros: Spread;
}

type Curve = readonly (readonly [percentile: number, micros: number])[];

/** More points than this say nothing that a chart of this size could show. */
const POINTS_MAX = 120;

export type CurveRound = Pick<RoundResult, 'latency' | 'succeeded'>;

/** Rising percentiles under 100; empty when no round has latencies. */
export function medianCurve(rounds: readonly CurveRound[]): readonly CurvePoint[] {
  const curves = rounds.map(usableCurve);
  const grid = thinned(
    [...new Set(curves.flatMap((curve) => curve.map(([percentile]) => percentile)))].toSorted(
      (a, b) => a - b,
    ),
  );
  return grid.flatMap((percentile) => {
    const micros = spreadAcross(curves.map((curve) => at(curve, percentile)));
    return micros === null ? [] : [{ percentile, micros }];
  });
}

/**
 * Rising, without 100 %, for which the axis has no place, and without percentiles that less than one request
 * lies above: of 2,000 requests the 99.99th is but their slowest. Without a curve the five named points make one.
 */
function usableCurve({ latency, succeeded }: CurveRound): Curve {
  if (latency === null) return [];
  const { curve, p50, p90, p95, p99, p999 } = latency;
  const points =
    curve.length > 0
      ? curve
      : ([
          [50, p50],
          [90, p90],
          [95, p95],
          [99, p99],
          [99.9, p999],
        ] as const);
  const isTold = (percentile: number) =>
    percentile < 100 && succeeded * (1 - percentile / 100) > 1 - 1e-9;
  return points.filter(([percentile]) => isTold(percentile)).toSorted((a, b) => a[0] - b[0]);
}

/** Between two points along the axis that the chart has; null beyond the ends. */
function at(curve: Curve, percentile: number): number | null {
  const after = curve.findIndex(([known]) => known >= percentile);
  const next = curve[after];
  if (next === undefined) return null;
  if (next[0] === percentile) return next[1];
  const before = curve[after - 1];
  if (before === undefined) return null;
  const [from, to] = [ninesOf(before[0]), ninesOf(next[0])];
  const share = to > from ? (ninesOf(percentile) - from) / (to - from) : 1;
  return before[1] + (next[1] - before[1]) * share;
}

function thinned(grid: readonly number[]): readonly number[] {
  if (grid.length <= POINTS_MAX) return grid;
  const last = grid.length - 1;
  return Array.from(
    { length: POINTS_MAX },
    (_, index) => grid[Math.round((index / (POINTS_MAX - 1)) * last)] ?? 0,
  );
}
