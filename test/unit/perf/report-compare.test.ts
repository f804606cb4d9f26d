/** Protects the verdicts of a report: no difference is claimed that the rounds do not show, and none the wrong way round. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advantage, compare } from '../../../perf/report/compare.ts';
import { spreadAcross, type Spread } from '../../../perf/report/spread.ts';

function spread(...values: number[]): Spread {
  const found = spreadAcross(values);
  assert.ok(found);
  return found;
}

test('rounds without the figure do not count', () => {
  assert.equal(spreadAcross([null, null]), null);
  assert.deepEqual(spreadAcross([3, null, 1]), { median: 2, min: 1, max: 3, count: 2 });
});

test('better and worse follow the direction of the figure, and need ranges that lie apart', () => {
  const [slow, fast] = [spread(100, 101, 102), spread(80, 81, 82)];
  assert.equal(compare(slow, fast, 'lower').verdict, 'better');
  assert.equal(compare(slow, fast, 'higher').verdict, 'worse');
  assert.equal(compare(slow, fast, 'neither').verdict, 'none');
  assert.equal(compare(slow, spread(90, 95, 100), 'lower').verdict, 'within');
  assert.equal(compare(slow, fast, 'lower').ratio, 81 / 101);
});

test('ranges that hardly differ, or come of too few rounds, are no verdict', () => {
  assert.equal(
    compare(spread(100, 100, 100), spread(100.5, 100.5, 100.5), 'lower').verdict,
    'within',
  );
  assert.equal(compare(spread(100, 101), spread(50, 51), 'lower').verdict, 'unknown');
  assert.equal(compare(spread(100), spread(50, 51, 52), 'lower').verdict, 'unknown');
});

test('from nothing there is no ratio, but something where nothing was is told', () => {
  assert.deepEqual(compare(spread(0, 0, 0), spread(0, 0, 0), 'lower'), {
    ratio: null,
    low: null,
    high: null,
    verdict: 'none',
  });
  const { ratio, verdict } = compare(spread(0, 0, 0), spread(1, 1, 1), 'lower');
  assert.deepEqual([ratio, verdict], [null, 'worse']);
});

test('an advantage is above 1 for who does better, whichever direction is better', () => {
  const cpu = advantage(spread(44, 45, 46), spread(450, 450, 450), 'lower');
  assert.deepEqual([cpu.ratio, cpu.verdict], [10, 'better']);
  const rate = advantage(spread(900, 900, 900), spread(1800, 1800, 1800), 'higher');
  assert.deepEqual([rate.ratio, rate.verdict], [0.5, 'worse']);
});
