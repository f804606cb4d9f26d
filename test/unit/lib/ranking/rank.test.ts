/** Protects the packed ranking: it gives exactly the list, and the reasons, that the obvious implementation gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainRank, type PlainRanking } from '../../../../native-bench/fixtures/plain-ranking.ts';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { compileRanking } from '../../../../src/lib/ranking/compile.ts';
import { DROP_RULES } from '../../../../src/lib/ranking/drop-rules.ts';
import { rank } from '../../../../src/lib/ranking/rank.ts';
import { MARKS, rowOfShown, serviceOfShown } from '../../../../src/lib/ranking/service-marks.ts';
import type { RankingSettings, SortKey } from '../../../../src/lib/ranking/settings.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import { DEFAULT_RANKING } from '../../../../src/lib/user-config/user-config.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_KINDS,
} from '../../../../src/lib/vocabulary.ts';
import { rowArbitrary } from '../stream-set/arbitraries.ts';

interface Query {
  readonly isSeries: boolean;
  readonly nameMatches: readonly boolean[];
}

const MOVIE: Query = { isSeries: false, nameMatches: [] };

/** Also checks that the report counts its own verdicts, and that they are not needed for the list. */
function packedRank(
  rows: readonly StreamRow[],
  settings: RankingSettings,
  query = MOVIE,
): PlainRanking {
  const type = query.isSeries ? 'series' : 'movie';
  const set = decodeStreamSet(encodeStreamSet({ ...FIXTURE_MEDIA, type }, rows));
  assert.ok(set);
  const compiled = compileRanking(settings);
  const matches =
    settings.nameFilter === null
      ? null
      : Uint8Array.from(rows, (_, at) => (query.nameMatches[at] ? 1 : 0));
  const codes = new Uint8Array(rows.length);
  const ranking = rank(set, compiled, matches, codes);
  const verdicts = [...codes].map((code) => DROP_RULES[code] ?? 'none');
  assert.deepEqual(
    [...ranking.dropped],
    DROP_RULES.map((rule) => verdicts.filter((verdict) => verdict === rule).length),
  );
  assert.deepEqual(rank(set, compiled, matches), ranking);
  return { shown: [...ranking.shown], verdicts };
}

/** Few distinct values, so that ties at every level are common. */
const tiedRow = fc
  .tuple(
    rowArbitrary,
    fc.record({
      kind: fc.nat(5),
      resolution: fc.nat(3),
      quality: fc.nat(2),
      codec: fc.nat(2),
      hdrMask: fc.nat(3),
      audioMask: fc.nat(3),
      channelsMask: fc.nat(3),
      flagsMask: fc.constantFrom(0, 1, 0x4000),
      seeders: fc.integer({ min: -1, max: 2 }),
      languagesLow: fc.constantFrom(0, 1, 5, 0x8000_0000),
      languagesHigh: fc.constantFrom(0, 1, 0x1_0000),
      fileSizeBytes: fc.constantFrom(0, 100, Number.MAX_SAFE_INTEGER),
      totalSizeBytes: fc.constantFrom(0, 100, 300),
      addedAtS: fc.nat(2),
      streamId: fc.nat(6),
    }),
  )
  .map(([row, tied]): StreamRow => ({ ...row, ...tied }));

/** Mostly everything: else nothing is left after so many filters. */
function choice<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.shuffledSubarray([...all], { minLength: all.length }) },
    fc.shuffledSubarray([...all]),
  );
}

const sizeMin = fc.constantFrom(0, 150);
const sizeMax = fc.constantFrom(Number.MAX_SAFE_INTEGER, 250);

const settingsArbitrary: fc.Arbitrary<RankingSettings> = fc.record({
  kinds: choice(STREAM_KINDS),
  unavailableKinds: choice(STREAM_KINDS),
  grouping: fc.constantFrom('separate', 'mixed'),
  resolutions: choice(RESOLUTIONS),
  qualityGroups: choice(QUALITIES).map((all) => [all.slice(0, 2), all.slice(2, 9), all.slice(9)]),
  codecs: choice(CODECS),
  hdrFormats: choice([...HDR_FORMATS, 'unknown' as const]),
  audioFormats: choice([...AUDIO_FORMATS, 'unknown' as const]),
  channels: choice([...CHANNELS, 'unknown' as const]),
  languages: choice([...LANGUAGES, 'unknown' as const]),
  sizeBytesMin: sizeMin,
  sizeBytesMax: sizeMax,
  episodeSizeBytesMin: sizeMin,
  episodeSizeBytesMax: sizeMax,
  sort: fc.array(
    fc.record({
      key: fc.constantFrom(
        'kind',
        'resolution',
        'quality',
        'language',
        'codec',
        'hdr',
        'audio',
        'seeders',
        'size',
        'addedAt',
      ),
      descending: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
  streamsPerResolutionMax: fc.integer({ min: 0, max: 12 }),
  streamsPerKindMax: fc.integer({ min: 0, max: 12 }),
  streamsMax: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(100)),
  nameFilter: fc.oneof(
    fc.constant(null),
    fc.record({
      mode: fc.constantFrom('include', 'exclude'),
      patterns: fc.constant(['x']),
      regex: fc.constant(false),
    }),
  ),
});

const queryArbitrary: fc.Arbitrary<Query> = fc.record({
  isSeries: fc.boolean(),
  nameMatches: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
});

test('agrees with the obvious implementation for random rows and settings, about the list and about the reasons', () => {
  const everything = fc.constant(DEFAULT_RANKING);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(tiedRow, rowArbitrary), { maxLength: 60 }),
      fc.oneof(settingsArbitrary, everything),
      queryArbitrary,
      (rows, settings, query) => {
        assert.deepEqual(packedRank(rows, settings, query), plainRank(rows, settings, query));
      },
    ),
    { numRuns: 2000 },
  );
});

