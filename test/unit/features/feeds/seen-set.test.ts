/** What was seen is known again after it was stored, and the oldest goes first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeenSet } from '../../../../src/features/feeds/seen-set.ts';

test('what was added is there after it was stored, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.nat(199), (keys, count) => {
      const set = new SeenSet(new Uint8Array());
      for (const key of keys.slice(0, count)) set.add(key);
      const again = new SeenSet(set.toBytes());
      for (const [at, key] of keys.entries()) assert.equal(again.has(key), at < count);
    }),
  );
});

test('it is bounded: the oldest is forgotten, and what was seen again is not old', () => {
  const set = new SeenSet(new Uint8Array());
  for (let at = 0; at < 9000; at++) {
    set.add(String(at));
    set.add('always');
  }
  const bytes = set.toBytes();
  assert.equal(bytes.byteLength, 64_000);
  const again = new SeenSet(bytes);
  assert.ok(again.has('always') && again.has('8999') && !again.has('0'));
  assert.ok(!new SeenSet(Buffer.alloc(7)).has('x'));
});
