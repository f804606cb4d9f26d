/** Protects the packed ranking: it gives exactly the list that the obvious implementation gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainRank } from '../../../../native-bench/fixtures/plain-ranking.ts';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { compileRanking } from '../../../../src/lib/ranking/compile.ts';
import { rank } from '../../../../src/lib/ranking/rank.ts';
import { DEFAULT_RANKING, type RankingSettings } from '../../../../src/lib/ranking/settings.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import type { StreamRow } from '../../../../src/lib/stream-set/row.ts';
import { HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS, STREAM_KINDS } from '../../../../src/lib/vocabulary.ts';
import { rowArbitrary } from '../stream-set/arbitraries.ts';

function packedRank(rows: readonly StreamRow[], settings: RankingSettings): readonly number[] {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  const out = new Uint32Array(settings.streamsMax);
  return [...out.subarray(0, rank(set, compileRanking(settings), out))];
}

/** Few distinct values, so that ties at every level are common. */
const tiedRow = fc.tuple(rowArbitrary, fc.record({
  kind: fc.nat(5), resolution: fc.nat(3), quality: fc.nat(2), hdrMask: fc.nat(3),
  seeders: fc.integer({ min: -1, max: 2 }),
  languagesLow: fc.constantFrom(0, 1, 5, 0x8000_0000), languagesHigh: fc.constantFrom(0, 1, 0x1_0000),
  fileSizeBytes: fc.constantFrom(0, 100, Number.MAX_SAFE_INTEGER), totalSizeBytes: fc.constantFrom(0, 100, 300),
  addedAtS: fc.nat(2), streamId: fc.nat(6),
})).map(([row, tied]): StreamRow => ({ ...row, ...tied }));

const settingsArbitrary: fc.Arbitrary<RankingSettings> = fc.record({
  kinds: fc.shuffledSubarray([...STREAM_KINDS]),
  resolutions: fc.shuffledSubarray([...RESOLUTIONS]),
  qualities: fc.shuffledSubarray([...QUALITIES]),
  languages: fc.shuffledSubarray([...LANGUAGES, 'unknown' as const], { minLength: 20 }),
  hdrFormats: fc.shuffledSubarray([...HDR_FORMATS, 'unknown' as const], { minLength: 1 }),
  sizeBytesMin: fc.constantFrom(0, 150),
  sizeBytesMax: fc.constantFrom(Number.MAX_SAFE_INTEGER, 250),
  sort: fc.array(fc.record({
    key: fc.constantFrom('kind', 'resolution', 'quality', 'language', 'seeders', 'size', 'addedAt'),
    descending: fc.boolean(),
  }), { maxLength: 8 }),
  streamsPerResolutionMax: fc.integer({ min: 1, max: 12 }),
  streamsMax: fc.integer({ min: 0, max: 30 }),
});

test('agrees with the obvious implementation for random rows and settings', () => {
  const everything = fc.constant(DEFAULT_RANKING);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(tiedRow, rowArbitrary), { maxLength: 60 }), fc.oneof(settingsArbitrary, everything),
      (rows, settings) => {
        assert.deepEqual(packedRank(rows, settings), plainRank(rows, settings));
      },
    ),
    { numRuns: 1500 },
  );
});

test('agrees on the fixed rows: 25 shown, at most 10 of one resolution, 2160p first', () => {
  const rows = fixtureRows(200);
  const shown = packedRank(rows, DEFAULT_RANKING);
  assert.deepEqual(shown, plainRank(rows, DEFAULT_RANKING));
  assert.equal(shown.length, 25);
  assert.equal(RESOLUTIONS[rows[shown[0] ?? 0]?.resolution ?? 0], '2160p');
});

test('the default shows what Stremio plays by itself and ranks cinema recordings below the unknown', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const rows = STREAM_KINDS.map((_, kind) => ({ ...first, kind, streamId: kind }));
  assert.deepEqual(packedRank(rows, DEFAULT_RANKING).map((row) => STREAM_KINDS[row]), [
    'torrent', 'http', 'youtube', 'external',
  ]);
  const qualities = ['CAM', 'unknown', 'WEB-DL'].map((name) => ({
    ...first, quality: QUALITIES.findIndex((quality) => quality === name),
  }));
  assert.deepEqual(packedRank(qualities, DEFAULT_RANKING), [2, 1, 0]);
});

test('codes of a newer vocabulary count as unknown', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const rows = [{ ...first, resolution: 200, quality: 201 }, { ...first, kind: 99 }];
  assert.deepEqual(packedRank(rows, DEFAULT_RANKING), [0]);
});

test('the fingerprint tells settings apart that lead to other lists, and no others', () => {
  const fingerprint = (changes: Partial<RankingSettings>) =>
    compileRanking({ ...DEFAULT_RANKING, ...changes }).fingerprint;
  assert.equal(fingerprint({}), fingerprint({ hdrFormats: [...DEFAULT_RANKING.hdrFormats].reverse() }));
  assert.notEqual(fingerprint({}), fingerprint({ streamsMax: 24 }));
  assert.notEqual(fingerprint({}), fingerprint({ languages: [...DEFAULT_RANKING.languages].reverse() }));
  assert.notEqual(fingerprint({}), fingerprint({ sort: [] }));
});