test('agrees on the fixed rows, which fill every cap', () => {
  const rows = fixtureRows(2000);
  for (const grouping of ['separate', 'mixed'] as const) {
    for (const [cap, streamsPerKindMax, streamsMax] of [
      ['kind-cap', 20, 100],
      ['resolution-cap', 0, 100],
      ['total-cap', 0, 15],
    ] as const) {
      const settings = { ...DEFAULT_RANKING, grouping, streamsPerKindMax, streamsMax };
      const plain = plainRank(rows, settings);
      assert.deepEqual(packedRank(rows, settings), plain);
      assert.ok(plain.verdicts.includes(cap), `${grouping} ${cap}`);
      assert.equal(RESOLUTIONS[rows[plain.shown[0] ?? 0]?.resolution ?? 0], '2160p');
    }
  }
});

test('the default shows what Stremio plays by itself and ranks cinema recordings below everything but the unknown', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const rows = STREAM_KINDS.map((_, kind) => ({ ...first, kind, streamId: kind }));
  assert.deepEqual(
    packedRank(rows, DEFAULT_RANKING).shown.map((row) => STREAM_KINDS[row]),
    ['torrent', 'http', 'youtube', 'external'],
  );
  const qualities = ['unknown', 'CAM', 'WEB-DL', 'WEBRip'].map((name, streamId) => ({
    ...first,
    streamId,
    quality: QUALITIES.findIndex((quality) => quality === name),
  }));
  assert.deepEqual(
    packedRank(qualities, DEFAULT_RANKING).shown,
    [2, 3, 1, 0],
    'members of a group tie',
  );
});

test('codes and bits of a newer vocabulary count as unknown', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const rows = [
    { ...first, resolution: 200, quality: 201, codec: 202, hdrMask: 0x80, channelsMask: 0x80 },
    { ...first, kind: 99 },
  ];
  assert.deepEqual(packedRank(rows, DEFAULT_RANKING).shown, [0]);
});

test('what is not known comes last, whichever way the list is sorted', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const known = {
    ...first,
    resolution: 1,
    quality: 1,
    codec: 1,
    hdrMask: 1,
    audioMask: 1,
    languagesLow: 1,
    languagesHigh: 0,
    seeders: 0,
    fileSizeBytes: 1,
    addedAtS: 1,
    streamId: 2,
  };
  const unknown: Record<SortKey, Partial<StreamRow>> = {
    kind: {},
    cached: {},
    resolution: { resolution: 0 },
    quality: { quality: 0 },
    codec: { codec: 0 },
    hdr: { hdrMask: 0 },
    audio: { audioMask: 0 },
    language: { languagesLow: 0 },
    seeders: { seeders: -1 },
    size: { fileSizeBytes: 0, totalSizeBytes: 0 },
    addedAt: { addedAtS: 0 },
  };
  for (const [key, changes] of Object.entries(unknown) as [SortKey, Partial<StreamRow>][]) {
    if (key === 'kind' || key === 'cached') continue;
    const rows = [{ ...known, ...changes, streamId: 1 }, known];
    for (const descending of [true, false]) {
      assert.deepEqual(
        packedRank(rows, { ...DEFAULT_RANKING, sort: [{ key, descending }] }).shown,
        [1, 0],
        `${key} ${descending}`,
      );
    }
  }
  const pack = { ...known, fileSizeBytes: 0, totalSizeBytes: 60e9, streamId: 1 };
  const bySize = { ...DEFAULT_RANKING, sort: [{ key: 'size', descending: false } as const] };
  assert.deepEqual(
    packedRank([pack, known], bySize, { isSeries: true, nameMatches: [] }).shown,
    [1, 0],
    'a pack of episodes',
  );
});

test('the largest size and the last date are known, too', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  for (const [key, unknown, largest] of [
    ['size', { fileSizeBytes: 0, totalSizeBytes: 0 }, { fileSizeBytes: Number.MAX_SAFE_INTEGER }],
    ['addedAt', { addedAtS: 0 }, { addedAtS: 0xffff_ffff }],
    ['seeders', { seeders: -1 }, { seeders: 0x7fff_ffff }],
  ] as const) {
    const rows: StreamRow[] = [
      { ...first, ...unknown, streamId: 1 },
      { ...first, ...largest, streamId: 2 },
    ];
    assert.deepEqual(
      packedRank(rows, { ...DEFAULT_RANKING, sort: [{ key, descending: false }] }).shown,
      [1, 0],
      key,
    );
  }
});

