/** Protects the door of the stream path: a bound on titles, not on clients, that is free again when the last one leaves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnderWay } from '../../../../src/features/streams/under-way.ts';

test('further titles are refused, further clients of those under way are not; room comes with the last one who leaves', () => {
  const underWay = new UnderWay(2);
  for (const key of ['a', 'b', 'a', 'a']) underWay.enter(key);
  assert.throws(() => underWay.enter('c'), { code: 'server.overloaded' });
  underWay.leave('a');
  underWay.leave('a');
  assert.throws(() => underWay.enter('c'), { code: 'server.overloaded' });
  underWay.leave('a');
  underWay.enter('c');
  assert.throws(() => underWay.enter('a'), { code: 'server.overloaded' });
});
