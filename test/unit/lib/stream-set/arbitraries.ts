/** Random media and rows for property tests, and the way back from a set to rows. */
import fc from 'fast-check';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import type { StreamSetMedia } from '../../../../src/lib/stream-set/row.ts';
import type { StreamSet } from '../../../../src/lib/stream-set/stream-set.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const size = fc.oneof(fc.constant(0), fc.constant(Number.MAX_SAFE_INTEGER), fc.maxSafeNat());
/** All of Unicode without lone surrogates, often repeated, often empty. */
const text = fc.oneof(
  fc.constantFrom('', 'demo', 'udp://a\nudp://b', '\u0000\u001f"\\\u007f\u2028', '🧲🇩🇪é'),
  fc.string({ unit: 'binary', maxLength: 40 }).map((drawn) => Buffer.from(drawn).toString()),
);

export const mediaArbitrary: fc.Arbitrary<StreamSetMedia> = fc.record(
  {
    mediaId: fc.maxSafeNat(),
    type: fc.constantFrom('movie', 'series'),
    publicId: text,
    imdbId: text,
    tmdbId: text,
    title: text,
    year: fc.integer({ min: 0, max: 0xffff }),
    runtimeMinutes: fc.integer({ min: 0, max: 0xffff }),
    season: fc.integer({ min: 0, max: 0xffff }),
    episode: fc.integer({ min: 0, max: 99_999 }),
    restrictions: fc.integer({ min: 0, max: 3 }),
  },
  { noNullPrototype: true },
);

export const rowArbitrary: fc.Arbitrary<StreamRow> = fc.record(
  {
    streamId: fc.maxSafeNat(),
    kind: fc.integer({ min: 0, max: 5 }),
    resolution: fc.integer({ min: 0, max: 11 }),
    quality: fc.integer({ min: 0, max: 30 }),
    codec: fc.integer({ min: 0, max: 13 }),
    hdrMask: fc.integer({ min: 0, max: 15 }),
    audioMask: fc.integer({ min: 0, max: 0x7fff }),
    channelsMask: fc.integer({ min: 0, max: 63 }),
    flagsMask: fc.integer({ min: 0, max: 0xffff }),
    languagesLow: word,
    languagesHigh: fc.integer({ min: 0, max: 0x1_ffff }),
    subtitleLanguagesLow: word,
    subtitleLanguagesHigh: fc.integer({ min: 0, max: 0x1_ffff }),
    bitDepth: fc.integer({ min: 0, max: 16 }),
    fileSizeBytes: size,
    totalSizeBytes: size,
    seeders: fc.integer({ min: -1, max: 0x7fff_ffff }),
    addedAtS: word,
    fileIndex: fc.integer({ min: -1, max: 0x7fff_ffff }),
    infohash: fc.option(
      fc
        .uint8Array({ minLength: 20, maxLength: 20 })
        .filter((bytes) => bytes.some((byte) => byte !== 0)),
    ),
    name: text,
    filename: text,
    locator: text,
    source: text,
    releaseGroup: text,
    uploader: text,
    trackers: text,
  },
  { noNullPrototype: true },
);

/** Reads every cell of every row back. */
export function rowsOf(set: StreamSet): readonly StreamRow[] {
  return Array.from({ length: set.rowCount }, (_, row) => rowOf(set, row));
}

function rowOf(set: StreamSet, row: number): StreamRow {
  const { columns } = set;
  const infohash = set.infohash(row);
  return {
    streamId: cell(columns.streamId, row),
    kind: cell(columns.kind, row),
    resolution: cell(columns.resolution, row),
    quality: cell(columns.quality, row),
    codec: cell(columns.codec, row),
    hdrMask: cell(columns.hdrMask, row),
    audioMask: cell(columns.audioMask, row),
    channelsMask: cell(columns.channelsMask, row),
    flagsMask: cell(columns.flagsMask, row),
    languagesLow: cell(columns.languagesLow, row),
    languagesHigh: cell(columns.languagesHigh, row),
    subtitleLanguagesLow: cell(columns.subtitleLanguagesLow, row),
    subtitleLanguagesHigh: cell(columns.subtitleLanguagesHigh, row),
    bitDepth: cell(columns.bitDepth, row),
    fileSizeBytes: cell(columns.fileSizeBytes, row),
    totalSizeBytes: cell(columns.totalSizeBytes, row),
    seeders: cell(columns.seeders, row),
    addedAtS: cell(columns.addedAtS, row),
    fileIndex: cell(columns.fileIndex, row),
    infohash: infohash === null ? null : Uint8Array.from(infohash),
    name: set.name(row),
    filename: set.filename(row),
    locator: set.locator(row),
    source: set.source(row),
    releaseGroup: set.releaseGroup(row),
    uploader: set.uploader(row),
    trackers: set.trackers(row),
  };
}

function cell(column: ArrayLike<number>, row: number): number {
  const value = column[row];
  if (value === undefined)
    throw new RangeError(`row ${row} is outside a column of ${column.length}`);
  return value;
}
