/** Protects that cached sets are small: views are open for few sets at a time, and reading never notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';

function setOf(seed: number, rows = 20) {
  const set = decodeStreamSet(
    encodeStreamSet({ ...FIXTURE_MEDIA, mediaId: seed }, fixtureRows(rows, seed)),
  );
  assert.ok(set);
  return set;
}

test('a set that others pushed out reads the same', () => {
  const set = setOf(1);
  const before = {
    names: Array.from({ length: 20 }, (_, row) => set.name(row)),
    seeders: [...set.columns.seeders],
    media: set.media,
  };
  for (let seed = 2; seed < 200; seed++) assert.equal(setOf(seed).columns.seeders.length, 20);
  assert.deepEqual(
    Array.from({ length: 20 }, (_, row) => set.name(row)),
    before.names,
  );
  assert.deepEqual([...set.columns.seeders], before.seeders);
  assert.deepEqual(set.media, before.media);
});

test('views that are held stay readable when the set is closed', () => {
  const set = setOf(1);
  const { columns, heap } = set;
  const seeders = [...columns.seeders];
  set.closeViews();
  assert.deepEqual([...columns.seeders], seeders);
  assert.notEqual(set.columns, columns);
  assert.deepEqual(set.heap, heap);
});

test('a set keeps its views while it is worked with', () => {
  const set = setOf(1);
  assert.equal(set.columns, set.columns);
  assert.equal(set.heap, set.heap);
});

test('a set larger than all that stay open opens, and closes with the next', () => {
  const large = setOf(1, 8192);
  const { columns } = large;
  assert.equal(large.columns, columns);
  const others = Array.from({ length: 8 }, (_, seed) => setOf(seed, 8192));
  for (const other of others) assert.equal(other.columns, other.columns);
  assert.notEqual(large.columns, columns);
});
