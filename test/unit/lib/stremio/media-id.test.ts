/** Protects the id grammar: ids live for ever in users' libraries, and a wrong split shows wrong streams. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import {
  SEASON_OF_ID,
  decodeSegment,
  documentName,
  externalIdOf,
  parseMediaId,
  parseMediaType,
  parseTitleId,
  type IdProvider,
} from '../../../../src/lib/stremio/media-id.ts';
import type { MediaType } from '../../../../src/lib/stremio/types.ts';

const rejects = (code: string, field: string | undefined) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.field === field;

test('movie ids keep their canonical form and have no episode', () => {
  for (const [raw, provider] of [
    ['tt1254207', 'imdb'],
    ['tmdb:603', 'tmdb'],
    ['tvdb:81189', 'tvdb'],
    ['kitsu:7442', 'kitsu'],
    ['mal:16498', 'mal'],
    ['anilist:16498', 'anilist'],
    ['sl:night-of-1968', 'sl'],
  ] as const) {
    assert.deepEqual(parseMediaId('movie', raw), {
      type: 'movie',
      provider,
      id: raw,
      season: 0,
      episode: 0,
    });
  }
});

test('series ids are split from the right, so prefixed ids work', () => {
  const cases: readonly [string, IdProvider, string, number, number][] = [
    ['tt0053509:0:12', 'imdb', 'tt0053509', 0, 12],
    ['tmdb:603:1:2', 'tmdb', 'tmdb:603', 1, 2],
    ['tvdb:81189:1:2', 'tvdb', 'tvdb:81189', 1, 2],
    ['kitsu:7442:5', 'kitsu', 'kitsu:7442', SEASON_OF_ID, 5],
    ['kitsu:7442:1:5', 'kitsu', 'kitsu:7442', SEASON_OF_ID, 5],
    ['kitsu:7442', 'kitsu', 'kitsu:7442', SEASON_OF_ID, 1],
    ['mal:16498:25', 'mal', 'mal:16498', SEASON_OF_ID, 25],
    ['anilist:16498:99999', 'anilist', 'anilist:16498', SEASON_OF_ID, 99999],
    ['sl:why-we-fight:9999:99999', 'sl', 'sl:why-we-fight', 9999, 99999],
  ];
  for (const [raw, provider, id, season, episode] of cases) {
    assert.deepEqual(parseMediaId('series', raw), {
      type: 'series',
      provider,
      id,
      season,
      episode,
    });
  }
});

test('IMDb ids get the padding that IMDb prints, so one title has one key', () => {
  assert.equal(parseTitleId('movie', 'tt63350').id, 'tt0063350');
  assert.equal(parseTitleId('movie', 'tt0063350').id, 'tt0063350');
  assert.equal(parseTitleId('movie', 'tt0000063350').id, 'tt0063350');
  assert.equal(parseTitleId('movie', 'tt10872600').id, 'tt10872600');
  assert.equal(parseMediaId('series', 'tt1:1:1').id, 'tt0000001');
});

test('malformed ids are refused with the field named', () => {
  const titles = [
    '',
    'tt',
    'ttx',
    'TT1254207',
    'tt12345678901',
    'tt-1',
    'tt1 ',
    'tt1.0',
    '1254207',
    'tmdb:',
    'tmdb:0',
    'tmdb:007',
    'tmdb:1234567890',
    'tmdb:abc',
    'sl:',
    'sl:-a',
    'sl:A',
    'sl:a_b',
    'sl:a/b',
    `sl:${'a'.repeat(81)}`,
    'demo:spring',
    'tt１',
    'tt1:1:1',
    'tmdb:1:1:1',
    'tvdb:0',
    'tvdb:1a',
    'kitsu:',
    'kitsu:01',
    'kitsu:1:1',
    'Kitsu:1',
    'mal:1234567890',
    'mal:one',
    'anilist:',
    'anilist:-1',
    'anidb:1',
    'imdb:1',
    '__proto__',
    'tt1\n',
  ];
  for (const raw of titles) {
    assert.throws(() => parseTitleId('movie', raw), rejects('request.bad-id', 'id'), raw);
    assert.throws(() => parseMediaId('movie', raw), rejects('request.bad-id', 'id'), raw);
  }
  const episodes = [
    '',
    ':',
    '::',
    'tt1',
    'tt1:1',
    'tt1::',
    'tt1:1:',
    'tt1::1',
    ':1:1',
    'tt1:-1:1',
    'tt1:1:1:1',
    'tt1:10000:1',
    'tt1:1:100000',
    'tmdb:603',
    'tmdb:603:1',
    'sl:a',
    'sl:a:1',
    'tt1:1:1 ',
    'tt1:0x1:1',
    'tt1:1e3:1',
    'tvdb:603',
    'tvdb:603:1',
    'kitsu:1:',
    'kitsu:1::1',
    'kitsu:1:1:',
    'kitsu:1:1:1:1',
    'kitsu:1:100000',
    'kitsu:1:10000:1',
    'kitsu:a:1',
    'mal::1',
    'anilist:1:x',
  ];
  for (const raw of episodes)
    assert.throws(() => parseMediaId('series', raw), rejects('request.bad-id', 'id'), raw);
});

test('types other than movie and series are refused', () => {
  assert.equal(parseMediaType('movie'), 'movie');
  assert.equal(parseMediaType('series'), 'series');
  for (const raw of ['', 'tv', 'Movie', 'movie ', 'constructor']) {
    assert.throws(() => parseMediaType(raw), rejects('request.bad-type', 'type'), raw);
  }
});

test('documents lose their suffix and their percent-encoding, in this order', () => {
  assert.equal(documentName('sl%3Aspring.json', '.json'), 'sl:spring');
  assert.equal(documentName('tmdb%3a603%3A1%3A2.json', '.json'), 'tmdb:603:1:2');
  assert.equal(documentName('.json', '.json'), '');
  assert.throws(() => documentName('tt1', '.json'), rejects('request.not-found', undefined));
  assert.throws(() => documentName('tt1.jpg', '.json'), rejects('request.not-found', undefined));
  for (const raw of ['%', '%2', '%zz', '%C3', '%ED%A0%80']) {
    assert.throws(() => decodeSegment(raw), rejects('request.bad-path', 'path'), raw);
  }
});

const mediaType = fc.constantFrom<MediaType>('movie', 'series');

test('property: whatever comes in, only an AppError comes out', () => {
  const near = fc.stringMatching(/^(tt|tmdb:|tvdb:|kitsu:|mal:|anilist:|sl:)?[a-z0-9:-]{0,24}$/u);
  fc.assert(
    fc.property(mediaType, fc.oneof(fc.string({ unit: 'binary' }), near), (type, raw) => {
      for (const parse of [
        () => parseMediaId(type, raw),
        () => parseTitleId(type, raw),
        () => decodeSegment(raw),
      ]) {
        try {
          parse();
        } catch (error) {
          assert.ok(error instanceof AppError, String(error));
        }
      }
    }),
  );
});

test('property: every id parses to its parts, through percent-encoding', () => {
  const number = fc.integer({ min: 1, max: 999_999_999 });
  const title = fc.oneof(
    fc.integer({ min: 0, max: 9_999_999_999 }).map((n) => `tt${String(n).padStart(7, '0')}`),
    number.map((n) => `tmdb:${n}`),
    number.map((n) => `tvdb:${n}`),
    fc.stringMatching(/^sl:[a-z0-9][a-z0-9-]{0,79}$/u),
  );
  const season = fc.integer({ min: 0, max: 9999 });
  const episode = fc.integer({ min: 0, max: 99_999 });
  fc.assert(
    fc.property(mediaType, title, season, episode, (type, id, s, e) => {
      const raw = type === 'movie' ? id : `${id}:${s}:${e}`;
      const parsed = parseMediaId(type, decodeSegment(encodeURIComponent(raw)));
      assert.equal(parsed.id, id);
      assert.deepEqual([parsed.season, parsed.episode], type === 'movie' ? [0, 0] : [s, e]);
    }),
  );
});

test('property: an entry of anime and its episode, with or without a season', () => {
  const provider = fc.constantFrom('kitsu', 'mal', 'anilist');
  const number = fc.integer({ min: 1, max: 999_999_999 });
  const season = fc.option(fc.integer({ min: 0, max: 9999 }));
  const episode = fc.integer({ min: 0, max: 99_999 });
  fc.assert(
    fc.property(provider, number, season, episode, (name, n, s, e) => {
      const id = `${name}:${n}`;
      const parsed = parseMediaId('series', s === null ? `${id}:${e}` : `${id}:${s}:${e}`);
      assert.deepEqual(parsed, {
        type: 'series',
        provider: name,
        id,
        season: SEASON_OF_ID,
        episode: e,
      });
      assert.equal(externalIdOf(parsed), String(n));
    }),
  );
});

test('ids are stored without their prefix, but for ours and those of IMDb', () => {
  for (const [raw, stored] of [
    ['tt1254207', 'tt1254207'],
    ['sl:spring', 'sl:spring'],
    ['tmdb:603', '603'],
    ['tvdb:81189', '81189'],
    ['anilist:1', '1'],
  ] as const)
    assert.equal(externalIdOf(parseTitleId('movie', raw)), stored);
});
