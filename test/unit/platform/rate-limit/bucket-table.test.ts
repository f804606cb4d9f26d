/** Buckets in flat memory: found again, grown without loss, and within their bound however many come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketTable } from '../../../../src/platform/rate-limit/bucket-table.ts';

const MB = 1024 * 1024;

test('keys find their own numbers again, over several doublings', () => {
  const table = new BucketTable();
  const keys = Array.from({ length: 50_000 }, (_, index) => `10.${index >> 8}.${index & 255}.1`);
  keys.forEach((key, index) => {
    const slot = table.slotOf(key);
    table.setFullAtMs(slot, 1_000_000 + index);
    table.setUntoldMs(slot, index);
  });
  const lost = keys.filter((key, index) => {
    const slot = table.slotOf(key);
    return table.fullAtMs(slot) !== 1_000_000 + index || table.untoldMs(slot) !== index;
  });
  // Of a set that is full the fullest bucket makes way; at this load hardly any is.
  assert.ok(lost.length < keys.length / 1000, `${lost.length} lost`);
});

test('a million addresses and more stay within 64 MB', () => {
  const table = new BucketTable();
  for (let index = 0; index < 1_200_000; index++)
    table.setFullAtMs(table.slotOf(`2001:db8:${index.toString(16)}::/64`), index);
  assert.ok(table.bytes <= 48 * MB, `${table.bytes / MB} MB`);
});

test('where there is no room the fullest bucket makes way, and a drained one stays', () => {
  const table = new BucketTable(16);
  const drained = 'drained';
  table.setFullAtMs(table.slotOf(drained), 9e12);
  for (let index = 0; index < 1000; index++)
    table.setFullAtMs(table.slotOf(`other${index}`), index);
  assert.equal(table.fullAtMs(table.slotOf(drained)), 9e12);
});
