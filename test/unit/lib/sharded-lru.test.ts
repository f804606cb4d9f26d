/** Room is made in one shard, and never of what is to be kept. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ShardedLru } from '../../../src/lib/sharded-lru.ts';

test('a thousand entries stay a thousand, and an eviction asks one entry of one shard', () => {
  const cache = new ShardedLru<{ readonly key: string }>(1000);
  let asked = 0;
  const put = (isIdle: boolean) => {
    const key = randomUUID();
    asked = 0;
    return cache.add(key, { key }, () => {
      asked += 1;
      return isIdle;
    });
  };
  for (let n = 0; n < 20_000; n += 1) {
    put(true);
    assert.ok(asked <= 1);
  }
  // 16 shards of 63.
  assert.equal(cache.size, 1008);
  const before = [...cache.values()];
  assert.equal(put(false), false);
  assert.deepEqual([...cache.values()], before, 'what is in use stays');
  assert.equal(put(true), true);
  const gone = before.filter((one) => cache.get(one.key) === undefined);
  assert.equal(gone.length, 1, 'of all shards one entry made room');
});
