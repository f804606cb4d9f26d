/** What importers write is what clients read, by id and in catalogues. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ImportedTitle } from '../../src/features/library/contract.ts';
import type { LibraryStore } from '../../src/features/library/store.ts';
import type { StreamStore } from '../../src/features/streams/store.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import {
  NOTHING_PLAYS,
  hiddenLevelsMask,
  isHidden,
} from '../../src/lib/user-config/hidden-levels.ts';
import type { RecordingDatabase } from '../support/recording-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { MOVIES, openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const NOTHING = { titlesAdded: 0, titlesChanged: 0, streamsAdded: 0, linksAdded: 0 };

describe('library store', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let opened: TestLibrary;
  let database: RecordingDatabase;
  let library: LibraryStore;
  let streams: StreamStore;
  let titles: TestLibrary['titles'];
  let search: TestLibrary['search'];

  before(async () => {
    opened = await openTestLibrary();
    ({ database, library, streams, titles, search } = opened);
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  const versions = async () => {
    const rows = await database.sql<{ public_id: string; version: number }[]>`
      SELECT public_id, version FROM media JOIN media_counter USING (media_id)`;
    return new Map(rows.map((row) => [row.public_id, row.version]));
  };

  const bare = { overview: '', released: '', thumbnailUrl: '' };

  test('an imported series is read back with everything that clients show', async () => {
    const title = importedTitle({
      type: 'series',
      publicId: 'sl:night-trains',
      imdbId: 'tt0123456',
      tmdbId: '77',
      title: 'Night Trains',
      year: 1999,
      endYear: 2001,
      released: '1999-03-01',
      runtimeMinutes: 45,
      description: 'Trains.',
      languages: ['English', 'Georgian'],
      country: 'GE',
      website: 'https://example.org/',
      genres: ['Drama', 'Crime'],
      isAlwaysListed: true,
      images: [
        { kind: 'poster', url: 'https://example.org/first.jpg' },
        { kind: 'poster', url: 'https://example.org/a.jpg' },
        { kind: 'logo', url: 'https://example.org/logo.png' },
      ],
      ratings: [
        { provider: 'tmdb', value: 9, votes: 10 },
        { provider: 'imdb', value: 7.5, votes: 3 },
      ],
      episodes: [
        { ...bare, season: 2, episode: 1, title: 'Back' },
        {
          ...bare,
          season: 1,
          episode: 10,
          title: 'Ten',
          overview: 'The tenth.',
          released: '1999-05-02',
        },
        { ...bare, season: 1, episode: 9, title: 'Nine' },
      ],
    });
    assert.deepEqual(await library.importTitles([title], signal), { ...NOTHING, titlesAdded: 1 });
    const id = { type: 'series', provider: 'imdb', id: 'tt0123456' } as const;
    assert.deepEqual(await library.titleDetails(id, signal), {
      type: 'series',
      publicId: 'sl:night-trains',
      imdbId: 'tt0123456',
      tmdbId: '77',
      title: 'Night Trains',
      year: 1999,
      endYear: 2001,
      released: '1999-03-01',
      runtimeMinutes: 45,
      description: 'Trains.',
      languages: ['English', 'Georgian'],
      country: 'GE',
      website: 'https://example.org/',
      genres: ['Drama', 'Crime'],
      rating: 7.5,
      backgroundUrl: '',
      logoUrl: 'https://example.org/logo.png',
      episodes: [
        { ...bare, season: 1, episode: 9, title: 'Nine' },
        {
          ...bare,
          season: 1,
          episode: 10,
          title: 'Ten',
          overview: 'The tenth.',
          released: '1999-05-02',
        },
        { ...bare, season: 2, episode: 1, title: 'Back' },
      ],
      isEntry: false,
    });
    assert.deepEqual(
      { ...(await library.posterSource(id, signal)) },
      {
        title: 'Night Trains',
        year: 1999,
        rating: 7.5,
        posterUrl: 'https://example.org/first.jpg',
      },
    );
    assert.deepEqual(
      await library.genreNames(signal),
      { movie: [], series: [] },
      'nothing plays it',
    );
    for (const other of [
      { provider: 'tmdb', id: 'tmdb:77' },
      { provider: 'sl', id: 'sl:night-trains' },
    ] as const) {
      assert.equal(
        (await library.titleDetails({ type: 'series', ...other }, signal))?.title,
        'Night Trains',
      );
      assert.equal(
        await library.titleDetails({ type: 'movie', ...other }, signal),
        null,
        'TMDB numbers are per type',
      );
    }
  });

  test('what is read by id is planned once for a connection', async () => {
    const prepared = async () =>
      (
        await database.sql<{ text: string }[]>`SELECT statement AS text FROM pg_prepared_statements`
      ).map(({ text }) => text);
    for (const id of ['tt0000001', 'tt0000002']) {
      await library.titleDetails({ type: 'movie', provider: 'imdb', id }, signal);
      await library.posterSource({ type: 'movie', provider: 'imdb', id }, signal);
    }
    const sent = database.statements.slice(-2);
    const known = await prepared();
    for (const { name, text } of sent)
      assert.equal(known.filter((one) => one === text).length, 1, name);
  });

  test('a repeated import changes nothing, a changed one what is different', async () => {
    const title = importedTitle({
      publicId: 'sl:a',
      imdbId: 'tt0000001',
      genres: ['Drama'],
      alternativeTitles: ['Alpha'],
      images: [{ kind: 'poster', url: 'https://example.org/1.jpg' }],
      streams: [importedStream({ seeders: 3 })],
    });
    const other = importedTitle({ publicId: 'sl:b', streams: [importedStream()] });
    assert.deepEqual(await library.importTitles([title, other], signal), {
      titlesAdded: 2,
      titlesChanged: 0,
      streamsAdded: 2,
      linksAdded: 2,
    });
    const first = await versions();
    assert.deepEqual(await library.importTitles([other, title], signal), NOTHING);
    assert.deepEqual(await versions(), first);

    const changes: readonly Partial<ImportedTitle>[] = [
      { title: 'Other' },
      { genres: ['Crime'] },
      { alternativeTitles: [] },
      { images: [] },
      { tmdbId: '5' },
      { ratings: [{ provider: 'imdb', value: 5, votes: 1 }] },
      { isAdult: true },
    ];
    let current = title;
    for (const change of changes) {
      current = { ...current, ...change };
      const before = await versions();
      const counts = await library.importTitles([current, other], signal);
      assert.deepEqual(counts, { ...NOTHING, titlesChanged: 1 }, JSON.stringify(change));
      const now = await versions();
      assert.ok(
        (now.get('sl:a') ?? 0) > (before.get('sl:a') ?? 0),
        'a change that is seen raises the version',
      );
      assert.equal(now.get('sl:b'), before.get('sl:b'));
    }
  });

  test('a title that is known by its IMDb id keeps its own id and is found by both', async () => {
    await library.importTitles(
      [importedTitle({ publicId: 'sl:random', imdbId: 'tt0000009' })],
      signal,
    );
    const later = importedTitle({ publicId: 'sl:named', imdbId: 'tt0000009', title: 'Named' });
    assert.deepEqual(await library.importTitles([later], signal), { ...NOTHING, titlesChanged: 1 });
    for (const id of ['sl:random', 'sl:named']) {
      const found = await streams.resolveMedia({ type: 'movie', provider: 'sl', id }, signal);
      assert.equal(found?.publicId, 'sl:random');
      assert.equal(found?.title, 'Named');
    }
    assert.deepEqual(await library.importTitles([later], signal), NOTHING);
  });

  test('catalogues in every order and the other way round; hidden levels are left out of pages and searches', async () => {
    await library.importTitles(
      [
        importedTitle({
          publicId: 'sl:a',
          title: 'Beta',
          year: 1950,
          isAlwaysListed: true,
          nudity: 'Severe',
          ratings: [{ provider: 'imdb', value: 9, votes: 10 }],
        }),
        importedTitle({
          publicId: 'sl:b',
          title: 'alpha',
          released: '1922-03-04',
          isAlwaysListed: true,
          certificate: 'Adults+',
        }),
        importedTitle({
          publicId: 'sl:c',
          title: 'Gamma',
          year: 1930,
          isAlwaysListed: true,
          ratings: [
            { provider: 'tmdb', value: 10, votes: 99 },
            { provider: 'imdb', value: 5, votes: 1 },
          ],
        }),
      ],
      signal,
    );
    assert.deepEqual(await titles({ order: 'title' }), ['alpha', 'Beta', 'Gamma']);
    assert.deepEqual(await titles({ order: 'title', isReversed: true }), [
      'Gamma',
      'Beta',
      'alpha',
    ]);
    assert.deepEqual(await titles({ order: 'released' }), ['Beta', 'Gamma', 'alpha']);
    assert.deepEqual(
      await titles({ order: 'rating' }),
      ['Beta', 'Gamma', 'alpha'],
      'the rating that titles are shown with',
    );
    const hidden = hiddenLevelsMask(['Severe'], ['Adults+']);
    assert.deepEqual(await titles({ order: 'title', hiddenLevels: hidden }), ['Gamma']);
    assert.deepEqual(
      await titles({ order: 'relevance', search: 'beta', hiddenLevels: hidden }),
      [],
    );
    const severe = await streams.resolveMedia(
      { type: 'movie', provider: 'sl', id: 'sl:a' },
      signal,
    );
    const restrictions = severe?.restrictions ?? 0;
    assert.deepEqual(
      [isHidden(restrictions, hidden), isHidden(restrictions, hiddenLevelsMask(['Mild'], []))],
      [true, false],
    );
    await library.importTitles(
      [importedTitle({ publicId: 'sl:c', title: 'Gamma', year: 1930, isAlwaysListed: true })],
      signal,
    );
    assert.deepEqual((await titles({ order: 'rating' }))[0], 'Beta');
  });

  test('blocked and adult titles and those without streams are not listed; streams make a title listed', async () => {
    const stream = importedStream();
    await library.importTitles(
      [
        importedTitle({ publicId: 'sl:a', title: 'Empty', genres: ['Drama'] }),
        importedTitle({
          publicId: 'sl:b',
          title: 'Adult',
          isAdult: true,
          streams: [importedStream()],
        }),
        importedTitle({
          publicId: 'sl:c',
          title: 'Listed',
          isAlwaysListed: true,
          genres: ['Drama'],
        }),
        importedTitle({ publicId: 'sl:d', title: 'Full', genres: ['Drama'], streams: [stream] }),
      ],
      signal,
    );
    assert.deepEqual((await titles({ genre: 'Drama' })).sort(), ['Full', 'Listed']);
    assert.deepEqual((await titles({ order: 'popular' })).sort(), ['Full', 'Listed']);
    assert.deepEqual(await titles({ hiddenLevels: NOTHING_PLAYS }), ['Full']);
    assert.deepEqual(await library.genreNames(signal), { movie: ['Drama'], series: [] });
    assert.deepEqual(await search('listed'), ['Listed'], 'what nothing plays is found');
    assert.deepEqual(await search('e'), []);
    await database.sql`UPDATE stream SET is_blocked = true WHERE content_key = decode(${stream.infohash}, 'hex')`;
    assert.deepEqual(await titles({}), ['Listed']);
    assert.deepEqual(await titles({ hiddenLevels: NOTHING_PLAYS }), []);
    await database.sql`UPDATE stream SET is_blocked = false WHERE content_key = decode(${stream.infohash}, 'hex')`;
    assert.deepEqual(await titles({ hiddenLevels: NOTHING_PLAYS }), ['Full']);
    await database.sql`UPDATE stream SET is_blocked = true WHERE content_key = decode(${stream.infohash}, 'hex')`;
    await database.sql`UPDATE media SET is_blocked = true WHERE title = 'Listed'`;
    assert.deepEqual(await titles({}), []);
    assert.equal(
      await library.titleDetails({ type: 'movie', provider: 'sl', id: 'sl:c' }, signal),
      null,
    );
    const blocked = await streams.resolveMedia(
      { type: 'movie', provider: 'sl', id: 'sl:c' },
      signal,
    );
    assert.equal(blocked?.restrictions, 1, 'the stream route must tell blocked from unknown');
  });

  test('pages follow one another without gaps; popular ones by popularity', async () => {
    const imported = Array.from({ length: 25 }, (_, at) =>
      importedTitle({
        publicId: `sl:t${at}`,
        title: `T${at}`,
        popularity: at % 7,
        isAlwaysListed: true,
      }),
    );
    await library.importTitles(imported, signal);
    for (const order of ['latest', 'popular'] as const) {
      const all = await titles({ order });
      const pages: string[] = [];
      for (let skip = 0; skip < 30; skip += 10) {
        const page = await library.catalogTitles({ ...MOVIES, order, skip }, 10, signal);
        pages.push(...page.map((title) => title.title));
      }
      assert.deepEqual(pages, all);
      assert.equal(new Set(all).size, 25);
    }
    const popular = (await titles({ order: 'popular' })).map((title) => Number(title.slice(1)) % 7);
    assert.deepEqual(
      popular,
      popular.toSorted((a, b) => b - a),
    );
  });
});
