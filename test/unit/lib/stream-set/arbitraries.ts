/** Random media and rows for property tests. */
import fc from 'fast-check';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import type { StreamSetMedia } from '../../../../src/lib/stream-set/row.ts';

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
