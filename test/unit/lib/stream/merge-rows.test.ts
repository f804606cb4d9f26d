/** Streams of the database and streams that were found, each once, with the better facts of both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { mergeRows } from '../../../../src/lib/stream/merge-rows.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';

const [FIRST] = fixtureRows(1);
assert.ok(FIRST);
const KNOWN: StreamRow = { ...FIRST, infohash: new Uint8Array(20).fill(7), streamId: 5 };
const FOUND: StreamRow = { ...KNOWN, streamId: 0, infohash: Buffer.alloc(20, 7) };

function merged(known: Partial<StreamRow>, found: Partial<StreamRow>): StreamRow {
  const [row, ...more] = mergeRows([{ ...KNOWN, ...known }], [{ ...FOUND, ...found }]);
  assert.deepEqual(more, []);
  assert.ok(row);
  return row;
}

test('one infohash is one stream; what the database knows stays', () => {
  const row = merged({ name: 'ours', source: 'demo' }, { name: 'theirs', source: 'A' });
  assert.deepEqual([row.streamId, row.name, row.source], [5, 'ours', 'demo']);
});

test('seeders are the newest that are known', () => {
  assert.equal(merged({ seeders: 90 }, { seeders: 3 }).seeders, 3);
  assert.equal(merged({ seeders: 90 }, { seeders: -1 }).seeders, 90);
});

test('a size and a file are taken from whoever knows them', () => {
  const file = { fileIndex: 3, filename: 'a.mkv', fileSizeBytes: 10 };
  const noFile = { fileIndex: -1, filename: '', fileSizeBytes: 0 };
  const { fileIndex, filename, fileSizeBytes } = merged(noFile, file);
  assert.deepEqual({ fileIndex, filename, fileSizeBytes }, file);
  assert.equal(merged(file, noFile).fileIndex, 3);
  assert.equal(merged({ totalSizeBytes: 0 }, { totalSizeBytes: 77 }).totalSizeBytes, 77);
  assert.equal(merged({ totalSizeBytes: 5 }, { totalSizeBytes: 77 }).totalSizeBytes, 5);
});

test('what one source calls private is private, whichever was first', () => {
  assert.equal(merged({ flagsMask: 0b01 }, { flagsMask: 0b10 }).flagsMask, 0b11);
  assert.equal(merged({ flagsMask: 0b10 }, { flagsMask: 0b01 }).flagsMask, 0b11);
});

test('links are one stream by kind and address', () => {
  const http = { ...KNOWN, infohash: null, kind: 1, locator: 'https://example.org/a' };
  assert.equal(mergeRows([http], [{ ...http, streamId: 0 }]).length, 1);
  assert.equal(mergeRows([http], [{ ...http, locator: 'https://example.org/b' }]).length, 2);
});

test('beyond 2,000 those with most seeders stay', () => {
  const rows = Array.from({ length: 2100 }, (_, at) => {
    const infohash = Buffer.alloc(20);
    infohash.writeUInt32BE(at + 1);
    return { ...KNOWN, infohash, seeders: at };
  });
  const kept = mergeRows(rows.slice(0, 1000), rows.slice(1000));
  assert.equal(kept.length, 2000);
  assert.equal(Math.min(...kept.map(({ seeders }) => seeders)), 100);
});
