/** What importers write is what clients read; counts and catalogues stay true whatever is written. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { CatalogQuery } from '../../src/features/addon/contract.ts';
import { LAST_EPISODE, type ImportedStream, type ImportedTitle } from '../../src/features/library/contract.ts';
import { rebuildSearch } from '../../src/features/library/search/store.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { NOTHING_PLAYS, hiddenLevelsMask, isHidden } from '../../src/lib/user-config/hidden-levels.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import { createTestDatabase, skipWithoutPostgres, type TestDatabase } from '../support/template-db.ts';

const MOVIES: CatalogQuery = {
  type: 'movie', order: 'latest', isReversed: false, hiddenLevels: 0, skip: 0, genre: null, search: null,
};
const NOTHING = { titlesAdded: 0, titlesChanged: 0, streamsAdded: 0, linksAdded: 0 };

describe('library store', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let server: TestDatabase;
  let database: RecordingDatabase;
  let library: LibraryStore;
  let streams: StreamStore;

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
    library = new LibraryStore(database);
    streams = new StreamStore(database);
  });
  beforeEach(async () => {
    await database.sql`TRUNCATE media, stream, genre, tracker_list RESTART IDENTITY CASCADE`;
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const titles = async (query: Partial<CatalogQuery>) =>
    (await library.catalogTitles({ ...MOVIES, ...query }, 100, signal)).map((title) => title.title);
  const search = (text: string, part: Partial<CatalogQuery> = {}) =>
    titles({ order: 'relevance', search: text, ...part });
  const versions = async () => {
    const rows = await database.sql<{ public_id: string; version: number }[]>`
      SELECT public_id, version FROM media JOIN media_counter USING (media_id)`;
    return new Map(rows.map((row) => [row.public_id, row.version]));
  };

  test('an imported series is read back with everything that clients show', async () => {
    const title = importedTitle({
      type: 'series', publicId: 'sl:night-trains', imdbId: 'tt0123456', tmdbId: '77', title: 'Night Trains', year: 1999,
      endYear: 2001, released: '1999-03-01', runtimeMinutes: 45, description: 'Trains.',
      languages: ['English', 'Georgian'],
      country: 'GE', website: 'https://example.org/', genres: ['Drama', 'Crime'], isAlwaysListed: true,
      images: [
        { kind: 'poster', url: 'https://example.org/first.jpg' }, { kind: 'poster', url: 'https://example.org/a.jpg' },
        { kind: 'logo', url: 'https://example.org/logo.png' },
      ],
      ratings: [{ provider: 'tmdb', value: 9, votes: 10 }, { provider: 'imdb', value: 7.5, votes: 3 }],
      episodes: [
        { season: 2, episode: 1, title: 'Back', overview: '', released: '', thumbnailUrl: '' },
        { season: 1, episode: 10, title: 'Ten', overview: 'The tenth.', released: '1999-05-02', thumbnailUrl: '' },
        { season: 1, episode: 9, title: 'Nine', overview: '', released: '', thumbnailUrl: '' },
      ],
    });
    assert.deepEqual(await library.importTitles([title], signal), { ...NOTHING, titlesAdded: 1 });
    const id = { type: 'series', provider: 'imdb', id: 'tt0123456' } as const;
    assert.deepEqual(await library.titleDetails(id, signal), {
      type: 'series', publicId: 'sl:night-trains', imdbId: 'tt0123456', tmdbId: '77', title: 'Night Trains', year: 1999,
      endYear: 2001, released: '1999-03-01', runtimeMinutes: 45, description: 'Trains.',
      languages: ['English', 'Georgian'],
      country: 'GE', website: 'https://example.org/', genres: ['Drama', 'Crime'], rating: 7.5, backgroundUrl: '',
      logoUrl: 'https://example.org/logo.png',
      episodes: [
        { season: 1, episode: 9, title: 'Nine', overview: '', released: '' },
        { season: 1, episode: 10, title: 'Ten', overview: 'The tenth.', released: '1999-05-02' },
        { season: 2, episode: 1, title: 'Back', overview: '', released: '' },
      ],
    });
    assert.deepEqual({ ...await library.posterSource(id, signal) }, {
      title: 'Night Trains', year: 1999, rating: 7.5, posterUrl: 'https://example.org/first.jpg',
    });
    assert.deepEqual(await library.genreNames(signal), { movie: [], series: [] }, 'nothing plays it');
    for (const other of [{ provider: 'tmdb', id: 'tmdb:77' }, { provider: 'sl', id: 'sl:night-trains' }] as const) {
      assert.equal((await library.titleDetails({ type: 'series', ...other }, signal))?.title, 'Night Trains');
      assert.equal(await library.titleDetails({ type: 'movie', ...other }, signal), null, 'TMDB numbers are per type');
    }
  });

  test('what is read by id is planned once for a connection', async () => {
    const prepared = async () => (await database.sql<{ text: string }[]>`SELECT statement AS text FROM pg_prepared_statements`)
      .map(({ text }) => text);
    for (const id of ['tt0000001', 'tt0000002']) {
      await library.titleDetails({ type: 'movie', provider: 'imdb', id }, signal);
      await library.posterSource({ type: 'movie', provider: 'imdb', id }, signal);
    }
    const sent = database.statements.slice(-2);
    const known = await prepared();
    for (const { name, text } of sent) assert.equal(known.filter((one) => one === text).length, 1, name);
  });

  test('a repeated import changes nothing, a changed one what is different', async () => {
    const title = importedTitle({
      publicId: 'sl:a', imdbId: 'tt0000001', genres: ['Drama'], alternativeTitles: ['Alpha'],
      images: [{ kind: 'poster', url: 'https://example.org/1.jpg' }], streams: [importedStream({ seeders: 3 })],
    });
    const other = importedTitle({ publicId: 'sl:b', streams: [importedStream()] });
    assert.deepEqual(await library.importTitles([title, other], signal), {
      titlesAdded: 2, titlesChanged: 0, streamsAdded: 2, linksAdded: 2,
    });
    const first = await versions();
    assert.deepEqual(await library.importTitles([other, title], signal), NOTHING);
    assert.deepEqual(await versions(), first);

    const changes: readonly Partial<ImportedTitle>[] = [
      { title: 'Other' }, { genres: ['Crime'] }, { alternativeTitles: [] }, { images: [] }, { tmdbId: '5' },
      { ratings: [{ provider: 'imdb', value: 5, votes: 1 }] }, { isAdult: true },
    ];
    let current = title;
    for (const change of changes) {
      current = { ...current, ...change };
      const before = await versions();
      const counts = await library.importTitles([current, other], signal);
      assert.deepEqual(counts, { ...NOTHING, titlesChanged: 1 }, JSON.stringify(change));
      const now = await versions();
      assert.ok((now.get('sl:a') ?? 0) > (before.get('sl:a') ?? 0), 'a change that is seen raises the version');
      assert.equal(now.get('sl:b'), before.get('sl:b'));
    }
  });

  test('a title that is known by its IMDb id keeps its own id and is found by both', async () => {
    await library.importTitles([importedTitle({ publicId: 'sl:random', imdbId: 'tt0000009' })], signal);
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
    await library.importTitles([
      importedTitle({
        publicId: 'sl:a', title: 'Beta', year: 1950, isAlwaysListed: true, nudity: 'Severe',
        ratings: [{ provider: 'imdb', value: 9, votes: 10 }],
      }),
      importedTitle({ publicId: 'sl:b', title: 'alpha', released: '1922-03-04', isAlwaysListed: true, certificate: 'Adults+' }),
      importedTitle({
        publicId: 'sl:c', title: 'Gamma', year: 1930, isAlwaysListed: true,
        ratings: [{ provider: 'tmdb', value: 10, votes: 99 }, { provider: 'imdb', value: 5, votes: 1 }],
      }),
    ], signal);
    assert.deepEqual(await titles({ order: 'title' }), ['alpha', 'Beta', 'Gamma']);
    assert.deepEqual(await titles({ order: 'title', isReversed: true }), ['Gamma', 'Beta', 'alpha']);
    assert.deepEqual(await titles({ order: 'released' }), ['Beta', 'Gamma', 'alpha']);
    assert.deepEqual(await titles({ order: 'rating' }), ['Beta', 'Gamma', 'alpha'], 'the rating that titles are shown with');
    const hidden = hiddenLevelsMask(['Severe'], ['Adults+']);
    assert.deepEqual(await titles({ order: 'title', hiddenLevels: hidden }), ['Gamma']);
    assert.deepEqual(await titles({ order: 'relevance', search: 'beta', hiddenLevels: hidden }), []);
    const severe = await streams.resolveMedia({ type: 'movie', provider: 'sl', id: 'sl:a' }, signal);
    const restrictions = severe?.restrictions ?? 0;
    assert.deepEqual([isHidden(restrictions, hidden), isHidden(restrictions, hiddenLevelsMask(['Mild'], []))], [true, false]);
    await library.importTitles([importedTitle({ publicId: 'sl:c', title: 'Gamma', year: 1930, isAlwaysListed: true })], signal);
    assert.deepEqual((await titles({ order: 'rating' }))[0], 'Beta');
  });

  test('blocked and adult titles and those without streams are not listed; streams make a title listed', async () => {
    const stream = importedStream();
    await library.importTitles([
      importedTitle({ publicId: 'sl:a', title: 'Empty', genres: ['Drama'] }),
      importedTitle({ publicId: 'sl:b', title: 'Adult', isAdult: true, streams: [importedStream()] }),
      importedTitle({ publicId: 'sl:c', title: 'Listed', isAlwaysListed: true, genres: ['Drama'] }),
      importedTitle({ publicId: 'sl:d', title: 'Full', genres: ['Drama'], streams: [stream] }),
    ], signal);
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
    assert.equal(await library.titleDetails({ type: 'movie', provider: 'sl', id: 'sl:c' }, signal), null);
    const blocked = await streams.resolveMedia({ type: 'movie', provider: 'sl', id: 'sl:c' }, signal);
    assert.equal(blocked?.restrictions, 1, 'the stream route must tell blocked from unknown');
  });

  test('pages follow one another without gaps; popular ones by popularity', async () => {
    const imported = Array.from({ length: 25 }, (_, at) => importedTitle({
      publicId: `sl:t${at}`, title: `T${at}`, popularity: at % 7, isAlwaysListed: true,
    }));
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
    assert.deepEqual(popular, popular.toSorted((a, b) => b - a));
  });

  test('titles are found in every script, by starts of words, by other titles, exact ones first', async () => {
    const named = (title: string, more: Partial<ImportedTitle> = {}) => {
      const publicId = `sl:x${Buffer.from(title).toString('hex').slice(0, 60)}`;
      return importedTitle({ publicId, title, isAlwaysListed: true, ...more });
    };
    await library.importTitles([
      named('Amélie', { alternativeTitles: ['Le Fabuleux Destin d’Amélie Poulain'] }), named('千と千尋の神隠し'),
      named('Ирония судьбы'),
      named('शोले'), named('الرسالة'), named('기생충'), named('It', { popularity: 1 }),
      named('It Happened', { popularity: 9 }),
      named('M*A*S*H'), named("L'Avventura"), named('O\'Brien\\ "quoted" & | ! :* ()'),
    ], signal);
    assert.deepEqual(await search('amelie'), ['Amélie']);
    assert.deepEqual(await search('FABULEUX destin'), ['Amélie']);
    assert.deepEqual(await search('千尋'), ['千と千尋の神隠し'], 'no spaces: any part');
    assert.deepEqual(await search('神'), ['千と千尋の神隠し']);
    assert.deepEqual(await search('ИРОН'), ['Ирония судьбы']);
    assert.deepEqual(await search('शोले'), ['शोले']);
    assert.deepEqual(await search('الرس'), ['الرسالة']);
    assert.deepEqual(await search('기생'), ['기생충']);
    assert.deepEqual(await search('it'), ['It', 'It Happened'], 'the exact title first, though less popular');
    assert.deepEqual(await search('avventura'), ["L'Avventura"]);
    assert.deepEqual(await search('lavventura'), ["L'Avventura"]);
    assert.deepEqual(await search('o\'brien "quoted"'), ['O\'Brien\\ "quoted" & | ! :* ()']);
    assert.deepEqual(await search('m a s h'), ['M*A*S*H']);
    for (const nothing of ['zzz', '!!!', "'", '\\', ':*', '& |', '😀']) {
      assert.deepEqual(await search(nothing), [], nothing);
    }
    assert.deepEqual(await search('it', { type: 'series' }), []);
    assert.deepEqual(await search('it', { skip: 1 }), ['It Happened']);
  });

  const SPELLED = [
    importedTitle({ publicId: 'sl:s1', title: 'Nosferatu', year: 1922, popularity: 1, isAlwaysListed: true }),
    importedTitle({ publicId: 'sl:s2', title: 'Nosferatu', year: 1979, popularity: 9, isAlwaysListed: true }),
    importedTitle({ publicId: 'sl:s3', title: 'Die Kuchenschlacht', year: 1984, isAlwaysListed: true }),
    importedTitle({ publicId: 'sl:s4', title: 'Spider-Man', year: 2002, isAlwaysListed: true, alternativeTitles: ['Hämähäkkimies'] }),
    importedTitle({ publicId: 'sl:s5', title: 'Grüße aus Łódź & Tromsø', year: 2001, isAlwaysListed: true }),
    importedTitle({ publicId: 'sl:s6', title: '1984', year: 1956, isAlwaysListed: true }),
    importedTitle({ publicId: 'sl:s7', title: '2001: A Space Odyssey', year: 1968, isAlwaysListed: true }),
  ];

  async function findsAllSpellings(): Promise<void> {
    assert.deepEqual(await search('Nosferatu (1922)'), ['Nosferatu']);
    const found = await library.catalogTitles({ ...MOVIES, order: 'relevance', search: 'nosferatu 1922' }, 100, signal);
    assert.deepEqual(found.map((title) => title.year), [1922]);
    for (const text of ['spiderman', 'spider man', 'Spider-Man', 'hamahakki', 'haemaehaekki', 'SPIDERMAN 2002']) {
      assert.deepEqual(await search(text), ['Spider-Man'], text);
    }
    for (const text of ['grusse', 'Gruesse aus Lodz', 'grüße aus lodz and tromsoe', 'tromso', 'łódź & tromsø']) {
      assert.deepEqual(await search(text), ['Grüße aus Łódź & Tromsø'], text);
    }
    assert.deepEqual(await search('1984'), ['1984']);
    assert.deepEqual(await search('2001 a space odyssey'), ['2001: A Space Odyssey']);
    assert.deepEqual(await search('2001'), ['2001: A Space Odyssey']);
  }

  test('titles are found without their signs, in other spellings, and with their year', async () => {
    await library.importTitles(SPELLED, signal);
    await findsAllSpellings();
  });

  test('lexemes of an older version are written again, once', async () => {
    await library.importTitles(SPELLED, signal);
    await database.sql`UPDATE media SET search = array_to_tsvector(ARRAY['old'])`;
    await database.sql`UPDATE instance SET search_version = 1`;
    assert.deepEqual(await search('nosferatu'), []);
    assert.equal(await rebuildSearch(database, signal), SPELLED.length);
    await findsAllSpellings();
    assert.deepEqual(await library.importTitles(SPELLED, signal), NOTHING, 'as an import writes them');
    await database.sql`UPDATE media SET search = array_to_tsvector(ARRAY['old'])`;
    assert.equal(await rebuildSearch(database, signal), 0, 'not looked at again');
  });

  test('imports of the same titles at the same time neither fail nor count twice', async () => {
    const shared = importedStream({ trackers: ['udp://t.example.org'], seeders: 1 });
    const titles = Array.from({ length: 40 }, (_, at) => importedTitle({
      publicId: `sl:w${at}`, imdbId: `tt${1_000_000 + at}`, genres: ['Drama', `Genre ${at % 5}`],
      streams: [shared, importedStream({ trackers: [`udp://${at % 3}.example.org`] })],
    }));
    const others = Array.from({ length: 4 }, () => new RecordingDatabase(server.uri));
    try {
      const counts = await Promise.all(others.map((other, at) =>
        new LibraryStore(other).importTitles(at % 2 === 0 ? titles : titles.toReversed(), signal)));
      const sum = (part: (count: (typeof counts)[number]) => number) => counts.reduce((all, one) => all + part(one), 0);
      assert.deepEqual([sum((one) => one.titlesAdded), sum((one) => one.streamsAdded)], [40, 41]);
      assert.equal(sum((one) => one.linksAdded), 80);
      assert.deepEqual(await drift(), []);
    } finally {
      await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
    }
  });

  test('counts, versions and catalogues are true after any writes', async () => {
    const title = fc.tuple(fc.nat(5), fc.uniqueArray(fc.nat(7)));
    const flag = fc.constantFrom('is_active', 'is_blocked');
    const writes = fc.array(fc.oneof(
      fc.record({ kind: fc.constant('import' as const), titles: fc.array(title, { maxLength: 4 }) }),
      fc.record({ kind: fc.constant('toggle' as const), stream: fc.nat(7), column: flag }),
      fc.record({ kind: fc.constant('delete-stream' as const), stream: fc.nat(7) }),
      fc.record({ kind: fc.constant('delete-links' as const), season: fc.nat(2) }),
      fc.record({ kind: fc.constant('block' as const), title: fc.nat(5) }),
      fc.record({ kind: fc.constant('delete-title' as const), title: fc.nat(5) }),
      fc.record({ kind: fc.constant('popularity' as const), title: fc.nat(5), value: fc.nat(9) }),
    ), { minLength: 1, maxLength: 12 });
    await fc.assert(fc.asyncProperty(writes, async (steps) => {
      await database.sql`TRUNCATE media, stream CASCADE`;
      for (const step of steps) await write(step);
      assert.deepEqual(await drift(), []);
    }), { numRuns: 60 });
  });

  type Write =
    | { kind: 'import'; titles: [number, number[]][] } | { kind: 'toggle'; stream: number; column: string }
    | { kind: 'delete-stream'; stream: number } | { kind: 'delete-links'; season: number }
    | { kind: 'block'; title: number } | { kind: 'delete-title'; title: number }
    | { kind: 'popularity'; title: number; value: number };

  async function write(step: Write): Promise<void> {
    const { sql } = database;
    switch (step.kind) {
      case 'import':
        await library.importTitles(step.titles.map(([title, own]) => seriesOf(title, own)), signal);
        return;
      case 'toggle':
        await sql`
          UPDATE stream SET ${sql(step.column)} = NOT ${sql(step.column)}
          WHERE content_key = decode(${infohash(step.stream)}, 'hex')`;
        return;
      case 'delete-stream':
        await sql`DELETE FROM stream WHERE content_key = decode(${infohash(step.stream)}, 'hex')`;
        return;
      case 'delete-links':
        await sql`DELETE FROM stream_link WHERE season = ${step.season}`;
        return;
      case 'block':
        await sql`UPDATE media SET is_blocked = NOT is_blocked WHERE public_id = ${`sl:title${step.title}`}`;
        return;
      case 'delete-title':
        await sql`DELETE FROM media WHERE public_id = ${`sl:title${step.title}`}`;
        return;
      case 'popularity':
        await sql`
          UPDATE media_counter SET popularity = ${step.value}
          WHERE media_id IN (SELECT media_id FROM media WHERE public_id = ${`sl:title${step.title}`})`;
    }
  }

  /** Streams are shared: number n is the same torrent in every title. */
  function seriesOf(title: number, own: readonly number[]): ImportedTitle {
    const file = { filename: '', fileSizeBytes: 0 };
    const placed = own.map((stream): ImportedStream => importedStream({
      infohash: infohash(stream),
      placements: [
        { season: stream % 3, episodeFrom: 0, episodeTo: stream % 2 === 0 ? LAST_EPISODE : 0, fileIndex: -1, ...file },
        { season: 1, episodeFrom: stream, episodeTo: stream, fileIndex: stream, ...file },
      ],
    }));
    const genres = [['Drama'], ['Crime', 'Drama'], []][own.length % 3] ?? [];
    return importedTitle({ type: 'series', publicId: `sl:title${title}`, title: `Title ${title}`, genres, streams: placed });
  }

  /** Rows of the derived tables that a recount does not give, and rows that it gives and are missing. */
  async function drift(): Promise<readonly object[]> {
    return [...await database.sql`
      WITH counted AS (
        SELECT m.media_id, count(s.stream_id) FILTER (WHERE s.is_active AND NOT s.is_blocked)::int AS links
        FROM media m LEFT JOIN stream_link l USING (media_id) LEFT JOIN stream s USING (stream_id) GROUP BY m.media_id
      ), wanted AS (
        SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity
        FROM media m JOIN media_counter c USING (media_id) JOIN counted USING (media_id)
        CROSS JOIN LATERAL (
          SELECT 0 AS genre_id UNION ALL SELECT mg.genre_id FROM media_genre mg WHERE mg.media_id = m.media_id
        ) AS g
        WHERE NOT m.is_blocked AND counted.links > 0
      ), listed AS (SELECT media_id, genre_id::int, type, latest_at, popularity FROM catalog_entry)
      SELECT 'count' AS kind, media_id FROM counted LEFT JOIN media_counter c USING (media_id)
      WHERE c.link_count IS DISTINCT FROM counted.links
      UNION ALL SELECT 'visible', l.media_id FROM stream_link l JOIN stream s USING (stream_id)
      WHERE l.is_visible <> s.is_visible
      UNION ALL SELECT 'missing', media_id FROM (TABLE wanted EXCEPT TABLE listed) AS missing
      UNION ALL SELECT 'too many', media_id FROM (TABLE listed EXCEPT TABLE wanted) AS extra`];
  }
});

function infohash(stream: number): string {
  return stream.toString(16).padStart(40, '0');
}
