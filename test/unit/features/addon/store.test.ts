/** Protects the caches of the add-on: what is packed comes back, foreign bytes are a miss, no two pages share a key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import type { CatalogQuery, TitleDetails } from '../../../../src/features/addon/contract.ts';
import {
  CATALOG_CACHE,
  catalogKey,
  GENRE_CACHE,
  META_CACHE,
  metaKey,
} from '../../../../src/features/addon/store.ts';
import { parseTitleId } from '../../../../src/lib/stremio/media-id.ts';

const NEVER = new AbortController().signal;
const TITLE: TitleDetails = {
  type: 'series',
  publicId: 'sl:haxan',
  imdbId: 'tt0013257',
  tmdbId: '',
  title: 'Häxan 🧙',
  year: 1922,
  endYear: 0,
  description: 'x'.repeat(500),
  genres: ['Horror'],
  rating: 7.5,
  runtimeMinutes: 91,
  released: '',
  languages: [],
  country: '',
  website: '',
  backgroundUrl: '',
  logoUrl: '',
  episodes: [
    {
      season: 1,
      episode: 2,
      title: 'b',
      overview: '',
      released: '1942-05-27',
      thumbnailUrl: 'https://example.org/2.jpg',
    },
  ],
  isEntry: false,
};

test('values come back as they went in, and their size is not underestimated', async () => {
  const bytes = await META_CACHE.codec.encode(TITLE);
  assert.deepEqual(await META_CACHE.codec.decode(bytes, NEVER), TITLE);
  assert.ok(META_CACHE.codec.sizeBytes(TITLE) > bytes.byteLength);
  const page = { titles: [TITLE, TITLE] };
  assert.deepEqual(
    await CATALOG_CACHE.codec.decode(await CATALOG_CACHE.codec.encode(page), NEVER),
    page,
  );
  const genres = { movie: ['Horror'], series: [] };
  assert.deepEqual(
    await GENRE_CACHE.codec.decode(await GENRE_CACHE.codec.encode(genres), NEVER),
    genres,
  );
});

test('corrupt bytes and values of another shape are a miss', async () => {
  const whole = await META_CACHE.codec.encode(TITLE);
  const foreign = [
    new Uint8Array(),
    whole.subarray(0, 100),
    pack(null),
    pack('text'),
    pack({ movie: [] }),
    pack([1]),
  ];
  for (const { codec } of [CATALOG_CACHE, META_CACHE, GENRE_CACHE]) {
    for (const bytes of foreign) assert.equal(await codec.decode(bytes, NEVER), null);
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      assert.equal(await CATALOG_CACHE.codec.decode(bytes, NEVER), null);
    }),
  );
});

test("property: different pages have different keys, none of them a title's", () => {
  const text = fc.option(fc.stringMatching(/^[a-z:% ]{1,8}$/u));
  const query: fc.Arbitrary<CatalogQuery> = fc.record({
    type: fc.constantFrom('movie', 'series'),
    order: fc.constantFrom('latest', 'popular', 'rating', 'released', 'title', 'relevance'),
    isReversed: fc.boolean(),
    hiddenLevels: fc.constantFrom(0, 16, 0x4010),
    skip: fc.nat({ max: 300 }),
    genre: text,
    search: text,
  });
  fc.assert(
    fc.property(query, query, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      assert.equal(catalogKey(a) === catalogKey(b), same);
      for (const id of ['tt1254207', 'tmdb:603', 'sl:latest']) {
        assert.notEqual(metaKey(parseTitleId(a.type, id)), catalogKey(a));
      }
    }),
  );
});
