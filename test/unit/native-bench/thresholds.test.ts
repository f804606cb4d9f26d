/** Protects the thresholds in the code: nobody changes one without measuring again, or without a reason. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  positionOf,
  readRecord,
  RECORD_PATH,
  recordProblems,
  type RecordedCrossover,
} from '../../../native-bench/record.ts';
import { THRESHOLDS, type Threshold } from '../../../native-bench/thresholds.ts';

const SUITES = join(import.meta.dirname, '../../../native-bench');

function recorded(
  measured: RecordedCrossover['measured'],
  chosen: RecordedCrossover['chosen'],
): RecordedCrossover {
  return {
    measured,
    chosen,
    reason: null,
    metric: 'p50Us',
    points: [],
    recordedAt: '',
    revision: '',
    machine: '',
    othersShare: 0,
  };
}

const plain: Threshold = { suite: 'pool', ways: ['one', 'other'], chosen: 1000 };

test('every threshold is the one that its bench last recorded, near its crossover or with a reason', async () => {
  assert.deepEqual(recordProblems(THRESHOLDS, await readRecord(RECORD_PATH)), []);
});

test('every threshold names a bench that exists', () => {
  for (const [name, { suite }] of Object.entries(THRESHOLDS)) {
    assert.ok(
      existsSync(join(SUITES, `${suite}.bench.js`)),
      `${name}: native-bench/${suite}.bench.ts`,
    );
  }
});

test('a threshold that was changed, was never recorded, or is recorded no more, is a problem', () => {
  assert.deepEqual(recordProblems({ plain }, { plain: recorded(900, 1000) }), []);
  const changed = recordProblems(
    { plain: { ...plain, chosen: 2000 } },
    { plain: recorded(1900, 1000) },
  );
  assert.match(changed.join(), /code says 2000.*made for 1000.*--record/);
  assert.match(
    recordProblems({ plain }, {}).join(),
    /never recorded; run: npm run bench -- pool --record/,
  );
  assert.match(recordProblems({}, { plain: recorded(900, 1000) }).join(), /no such name/);
});

test('a choice far from its crossover needs a reason, and one for the right side', () => {
  const far = { plain: recorded(200, 1000) };
  const explained = (measuredIs: 'lower' | 'higher') => ({
    plain: { ...plain, deviation: { measuredIs, reason: 'packets' } },
  });
  assert.match(recordProblems({ plain }, far).join(), /no reason/);
  assert.deepEqual(recordProblems(explained('lower'), far), []);
  assert.match(recordProblems(explained('higher'), far).join(), /reason given is for a higher one/);
});

test('near is within a factor of two; always and never are near themselves alone', () => {
  assert.equal(positionOf(500, 1000), 'near');
  assert.equal(positionOf(499, 1000), 'lower');
  assert.equal(positionOf(2000, 1000), 'near');
  assert.equal(positionOf(2001, 1000), 'higher');
  assert.equal(positionOf('never', 'never'), 'near');
  assert.equal(positionOf('always', 'always'), 'near');
  assert.equal(positionOf('always', 1000), 'lower');
  assert.equal(positionOf('never', 1000), 'higher');
  assert.equal(positionOf(64, 'always'), 'higher');
  assert.equal(positionOf(64, 'never'), 'lower');
});
