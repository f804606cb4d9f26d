/** Protects the cache format: nothing is lost, equal content has equal versions, bad blobs are misses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import {
  deflateBlob,
  inflateBlob,
  isCompressed,
} from '../../../../src/lib/stream-set/compression.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import { FORMAT_VERSION, STREAM_SET_ROWS_MAX } from '../../../../src/lib/stream-set/format.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGE_UNKNOWN_BIT,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
} from '../../../../src/lib/vocabulary.ts';
import { rowsOf } from '../../../../src/lib/stream-set/rows.ts';
import { SEARCH_PHASES } from '../../../../src/lib/stream-set/search-mark.ts';
import { mediaArbitrary, rowArbitrary } from './arbitraries.ts';

const ROWS = fixtureRows(200);
const BLOB = encodeStreamSet(FIXTURE_MEDIA, ROWS);

function row(changes: Partial<StreamRow>): StreamRow {
  const [first] = ROWS;
  assert.ok(first);
  return { ...first, ...changes };
}

test('random sets survive encode and decode unchanged, at any alignment', () => {
  fc.assert(
    fc.property(
      mediaArbitrary,
      fc.array(rowArbitrary, { maxLength: 12 }),
      fc.nat(7),
      (media, rows, shift) => {
        const blob = encodeStreamSet(media, rows);
        const shifted = new Uint8Array(new ArrayBuffer(blob.byteLength + shift), shift);
        shifted.set(blob);
        const set = decodeStreamSet(shifted);
        assert.ok(set);
        assert.deepEqual(set.media, media);
        assert.deepEqual(rowsOf(set), rows);
      },
    ),
    { numRuns: 500 },
  );
});

test('how it is with the search is in the header: the content and its version are the same', async () => {
  const mark = { phase: SEARCH_PHASES.underWay, nextAtS: 4_000_000_000 };
  const blob = encodeStreamSet(FIXTURE_MEDIA, ROWS, mark);
  const packed = await deflateBlob(blob);
  for (const set of [decodeStreamSet(blob), decodeStreamSet(packed)]) {
    assert.deepEqual({ phase: set?.searchPhase, nextAtS: set?.nextSearchAtS }, mark);
    assert.equal(set?.version, decodeStreamSet(BLOB)?.version);
  }
  assert.equal(decodeStreamSet(BLOB)?.searchPhase, SEARCH_PHASES.done);
  const foreign = Buffer.from(blob);
  foreign[7] = 4;
  assert.equal(decodeStreamSet(foreign), null, 'a phase that does not exist');
});

test('the fixed rows survive, also compressed', async () => {
  const packed = await deflateBlob(BLOB);
  assert.equal(isCompressed(packed), true);
  assert.equal(isCompressed(BLOB), false);
  assert.deepEqual(inflateBlob(packed), BLOB);
  const set = decodeStreamSet(packed);
  assert.ok(set);
  assert.deepEqual(rowsOf(set), ROWS);
});

test('the largest set fits; one row more is refused', () => {
  const full = Array.from({ length: STREAM_SET_ROWS_MAX }, (_, at) =>
    row({
      name: `n${at}`,
      filename: `f${at}`,
      locator: `l${at}`,
      source: `s${at}`,
      releaseGroup: `g${at}`,
      uploader: `u${at}`,
      trackers: `t${at}`,
    }),
  );
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, full));
  assert.equal(set?.trackers(STREAM_SET_ROWS_MAX - 1), `t${STREAM_SET_ROWS_MAX - 1}`);
  assert.throws(() => encodeStreamSet(FIXTURE_MEDIA, [...full, row({})]), RangeError);
});

test('no rows at all is a set, too', () => {
  assert.equal(decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, []))?.rowCount, 0);
});

test('what a column cannot hold is clamped, lone surrogates become U+FFFD, wrong infohashes null', () => {
  const odd = row({
    streamId: -3,
    fileSizeBytes: 1.9,
    totalSizeBytes: Number.POSITIVE_INFINITY,
    addedAtS: -1,
    seeders: -20,
    fileIndex: 2 ** 40,
    bitDepth: Number.NaN,
    name: 'a\ud83d',
    filename: '\ude00b',
    infohash: new Uint8Array(19).fill(7),
  });
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, [odd]));
  assert.ok(set);
  const [read] = rowsOf(set);
  assert.ok(read);
  assert.deepEqual(
    [read.streamId, read.fileSizeBytes, read.totalSizeBytes, read.addedAtS],
    [0, 1, Number.MAX_SAFE_INTEGER, 0],
  );
  assert.deepEqual([read.seeders, read.fileIndex, read.bitDepth], [-1, 2 ** 31 - 1, 0]);
  assert.deepEqual([read.name, read.filename, read.infohash], ['a\ufffd', '\ufffdb', null]);
});

test('the version is a function of the content alone', () => {
  const again = decodeStreamSet(encodeStreamSet({ ...FIXTURE_MEDIA }, structuredClone(ROWS)));
  const changed = decodeStreamSet(
    encodeStreamSet(FIXTURE_MEDIA, [row({ seeders: 9999 }), ...ROWS.slice(1)]),
  );
  assert.equal(again?.version, decodeStreamSet(BLOB)?.version);
  assert.notEqual(changed?.version, again?.version);
});

test("a set keeps nothing of the caller's bytes", () => {
  const lent = Buffer.from(BLOB);
  const set = decodeStreamSet(lent);
  lent.fill(0xff);
  assert.ok(set);
  assert.deepEqual(rowsOf(set), ROWS);
});

test('every truncation and every foreign version is a miss', async () => {
  const packed = await deflateBlob(BLOB);
  for (const blob of [BLOB, packed]) {
    for (let length = 0; length < blob.byteLength; length += length < 200 ? 1 : 97) {
      assert.equal(decodeStreamSet(blob.subarray(0, length)), null);
    }
    assert.equal(decodeStreamSet(Buffer.concat([blob, Buffer.alloc(1)])) === null, blob === BLOB);
    for (let version = 0; version < 256; version++) {
      const foreign = Buffer.from(blob);
      foreign[4] = version;
      assert.equal(decodeStreamSet(foreign) === null, version !== FORMAT_VERSION);
    }
  }
  for (const blob of ['', 'SLSS', '{"streams":[]}'])
    assert.equal(decodeStreamSet(Buffer.from(blob)), null);
});

test('a compressed blob that lies about its length is never inflated beyond it', async () => {
  const packed = await deflateBlob(BLOB);
  packed.writeUInt32LE(100, 8);
  assert.equal(inflateBlob(packed), null);
  packed.writeUInt32LE(0xffff_ffff, 8);
  assert.equal(inflateBlob(packed), null);
});

test('20,000 random mutations of blobs give null or a set whose every cell can be read', async () => {
  const small = encodeStreamSet(FIXTURE_MEDIA, ROWS.slice(0, 6));
  const packed = await deflateBlob(small);
  let consistent = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(small, small, small, packed),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (blob, changes, earlyBytesOnly) => {
        const mutated = Buffer.from(blob);
        // Half of the changes hit header, msgpack tags and lengths, where the structure is.
        const reach = earlyBytesOnly ? 80 : mutated.byteLength;
        for (const [at, byte] of changes) mutated[at % reach] = byte;
        const set = decodeStreamSet(mutated);
        if (set === null) return;
        consistent++;
        for (const read of rowsOf(set)) assert.ok(Number.isSafeInteger(read.fileSizeBytes));
        assert.equal(typeof set.media.title, 'string');
        for (const read of rowsOf(set)) assert.equal(Buffer.from(read.name).toString(), read.name);
      },
    ),
    { numRuns: 20_000 },
  );
  assert.ok(consistent > 0, 'some mutations only change a value');
});

test('the vocabulary still fits into its columns', () => {
  for (const list of [RESOLUTIONS, QUALITIES, CODECS]) assert.ok(list.length <= 256);
  for (const list of [HDR_FORMATS, CHANNELS]) assert.ok(list.length <= 8);
  assert.ok(AUDIO_FORMATS.length <= 16);
  assert.ok(STREAM_FLAGS.length <= 31);
  assert.ok(LANGUAGE_UNKNOWN_BIT < 64);
});
