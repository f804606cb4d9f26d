/** What metadata services say goes into the library, and takes nothing away that came from elsewhere. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { AdoptedTitle, ImportedTitle } from '../../../src/features/library/contract.ts';
import { parseTitleId, type TitleId } from '../../../src/lib/stremio/media-id.ts';
import { hiddenLevelsMask } from '../../../src/lib/user-config/hidden-levels.ts';
import { importedStream, importedTitle } from '../../support/imported-titles.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';

const { signal } = new AbortController();
const DAY_S = 86_400;
const bare = { overview: '', released: '', thumbnailUrl: '' };
const movie = (id: string) => parseTitleId('movie', id);

function adopted(
  given: Partial<ImportedTitle> & { readonly publicId: string },
  isSketch = false,
): AdoptedTitle {
  return { title: importedTitle(given), isSketch, nextCheckS: DAY_S };
}

describe('adopted titles', { skip: skipWithoutPostgres }, () => {
  let opened: TestLibrary;

  before(async () => {
    opened = await openTestLibrary();
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  const adopt = (...titles: AdoptedTitle[]) => opened.library.adoptTitles(titles, signal);
  const details = (id: TitleId) => opened.library.titleDetails(id, signal);
  const mediaId = async (id: TitleId) =>
    (await opened.streams.resolveMedia(id, signal))?.mediaId ?? 0;
  const streamNames = async (id: TitleId) =>
    (await opened.streams.loadStreams(await mediaId(id), 0, 0, signal)).map(({ name }) => name);
  const count = async () =>
    (await opened.database.sql<{ n: number }[]>`SELECT count(*)::int AS n FROM media`)[0]?.n;

  const FILM = { publicId: 'sl:movie-tt0000011', imdbId: 'tt0000011', title: 'Paper Moons' };

  test('a title that the library lacks is made; what is said again changes nothing', async () => {
    const [changed] = await adopt(adopted({ ...FILM, tmdbId: '77', year: 1973 }));
    assert.deepEqual(
      changed?.ids.map(({ id }) => id),
      ['tt0000011', 'sl:movie-tt0000011', 'tmdb:77'],
    );
    assert.deepEqual(await adopt(adopted({ ...FILM, tmdbId: '77', year: 1973 })), []);
    assert.equal((await details(movie('tmdb:77')))?.title, 'Paper Moons');
    assert.deepEqual(await opened.titles({}), [], 'nothing plays it, so no catalogue offers it');
  });

  test('what was made so is replaced, and keeps its streams and its id', async () => {
    await adopt(adopted({ ...FILM, genres: ['Drama'], alternativeTitles: ['Lunes'] }));
    const stream = importedStream({ name: 'Paper.Moons.1973.1080p' });
    await opened.library.importTitles([importedTitle({ ...FILM, streams: [stream] })], signal);
    const [changed] = await adopt(
      adopted({ ...FILM, publicId: 'sl:movie-tmdb-77', tmdbId: '77', genres: ['Comedy'] }),
    );
    assert.deepEqual(changed?.episodes, [{ season: 0, episode: 0 }]);
    const found = await details(movie('tmdb:77'));
    assert.deepEqual([found?.publicId, found?.genres], [FILM.publicId, ['Comedy']]);
    assert.deepEqual(await streamNames(movie('tt0000011')), [stream.name]);
    assert.equal((await details(movie('sl:movie-tmdb-77')))?.publicId, FILM.publicId);
  });

  test('a title of an import keeps what it has and gets what it lacks', async () => {
    const own = importedTitle({
      type: 'series',
      publicId: 'sl:night-trains',
      imdbId: 'tt0123456',
      title: 'Night Trains',
      year: 1999,
      isAlwaysListed: true,
      genres: ['Drama'],
      images: [{ kind: 'poster', url: 'https://example.org/own.jpg' }],
      ratings: [{ provider: 'imdb', value: 7.5, votes: 3 }],
      episodes: [{ ...bare, season: 1, episode: 1, title: 'Own' }],
    });
    await opened.library.importTitles([own], signal);
    const said: Partial<ImportedTitle> & { publicId: string } = {
      type: 'series',
      publicId: 'sl:series-tt0123456',
      imdbId: 'tt0123456',
      tmdbId: '9',
      title: 'The Night Trains',
      originalTitle: 'Нічні потяги',
      alternativeTitles: ['Nachtzüge'],
      year: 1999,
      released: '1999-03-01',
      description: 'Trains.',
      genres: ['Crime'],
      images: [
        { kind: 'poster', url: 'https://example.org/theirs.jpg' },
        { kind: 'logo', url: 'https://example.org/logo.png' },
      ],
      ratings: [
        { provider: 'imdb', value: 1, votes: 1 },
        { provider: 'tmdb', value: 8, votes: 2 },
      ],
      episodes: [
        { ...bare, season: 1, episode: 1, title: 'Theirs' },
        { ...bare, season: 2, episode: 1, title: 'New' },
      ],
      otherIds: [{ provider: 'tvdb', id: '5', season: -1, episodeOffset: 0 }],
    };
    const [changed] = await adopt(adopted(said));
    assert.ok(changed?.ids.some(({ id }) => id === 'tvdb:5'));
    assert.deepEqual(await adopt(adopted(said)), [], 'the second time there is nothing to add');
    const found = await details(parseTitleId('series', 'tvdb:5'));
    assert.deepEqual(
      [found?.title, found?.genres, found?.rating, found?.released, found?.description],
      ['Night Trains', ['Drama'], 7.5, '1999-03-01', 'Trains.'],
    );
    assert.deepEqual(
      found?.episodes.map(({ title }) => title),
      ['Own', 'New'],
    );
    assert.equal(found?.logoUrl, 'https://example.org/logo.png');
    const poster = await opened.library.posterSource(parseTitleId('series', 'tmdb:9'), signal);
    assert.equal(poster?.posterUrl, 'https://example.org/own.jpg');
    for (const words of ['nachtzüge', 'нічні', 'the night trains'])
      assert.deepEqual(await opened.search(words, { type: 'series' }), ['Night Trains'], words);
  });

  test('two titles that turn out to be one become one, with the streams and ids of both', async () => {
    const one = importedTitle({
      ...FILM,
      year: 1973,
      streams: [
        importedStream({ name: 'first' }),
        importedStream({ name: 'shared', infohash: 'a'.repeat(40) }),
      ],
    });
    const other = importedTitle({
      publicId: 'sl:movie-tmdb-77',
      tmdbId: '77',
      title: 'Paper Moons',
      year: 1974,
      streams: [
        importedStream({ name: 'second' }),
        importedStream({ name: 'shared', infohash: 'a'.repeat(40) }),
      ],
    });
    await adopt(
      { title: one, isSketch: false, nextCheckS: 1 },
      { title: other, isSketch: false, nextCheckS: 1 },
    );
    assert.equal(await count(), 2);
    const [changed] = await adopt(adopted({ ...FILM, tmdbId: '77', year: 1973 }));
    assert.equal(await count(), 1);
    assert.ok(changed?.ids.some(({ id }) => id === 'sl:movie-tmdb-77'));
    assert.deepEqual((await streamNames(movie('tmdb:77'))).sort(), ['first', 'second', 'shared']);
    for (const id of ['tt0000011', 'sl:movie-tt0000011', 'sl:movie-tmdb-77'])
      assert.equal((await details(movie(id)))?.publicId, FILM.publicId, id);
  });

  test('what a profile has brought for one of them alone goes along, once', async () => {
    const { sql } = opened.database;
    const twin = { publicId: 'sl:movie-tmdb-77', tmdbId: '77', title: FILM.title };
    await adopt(adopted(FILM));
    await adopt(adopted(twin));
    const [kept, double] = [await mediaId(movie('tt0000011')), await mediaId(movie('tmdb:77'))];
    const profile = '6f1b6f0e-8f53-4c1e-9d0a-0a1b2c3d4e5f';
    await sql`INSERT INTO user_profile (profile_id, legacy_config) VALUES (${profile}, '{}')`;
    for (const [title, key] of [
      [kept, 'both'],
      [double, 'both'],
      [double, 'moved'],
    ] as const)
      await sql`
        INSERT INTO private_stream (profile_id, media_id, kind, content_key, name, attributes)
        VALUES (${profile}, ${title}, 0, decode(md5(${key}) || '00000000', 'hex'), ${key}, '{}')`;
    await adopt(adopted({ ...FILM, tmdbId: '77' }));
    const now = await mediaId(movie('tmdb:77'));
    assert.equal(now, await mediaId(movie('tt0000011')));
    const rows = await sql<{ name: string; title: number }[]>`
      SELECT name, media_id::float8 AS title FROM private_stream ORDER BY name`;
    assert.deepEqual(
      rows.map(({ name, title }) => [name, title]),
      [
        ['both', now],
        ['moved', now],
      ],
    );
    const [profileRow] = await sql<{ revision: number }[]>`
      SELECT private_revision AS revision FROM user_profile`;
    assert.ok((profileRow?.revision ?? 0) > 0, 'lists look anew');
    await sql`DELETE FROM user_profile`;
  });

  test('a wrong id in one service does not make two films of different years one', async () => {
    await adopt(
      adopted({ ...FILM, year: 1973 }),
      adopted({ publicId: 'sl:movie-tmdb-77', tmdbId: '77', title: 'Other', year: 2001 }),
    );
    await adopt(adopted({ ...FILM, tmdbId: '77', year: 1973 }));
    assert.equal(await count(), 2);
    assert.equal((await details(movie('tmdb:77')))?.title, 'Other');
    await opened.library.importTitles(
      [importedTitle({ publicId: 'sl:own', imdbId: 'tt0000012' })],
      signal,
    );
    await adopt(adopted({ ...FILM, publicId: 'sl:own', imdbId: 'tt0000012', year: 1973 }));
    assert.equal(await count(), 3, 'a title of an import never goes into another');
  });

  test('a sketch makes a title, and replaces nothing', async () => {
    await adopt(adopted({ ...FILM, description: 'All of it.' }));
    await adopt(adopted({ ...FILM, tmdbId: '77', title: 'paper moons' }, true));
    const found = await details(movie('tmdb:77'));
    assert.deepEqual([found?.title, found?.description], ['Paper Moons', 'All of it.']);
    const sketches = async () =>
      opened.database.sql<
        { sketch: boolean }[]
      >`SELECT is_sketch AS sketch FROM title_metadata ORDER BY media_id`;
    await adopt(
      adopted({ publicId: 'sl:movie-tt0000012', imdbId: 'tt0000012', title: 'Sketch' }, true),
    );
    assert.deepEqual(
      (await sketches()).map(({ sketch }) => sketch),
      [false, true],
    );
    await adopt(adopted({ publicId: 'sl:movie-tt0000012', imdbId: 'tt0000012', title: 'Whole' }));
    assert.deepEqual(
      (await sketches()).map(({ sketch }) => sketch),
      [false, false],
    );
  });

  test('titles are listed by their ids, in that order, once, without those that are hidden', async () => {
    await adopt(
      adopted({ ...FILM, tmdbId: '77' }),
      adopted({ publicId: 'sl:b', tmdbId: '78', title: 'B', certificate: 'Adults+' }),
      adopted({ publicId: 'sl:c', tmdbId: '79', title: 'C', isAdult: true }),
      adopted({ publicId: 'sl:d', tmdbId: '80', title: 'D' }, true),
    );
    await opened.database.sql`UPDATE media SET is_blocked = true WHERE title = 'D'`;
    const listed = async (ids: readonly string[], hiddenLevels = 0) =>
      (await opened.library.titlesByIds(ids.map(movie), hiddenLevels, signal)).map(
        ({ title }) => title,
      );
    const all = ['tmdb:80', 'tmdb:79', 'tmdb:78', 'tt0000011', 'tmdb:77', 'tt9999999'];
    assert.deepEqual(await listed(all), ['B', 'Paper Moons']);
    assert.deepEqual(await listed(all, hiddenLevelsMask([], ['Adults+'])), ['Paper Moons']);
    assert.deepEqual(await listed([]), []);
  });

  test('the same title from many sides at once is made once', async () => {
    const given = Array.from({ length: 8 }, (_, at) =>
      adopt(
        adopted({
          ...FILM,
          otherIds: [{ provider: 'tvdb', id: String(1 + (at % 2)), season: -1, episodeOffset: 0 }],
        }),
      ),
    );
    await Promise.all(given);
    assert.equal(await count(), 1);
    for (const id of ['tvdb:1', 'tvdb:2', 'tt0000011'])
      assert.equal((await details(movie(id)))?.publicId, FILM.publicId, id);
  });
});
