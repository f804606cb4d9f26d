/** Parameters of Torznab: what clients send, and what they must not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameWords, wordPattern } from '../../../../src/features/indexer/name-words.ts';
import {
  parseOfferQuery,
  resolutionCategory,
  TorznabError,
} from '../../../../src/features/indexer/query.ts';
import { RESOLUTIONS } from '../../../../src/lib/vocabulary.ts';

const parse = (query: string, type: 'movie' | 'series' | null = null) =>
  parseOfferQuery(new URLSearchParams(query), type);
const refusal = (query: string) => {
  try {
    parse(query);
  } catch (error) {
    assert.ok(error instanceof TorznabError);
    return `${error.code} ${error.message}`;
  }
  return null;
};

test('limits are kept within bounds, numbers are numbers', () => {
  assert.deepEqual(
    [parse('').limit, parse('limit=0').limit, parse('limit=1000').limit],
    [50, 1, 100],
  );
  assert.equal(parse('offset=7').offset, 7);
  for (const query of [
    'limit=abc',
    'limit=-1',
    'offset=1e3',
    'offset=-1',
    'q=x&season=x',
    'q=x&season=1&ep=1.5',
  ])
    assert.match(refusal(query) ?? '', /^201 Incorrect parameter \(\w+\): expected /, query);
  assert.match(refusal(`q=${'x'.repeat(300)}`) ?? '', /^201 .*\(q\)/);
});

test('ids in the forms that clients write them', () => {
  assert.equal(parse('imdbid=tt0063350').ids?.imdbId, 'tt0063350');
  assert.equal(parse('imdbid=63350').ids?.imdbId, 'tt0063350');
  assert.deepEqual(parse('tmdbid=0603&tvdbid=70').ids, { imdbId: '', tmdbId: '603', tvdbId: '70' });
  assert.equal(parse('imdbid=').ids, null);
  for (const query of ['imdbid=nm1', 'imdbid=tt', 'tmdbid=x', 'tvdbid=-1'])
    assert.match(refusal(query) ?? '', /^201 /, query);
});

test('a season is one of a series, an episode one of a season', () => {
  assert.match(refusal('season=1') ?? '', /^200 Missing parameter/);
  assert.match(refusal('q=x&ep=1') ?? '', /^200 Missing parameter/);
  const { type, season, episode } = parse('q=x&season=1&ep=2');
  assert.deepEqual([type, season, episode], ['series', 1, 2]);
  const daily = parse('q=Show&season=2015&ep=08/07');
  assert.deepEqual(
    [daily.text, daily.season, daily.episode, daily.type],
    ['Show 2015 08 07', null, null, 'series'],
  );
});

test('categories: kinds and resolutions; unusable ones are left out', () => {
  const all = RESOLUTIONS.length;
  const count = (query: string) => {
    const { movieResolutions, seriesResolutions } = parse(query);
    return [movieResolutions.length, seriesResolutions.length];
  };
  assert.deepEqual(count(''), [all, all]);
  assert.deepEqual(count('cat=2000'), [all, 0]);
  assert.deepEqual(count('cat=5070'), [0, all]);
  assert.deepEqual(count('cat=2045,5045'), [1, 1]);
  assert.deepEqual(count('cat=3000'), [0, 0]);
  assert.deepEqual(count('cat=x,,2040&cat=2045'), [5, 0]);
  assert.deepEqual(count('cat=x'), [all, all]);
  assert.equal(resolutionCategory('movie', RESOLUTIONS.indexOf('1080p')), 2040);
  assert.equal(resolutionCategory('series', RESOLUTIONS.indexOf('480p')), 5030);
  assert.equal(resolutionCategory('series', 0), 0);
});

test('words of a search are patterns without signs of their own', () => {
  assert.deepEqual(nameWords("Ocean's.Eleven_(2001) 100%"), ["Ocean's", 'Eleven', '2001', '100']);
  assert.equal(wordPattern("Ocean's"), '%Ocean%s%');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const words = nameWords(text);
      assert.ok(words.length <= 12);
      for (const word of words) assert.doesNotMatch(word, /[%_\\]/);
    }),
  );
});
