/** What an indexer is asked for a title, by what it says that it can. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SearchSubject } from '../../../../src/features/sources/contract.ts';
import {
  hasCategories,
  planQueries,
  type QueryOptions,
} from '../../../../src/features/sources/providers/torznab-queries.ts';
import { PLAIN_CAPS, type Caps, type SearchMode } from '../../../../src/lib/torznab/caps.ts';

const MOVIE: SearchSubject = {
  mediaId: 1,
  type: 'movie',
  imdbId: 'tt0063350',
  tmdbId: '10331',
  tvdbId: '',
  names: ['Night of the Living Dead', 'La noche de los muertos vivientes'],
  year: 1968,
  endYear: 0,
  isAnime: false,
  released: '1968-10-04',
  episodes: [],
  season: 0,
  episode: 0,
};
const SERIES: SearchSubject = {
  ...MOVIE,
  type: 'series',
  imdbId: 'tt1748166',
  tmdbId: '35044',
  tvdbId: '170551',
  names: ['Pioneer One'],
  year: 2010,
  season: 1,
  episode: 2,
};
const DEFAULTS: QueryOptions = { movieCategories: null, seriesCategories: null, imdbForm: 'tt' };
const mode = (...params: string[]): SearchMode => ({ isAvailable: true, params: new Set(params) });
const BY_ID: Caps = {
  ...PLAIN_CAPS,
  movie: mode('q', 'imdbid', 'tmdbid'),
  series: mode('q', 'season', 'ep', 'imdbid', 'tvdbid'),
};

/** Without what all of them have. */
function plan(subject: SearchSubject, caps: Caps, options = DEFAULTS) {
  return planQueries(subject, caps, options).map(({ queries }) =>
    queries.map((query) =>
      Object.fromEntries(
        Object.entries(query).filter(([name]) => name !== 'cat' && name !== 'extended'),
      ),
    ),
  );
}
const words = (subject: SearchSubject, caps = PLAIN_CAPS) =>
  plan(subject, caps).map((queries) => queries.map(({ q }) => q));

describe('by id', () => {
  test('a film: its IMDb id in the form of the endpoint, then by name', () => {
    assert.deepEqual(plan(MOVIE, BY_ID)[0], [{ t: 'movie', imdbid: 'tt0063350' }]);
    assert.deepEqual(plan(MOVIE, BY_ID, { ...DEFAULTS, imdbForm: 'digits' })[0], [
      { t: 'movie', imdbid: '0063350' },
    ]);
    assert.deepEqual(plan({ ...MOVIE, imdbId: '' }, BY_ID)[0], [{ t: 'movie', tmdbid: '10331' }]);
    assert.equal(plan({ ...MOVIE, imdbId: '', tmdbId: '' }, BY_ID)[0]?.[0]?.['t'], 'search');
    assert.equal(planQueries(MOVIE, BY_ID, DEFAULTS)[0]?.enough, 1);
  });

  test('an episode: itself and the packs of its season', () => {
    assert.deepEqual(plan(SERIES, BY_ID)[0], [
      { t: 'tvsearch', tvdbid: '170551', season: '1', ep: '2' },
      { t: 'tvsearch', tvdbid: '170551', season: '1' },
    ]);
    const plain = { ...BY_ID, series: mode('q', 'imdbid', 'season') };
    assert.deepEqual(plan(SERIES, plain)[0], [{ t: 'tvsearch', imdbid: 'tt1748166', season: '1' }]);
  });

  test('a way that is not available is not gone', () => {
    const off = { ...BY_ID, movie: { ...BY_ID.movie, isAvailable: false } };
    assert.deepEqual(plan(MOVIE, off)[0], [{ t: 'search', q: 'Night of the Living Dead 1968' }]);
  });
});