test('in ascending order the worst of what is known is first', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const sizes = [3, 0, 1, 2].map((fileSizeBytes, streamId) => ({
    ...first,
    fileSizeBytes,
    totalSizeBytes: 0,
    streamId,
  }));
  const bySize = { ...DEFAULT_RANKING, sort: [{ key: 'size', descending: false } as const] };
  assert.deepEqual(packedRank(sizes, bySize).shown, [2, 3, 0, 1]);
  const resolutions = ['1080p', 'unknown', '480p', '2160p'].map((name, streamId) => ({
    ...first,
    streamId,
    resolution: RESOLUTIONS.findIndex((resolution) => resolution === name),
  }));
  const byResolution = {
    ...DEFAULT_RANKING,
    sort: [{ key: 'resolution', descending: false } as const],
  };
  assert.deepEqual(packedRank(resolutions, byResolution).shown, [2, 0, 3, 1]);
});

test('a private torrent is not shown: nobody but members may announce to its tracker', () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  assert.deepEqual(packedRank([{ ...first, flagsMask: 0x4000 }], DEFAULT_RANKING).verdicts, [
    'private',
  ]);
});

test("the size of a season pack says nothing about an episode's size", () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const rows = [
    { ...first, fileSizeBytes: 0, totalSizeBytes: 60e9 },
    { ...first, fileSizeBytes: 6e9, totalSizeBytes: 60e9 },
  ];
  const settings = { ...DEFAULT_RANKING, sizeBytesMax: 8e9, episodeSizeBytesMax: 5e9 };
  assert.deepEqual(packedRank(rows, settings).verdicts, ['size-max', 'none']);
  assert.deepEqual(packedRank(rows, settings, { isSeries: true, nameMatches: [] }).verdicts, [
    'none',
    'size-max',
  ]);
});

test('the fingerprint tells settings apart that lead to other lists, and no others', () => {
  const fingerprint = (changes: Partial<RankingSettings>) =>
    compileRanking({ ...DEFAULT_RANKING, ...changes }).fingerprint;
  assert.equal(
    fingerprint({}),
    fingerprint({ hdrFormats: [...DEFAULT_RANKING.hdrFormats].reverse() }),
  );
  assert.equal(
    fingerprint({}),
    fingerprint({ audioFormats: [...DEFAULT_RANKING.audioFormats].reverse() }),
  );
  assert.notEqual(fingerprint({}), fingerprint({ streamsMax: 24 }));
  assert.notEqual(
    fingerprint({}),
    fingerprint({ languages: [...DEFAULT_RANKING.languages].reverse() }),
  );
  assert.notEqual(fingerprint({}), fingerprint({ sort: [] }));
  assert.notEqual(
    fingerprint({}),
    fingerprint({ nameFilter: { mode: 'include', patterns: ['a'], regex: false } }),
  );
  const byHdr = [{ key: 'hdr', descending: true }] as const;
  assert.notEqual(
    fingerprint({ sort: byHdr }),
    fingerprint({ sort: byHdr, hdrFormats: [...DEFAULT_RANKING.hdrFormats].reverse() }),
  );
});

test('a stream is shown with the services that play its kind', () => {
  const [torrent, usenet] = ['torrent', 'usenet'].map((kind) =>
    STREAM_KINDS.findIndex((one) => one === kind),
  );
  const [row] = fixtureRows(1);
  assert.ok(row !== undefined && torrent !== undefined && usenet !== undefined);
  const rows = [
    { ...row, kind: torrent, streamId: 1 },
    { ...row, kind: usenet, streamId: 2, infohash: null, locator: 'https://indexer.example/1' },
  ];
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  const settings: RankingSettings = {
    ...DEFAULT_RANKING,
    kinds: ['torrent', 'usenet', 'http'],
    unavailableKinds: [],
  };
  const services = (isMixed: boolean, onlyCached = [false, false, false]) => ({
    kinds: [1 << torrent, 1 << usenet, (1 << torrent) | (1 << usenet)],
    onlyCached,
    isMixed,
  });
  const shown = (
    played: ReturnType<typeof services>,
    marks: readonly (Uint8Array | null)[] | null = null,
  ) =>
    [...rank(set, compileRanking(settings, played), null, null, marks).shown]
      .map((entry): [number, number] => [rowOfShown(entry), serviceOfShown(entry)])
      .toSorted(([rowA, a], [rowB, b]) => rowA - rowB || a - b);
  assert.deepEqual(shown(services(false)), [
    [0, 0],
    [0, 2],
    [1, 1],
    [1, 2],
  ]);
  assert.deepEqual(shown(services(true)), [
    [0, 0],
    [1, 1],
  ]);
  const { cached, notCached } = MARKS;
  const last = [null, null, Uint8Array.of(cached, cached)];
  assert.deepEqual(shown(services(true), last), [
    [0, 2],
    [1, 2],
  ]);
  const only = services(false, [true, true, true]);
  assert.deepEqual(shown(only, [null, Uint8Array.of(notCached, cached), null]), [[1, 1]]);
});
