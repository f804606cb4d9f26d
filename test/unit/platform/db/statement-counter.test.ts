/** Protects memory: names that somebody builds must not grow the counters without end. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { StatementCounter } from '../../../../src/platform/db/statement-counter.ts';

it('counts by name in a bounded map', () => {
  const counter = new StatementCounter();
  for (let index = 0; index < 2000; index += 1) counter.count(`name-${index}`);
  counter.count('name-0');
  assert.equal(counter.total, 2001);
  assert.equal(counter.byName().size, 513);
  assert.equal(counter.byName().get('name-0'), 2);
  assert.equal(counter.byName().get('(other)'), 2000 - 512);
});
