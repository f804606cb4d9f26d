/** Ids of anime live in users' libraries: which title and season they stand for must not depend on one bad entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAnimeList } from '../../../../src/lib/anime-list/anime-list.ts';

const NOTHING = {
  kitsu_id: 0,
  mal_id: 0,
  anilist_id: 0,
  imdb_id: '',
  tmdb_id: 0,
  tvdb_id: 0,
  tvdb_season: 1,
  tvdb_offset: 0,
  tmdb_season: 1,
  tmdb_offset: 0,
};
const parse = (...entries: readonly unknown[]) => parseAnimeList(JSON.stringify(entries));

test('a season of a series, and the second half of one', () => {
  const entry = {
    type: 'TV',
    kitsu_id: 44042,
    mal_id: 48583,
    anilist_id: 131681,
    imdb_id: ['tt2560140'],
    tvdb_id: 267440,
    themoviedb_id: { tv: 1429 },
    season: { tvdb: 4, tmdb: 4 },
    episode_offset: { tvdb: 16 },
  };
  assert.deepEqual(parse(entry), [
    {
      ...NOTHING,
      entry_id: 0,
      media_type: 'series',
      kitsu_id: 44042,
      mal_id: 48583,
      anilist_id: 131681,
      imdb_id: 'tt2560140',
      tmdb_id: 1429,
      tvdb_id: 267440,
      tvdb_season: 4,
      tvdb_offset: 16,
      tmdb_season: 4,
    },
  ]);
});

test('films, in the form of today and in that of older lists', () => {
  const [today, older, untyped] = parse(
    {
      type: 'MOVIE',
      anilist_id: 164,
      tvdb_id: 7,
      themoviedb_id: { movie: [128, 9] },
      imdb_id: ['tt0119698'],
    },
    { type: 'MOVIE', mal_id: 6408, thetvdb_id: 210291, themoviedb_id: 60669, imdb_id: 'tt1546649' },
    { kitsu_id: 5, themoviedb_id: { movie: [7] } },
  );
  assert.deepEqual(today, {
    ...NOTHING,
    entry_id: 0,
    media_type: 'movie',
    anilist_id: 164,
    tmdb_id: 128,
    imdb_id: 'tt0119698',
  });
  assert.deepEqual(older, {
    ...NOTHING,
    entry_id: 1,
    media_type: 'movie',
    mal_id: 6408,
    tmdb_id: 60669,
    imdb_id: 'tt1546649',
  });
  assert.equal(untyped?.media_type, 'movie');
});

test('what leads nowhere, or is led to by nothing, is left out; a bad field is unknown', () => {
  assert.deepEqual(parse({ kitsu_id: 1 }, { imdb_id: 'tt0000001' }, null, 7, [], 'x', {}), []);
  const [row] = parse({
    kitsu_id: '12',
    mal_id: -1,
    anilist_id: 1.5,
    imdb_id: 'nm0000001',
    tvdb_id: { a: 1 },
    themoviedb_id: { tv: '37854' },
    season: { tvdb: 'a', tmdb: -1 },
    episode_offset: 3,
  });
  assert.deepEqual(row, {
    ...NOTHING,
    entry_id: 0,
    media_type: 'series',
    kitsu_id: 12,
    tmdb_id: 37854,
  });
  for (const text of ['', '{}', 'null', '<html>', '[{'])
    assert.throws(() => parseAnimeList(text), text);
});

test('property: whatever is in a list, every row fits its table', () => {
  const names = [
    'type',
    'kitsu_id',
    'mal_id',
    'imdb_id',
    'tvdb_id',
    'themoviedb_id',
    'season',
    'episode_offset',
  ];
  const entry = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, fc.jsonValue())), (entries) => {
      for (const row of parse(...entries))
        for (const [name, value] of Object.entries(row))
          if (typeof value === 'number')
            assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** 31, name);
    }),
    { examples: [[[{ type: { toString: '' } }]]] },
  );
});
