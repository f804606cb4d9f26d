/** Percentiles against their definition. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HyperLogLog } from '../../../src/lib/hyper-log-log.ts';
import { percentilesOf } from '../../../src/lib/percentiles.ts';

test('percentiles are interpolated between the nearest ranks', () => {
  assert.equal(percentilesOf([], [50]), null);
  assert.deepEqual(
    [...(percentilesOf([4, 1, 3, 2], [0, 50, 100]) ?? [])],
    [
      [0, 1],
      [50, 2.5],
      [100, 4],
    ],
  );
});

test('percentiles rise with the percent and stay within the values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
      (values) => {
        const found = [...(percentilesOf(values, [50, 95, 99])?.values() ?? [])];
        assert.deepEqual(
          found.toSorted((one, other) => one - other),
          found,
        );
        for (const value of found)
          assert.ok(value >= Math.min(...values) && value <= Math.max(...values));
      },
    ),
  );
});

test('HyperLogLog counts different things within 5 %, whatever their number', () => {
  const seen = new HyperLogLog();
  assert.equal(seen.count(), 0);
  let added = 0;
  for (const many of [1, 10, 100, 1000, 10_000, 50_000]) {
    for (; added < many; added++) seen.add(`visitor ${added}`);
    for (let again = 0; again < Math.min(many, 1000); again++) seen.add(`visitor ${again}`);
    assert.ok(
      Math.abs(seen.count() - many) <= Math.max(1, many * 0.05),
      `${many}: ${seen.count()}`,
    );
  }
});