describe('by name', () => {
  test('films: with the year, without it, other names', () => {
    assert.deepEqual(words(MOVIE), [
      ['Night of the Living Dead 1968'],
      ['Night of the Living Dead', 'La noche de los muertos vivientes 1968'],
    ]);
    assert.deepEqual(words({ ...MOVIE, year: 0, names: ['Sintel'] }), [['Sintel']]);
  });

  test('episodes: themselves and their season', () => {
    assert.deepEqual(words(SERIES), [['Pioneer One S01E02', 'Pioneer One S01']]);
  });

  test('anime: counted over all seasons, too', () => {
    const episodes = [{ season: 2, episode: 2, absolute: 14, released: '' }];
    const anime = { ...SERIES, isAnime: true, season: 2, episodes };
    assert.deepEqual(words(anime)[0], ['Pioneer One 14', 'Pioneer One S02E02', 'Pioneer One S02']);
    assert.deepEqual(words({ ...anime, episodes: [] })[0], [
      'Pioneer One S02E02',
      'Pioneer One S02',
    ]);
    assert.equal(words({ ...anime, season: 1, episodes: [] })[0]?.[0], 'Pioneer One 02');
  });

  test('shows of every day: by their date', () => {
    const episodes = Array.from({ length: 100 }, (_, at) => ({
      season: 3,
      episode: at + 1,
      absolute: 0,
      released: at === 1 ? '2015-08-07' : '2015-01-01',
    }));
    assert.deepEqual(words({ ...SERIES, season: 3, episodes })[0], [
      'Pioneer One 2015 08 07',
      'Pioneer One S03',
    ]);
  });

  test('signs and marks are taken off, letters of every script stay', () => {
    const first = (name: string) => words({ ...MOVIE, year: 0, names: [name] })[0]?.[0];
    assert.equal(first("Amélie's L’Été: M*A*S*H & Co."), 'Amelies LEte M A S H Co');
    assert.equal(first('千と千尋の神隠し'), '千と千尋の神隠し');
    assert.equal(first('Ирония судьбы!'), 'Ирония судьбы');
    assert.equal(first('शोले'), 'शोले');
    assert.deepEqual(words({ ...MOVIE, names: ['!!!'] }), []);
  });

  test('an endpoint that has no plain search is asked in the way of the type', () => {
    const typed = {
      ...PLAIN_CAPS,
      search: { isAvailable: false, params: new Set<string>() },
      movie: mode('q'),
    };
    assert.deepEqual(plan(MOVIE, typed)[0], [{ t: 'movie', q: 'Night of the Living Dead 1968' }]);
  });
});

describe('categories', () => {
  const catsOf = (subject: SearchSubject, caps: Caps, options = DEFAULTS) =>
    planQueries(subject, caps, options)[0]?.queries[0]?.['cat'];
  const listed = (...ids: number[]) => ({
    ...PLAIN_CAPS,
    categories: ids.map((id) => ({ id, name: '' })),
  });

  test('those of the settings, else those of the endpoint, else the standard ones', () => {
    assert.equal(catsOf(MOVIE, PLAIN_CAPS), '2000,2010,2020,2030,2040,2045,2050,2060');
    assert.equal(catsOf(SERIES, PLAIN_CAPS), '5000,5010,5020,5030,5040,5045,5060,5070');
    assert.equal(catsOf(MOVIE, listed(2000, 2040, 5000, 7000)), '2000,2040');
    assert.equal(catsOf({ ...MOVIE, isAnime: true }, listed(5070, 2020)), '5070,2020');
    assert.equal(
      catsOf(MOVIE, listed(2000), { ...DEFAULTS, movieCategories: [100_001] }),
      '100001',
    );
  });

  test('what an endpoint has none of is not searched for', () => {
    assert.equal(hasCategories(MOVIE, listed(5000), DEFAULTS), false);
    assert.equal(hasCategories(SERIES, listed(5000), DEFAULTS), true);
    assert.equal(hasCategories(MOVIE, undefined, DEFAULTS), true);
    assert.equal(hasCategories(MOVIE, PLAIN_CAPS, DEFAULTS), true);
    assert.equal(hasCategories(MOVIE, listed(2000), { ...DEFAULTS, movieCategories: [] }), false);
  });
});
