/** Protects the crossovers: where two ways cost the same, on rows that are clean, noisy, or never cross. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findCrossing, median, type MeasuredPoint } from '../../../native-bench/crossover.ts';

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128].map((kib) => kib * 1024);

/** The first way costs its size in some unit, the second one a fixed price and a part of it: they meet at `meetAt`. */
function twoWays(meetAt: number, sizes: readonly number[] = SIZES): MeasuredPoint[] {
  return sizes.map((size) => ({ size, belowUs: [size], aboveUs: [meetAt / 2 + size / 2] }));
}

test('the crossover lies between the two sizes where the sign changes, near where the costs meet', () => {
  const crossing = findCrossing(twoWays(11_000));
  assert.equal(typeof crossing, 'number');
  assert.ok(Number(crossing) > 8192 && Number(crossing) < 16_384, String(crossing));
  assert.ok(Math.abs(Number(crossing) - 11_000) < 500, String(crossing));
});

test('a second way that wins everywhere is "always", one that never does is "never"', () => {
  assert.equal(findCrossing(twoWays(10)), 'always');
  assert.equal(findCrossing(twoWays(10_000_000)), 'never');
  const equal = SIZES.map((size) => ({ size, belowUs: [size], aboveUs: [size] }));
  assert.equal(findCrossing(equal), 'never', 'a change of ways must pay');
});

test('one noisy size on either side moves nothing', () => {
  const points = twoWays(11_000);
  const noisy = (at: number) =>
    points.map((point, index) =>
      index === at
        ? { ...point, belowUs: point.aboveUs, aboveUs: point.belowUs.map((us) => us * 1.02) }
        : point,
    );
  assert.equal(findCrossing(noisy(SIZES.length - 1)), findCrossing(points));
  assert.equal(findCrossing(noisy(0)), findCrossing(points));
});

test('of several rounds the median of the ratios counts: a slow minute in one round moves nothing', () => {
  const thrice = (values: readonly number[]) => [1, 1, 1].flatMap(() => values);
  const calm = twoWays(11_000).map((point) => ({
    ...point,
    belowUs: thrice(point.belowUs),
    aboveUs: thrice(point.aboveUs),
  }));
  const slow = calm.map(({ size, belowUs, aboveUs }) => ({
    size,
    belowUs: belowUs.map((us, round) => (round === 1 ? us * 50 : us)),
    aboveUs,
  }));
  assert.equal(findCrossing(slow), findCrossing(calm));
});

test('for any two straight lines the result lies between the neighbours of the true one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1025, max: 131_071 }), (meetAt) => {
      const crossing = findCrossing(twoWays(meetAt));
      const from = SIZES.findLast((size) => size <= meetAt) ?? 0;
      const to = SIZES.find((size) => size >= meetAt) ?? Infinity;
      return typeof crossing === 'number' && crossing >= from - 1 && crossing <= to + 1;
    }),
  );
});

test('rows that cannot be judged are refused', () => {
  assert.throws(() => findCrossing(twoWays(10, [1024])), /two sizes/);
  assert.throws(() => findCrossing(twoWays(10, [1024, 1024])), /does not rise/);
  assert.throws(
    () =>
      findCrossing([
        { size: 1, belowUs: [0], aboveUs: [1] },
        { size: 2, belowUs: [1], aboveUs: [1] },
      ]),
    /above zero/,
  );
  assert.throws(
    () =>
      findCrossing([
        { size: 1, belowUs: [1], aboveUs: [] },
        { size: 2, belowUs: [1], aboveUs: [1] },
      ]),
    /above zero/,
  );
});

test('the median of an even number of values is the mean of the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});
