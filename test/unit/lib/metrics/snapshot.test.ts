import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram, HistogramSet } from '../../../../src/lib/metrics/histogram.ts';
import {
  addUp,
  snapshotOf,
  totalsOf,
  type Snapshot,
} from '../../../../src/lib/metrics/snapshot.ts';

const label = fc.constantFrom('a', 'b', '__proto__', 'c\td', '');
const arbitrary: fc.Arbitrary<Snapshot> = fc
  .array(
    fc.tuple(label, fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 3 })),
    {
      maxLength: 6,
    },
  )
  .map((series) => [
    ['total_of', 'total', [...new Map(series)]],
    ['sum_of', 'sum', [...new Map(series)]],
    ['max_of', 'max', [...new Map(series)]],
  ]);

function read(snapshot: Snapshot, name: string, labels: string): readonly number[] | undefined {
  return snapshot.find(([family]) => family === name)?.[2].find(([key]) => key === labels)?.[1];
}

test('sums are exact, whatever the order, and survive the channel', () => {
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 5 }), (snapshots) => {
      const sent = JSON.parse(JSON.stringify(snapshots)) as Snapshot[];
      const sum = addUp(sent);
      const reversed = addUp(sent.toReversed());
      for (const [name, together, series] of sum) {
        for (const [labels, numbers] of series) {
          const all = snapshots.flatMap((one) => [read(one, name, labels) ?? []]);
          const expected = [0, 1, 2].map((index) => {
            const values = all.map((one) => one[index] ?? 0);
            return together === 'max' ? Math.max(...values) : values.reduce((a, b) => a + b, 0);
          });
          assert.deepEqual(numbers, expected);
          assert.deepEqual(read(reversed, name, labels), expected);
        }
      }
    }),
  );
});

test('what is summed is left as it was', () => {
  const one: Snapshot = [['x_total', 'total', [['a', [1]]]]];
  addUp([one, one]);
  assert.deepEqual(one, [['x_total', 'total', [['a', [1]]]]]);
});

test('of a process that is gone only counters stay', () => {
  const snapshot = snapshotOf([
    { name: 'a_total', kind: 'counter', help: '', labels: [], collect: () => [[[], [3]]] },
    {
      name: 'b',
      kind: 'gauge',
      together: 'sum',
      help: '',
      labels: ['l'],
      collect: () => [[['tab\there'], [3]]],
    },
  ]);
  assert.deepEqual(snapshot[1], ['b', 'sum', [['tab here', [3]]]]);
  assert.deepEqual(totalsOf(snapshot), [['a_total', 'total', [['', [3]]]]]);
});

test('observations fall into the first bucket whose bound they do not exceed', () => {
  const histogram = new Histogram([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 100]) histogram.observe(value);
  assert.deepEqual(histogram.numbers(), [2, 2, 1, 2, 114.6]);
  assert.equal(histogram.count, 7);
});

test('label values beyond the bound are counted under one name', () => {
  const set = new HistogramSet([1], [['known']]);
  for (let index = 0; index < 5000; index++) set.of(`made up ${index}`).observe(0);
  const samples = set.samples();
  assert.equal(samples.length, 1001);
  const total = samples.reduce((sum, [, numbers]) => sum + (numbers[0] ?? 0), 0);
  assert.equal(total, 5000);
  assert.ok(samples.some(([labels]) => labels[0] === '(other)'));
});
