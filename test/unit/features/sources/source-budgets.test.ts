/** How long an answer waits for each source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATE, SourceBudgets } from '../../../../src/features/sources/source-budgets.ts';

const DEADLINE_MS = 2500;

function after(...samples: readonly number[]): number {
  const budgets = new SourceBudgets();
  for (const sample of samples) budgets.record('a', sample);
  return budgets.waitMs('a', DEADLINE_MS);
}

test('a source of which little is known has the whole deadline', () => {
  assert.equal(after(), DEADLINE_MS);
  assert.equal(after(200, 200, 200), DEADLINE_MS);
});

test('a fast one is waited for a little longer than it usually takes', () => {
  assert.equal(after(200, 200, 200, 200), 300);
  assert.equal(after(10, 10, 10, 10), 100, 'a pause of ours is not held against it');
});

test('one that is mostly slower than the deadline is not waited for, until it is fast again', () => {
  const slow = [5000, 5000, 5000, 5000];
  assert.equal(after(...slow), 0);
  assert.equal(after(...slow, 300, 300, 300), 0);
  assert.ok(after(...slow, 300, 300, 300, 300, 300) > 0);
});

test('one that is sometimes slow is waited for up to the deadline', () => {
  assert.equal(after(200, 200, 200, 2400), DEADLINE_MS);
});

test('one that is late every other time is not waited for, whatever the deadline', () => {
  assert.equal(after(200, LATE, 200, LATE, LATE), 0);
  assert.equal(after(200, 200, 200, LATE), DEADLINE_MS);
});

test('old samples are forgotten', () => {
  assert.equal(
    after(...Array.from({ length: 40 }, () => 9000), ...Array.from({ length: 32 }, () => 200)),
    300,
  );
});

test('no more than a thousand sources are remembered', () => {
  const budgets = new SourceBudgets();
  const record = (id: string) => {
    for (let at = 0; at < 4; at++) budgets.record(id, 200);
  };
  record('first');
  for (let at = 0; at < 1000; at++) record(`own:${at}`);
  assert.equal(budgets.waitMs('first', DEADLINE_MS), DEADLINE_MS);
  assert.equal(budgets.waitMs('own:999', DEADLINE_MS), 300);
});
