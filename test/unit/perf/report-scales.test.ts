/** Protects the axes: every figure has a place on them, labels rise, are round and are few enough to be read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { medianCurve, type CurveRound } from '../../../perf/report/percentiles.ts';
import {
  linearScale,
  logMicrosScale,
  ninesOf,
  percentileScale,
  rangeScale,
  ratioScale,
  secondsScale,
  type Scale,
} from '../../../perf/report/scales.ts';

const quantity = fc.oneof(
  fc.constantFrom(0, 5e-324, 1e-7, 1, 999.9, 1e15),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.double({ min: 0, max: 10, noNaN: true }),
);
const labels = ({ ticks }: Scale) => ticks.map(({ label }) => label);

function isSound({ shareOf, ticks }: Scale, values: readonly number[], ticksMax: number): boolean {
  const shares = values.map((value) => shareOf(value));
  const places = ticks.map(({ value }) => shareOf(value));
  return (
    shares.every((share) => share >= 0 && share <= 1) &&
    ticks.length >= 1 &&
    ticks.length <= ticksMax &&
    new Set(ticks.map(({ label }) => label)).size === ticks.length &&
    places.every((place) => place >= 0 && place <= 1)
  );
}

test('any figure has a place, and an axis has a few different labels', () => {
  fc.assert(
    fc.property(fc.array(quantity, { minLength: 1, maxLength: 5 }), (values) => {
      const max = Math.max(...values);
      assert.ok(isSound(linearScale(max, 'micros'), values, 7), 'linear');
      assert.ok(isSound(rangeScale(Math.min(...values), max, 'bytes'), values, 9), 'range');
      assert.ok(isSound(secondsScale(max), values, 7), 'seconds');
      assert.ok(isSound(logMicrosScale(values), values, 9), 'logarithmic');
      assert.ok(isSound(ratioScale(values), values, 9), 'ratios');
      assert.ok(
        isSound(
          percentileScale(Math.min(100, max)),
          values.map((value) => Math.min(100, value)),
          7,
        ),
        'percentiles',
      );
    }),
    { numRuns: 1000 },
  );
});

test('labels are round and carry the unit that fits', () => {
  assert.deepEqual(labels(linearScale(21_500, 'rate')), [
    '0',
    '5,000',
    '10,000',
    '15,000',
    '20,000',
    '25,000',
  ]);
  assert.deepEqual(
    [labels(linearScale(5600, 'micros')), linearScale(5600, 'micros').unit],
    [['0', '2', '4', '6'], 'ms'],
  );
  assert.deepEqual(labels(logMicrosScale([680, 5700])), [
    '500 µs',
    '1 ms',
    '2 ms',
    '5 ms',
    '10 ms',
  ]);
  assert.deepEqual(labels(percentileScale(99.99)), ['50', '90', '99', '99.9', '99.99']);
  assert.deepEqual(labels(secondsScale(600)), ['0', '200', '400', '600']);
});

test('each further nine of a percentile is a step of equal length', () => {
  const { shareOf } = percentileScale(99.99);
  for (const [index, percentile] of [0, 90, 99, 99.9, 99.99].entries())
    assert.ok(Math.abs(shareOf(percentile) - index / 4) < 1e-6);
  assert.equal(ninesOf(100), 6);
});

test('curves of several rounds become one: the median, with the scatter, where every round has something', () => {
  const round = (curve: [number, number][], succeeded = 100_000): CurveRound => ({
    latency: { p50: 10, p90: 20, p95: 25, p99: 30, p999: 40, max: 50, curve },
    succeeded,
  });
  const none: CurveRound = { latency: null, succeeded: 0 };
  const curve = medianCurve([
    round([
      [50, 10],
      [90, 100],
      [100, 500],
    ]),
    none,
    round([
      [50, 30],
      [90, 300],
    ]),
    round([
      [50, 20],
      [90, 200],
    ]),
  ]);
  const points = curve.map(({ percentile, micros }) => [
    percentile,
    micros.min,
    micros.median,
    micros.max,
  ]);
  assert.deepEqual(points, [
    [50, 10, 20, 30],
    [90, 100, 200, 300],
  ]);
  const named = medianCurve([round([])]).map(({ percentile, micros }) => [
    percentile,
    micros.median,
  ]);
  assert.deepEqual(named, [
    [50, 10],
    [90, 20],
    [95, 25],
    [99, 30],
    [99.9, 40],
  ]);
  const between = medianCurve([
    round([
      [0, 0],
      [99, 200],
    ]),
    round([[90, 50]]),
  ]);
  const { max = 0, min } = between.find(({ percentile }) => percentile === 90)?.micros ?? {};
  assert.deepEqual([min, Math.round(max)], [50, 100]);
  assert.deepEqual(medianCurve([]), []);
  const few = medianCurve([
    round(
      [
        [50, 10],
        [90, 20],
        [99, 30],
        [99.9, 40],
        [99.99, 40],
      ],
      1000,
    ),
  ]);
  assert.deepEqual(
    few.map(({ percentile }) => percentile),
    [50, 90, 99, 99.9],
    'of 1,000 requests none lies above the 99.99th percentile',
  );
});
