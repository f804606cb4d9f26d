/** IMDb's tables: what they add and complete, what a second time and a second attempt do, and what is none of them. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ImdbCounts } from '../../../src/features/ingest/contract.ts';
import { createImdbImport } from '../../../src/features/ingest/imdb/import-imdb.ts';
import type { ChangedTitle } from '../../../src/features/library/contract.ts';
import { openBulkLoad } from '../../../src/platform/db/bulk-load.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import type { JobQueue } from '../../../src/platform/jobs/queue.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';
import { createTestLogger } from '../../support/test-logger.ts';

type Cells = readonly (string | number)[];

const HEADERS = {
  'title.basics':
    'tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres',
  'title.akas': 'titleId ordering title region language types attributes isOriginalTitle',
  'title.episode': 'tconst parentTconst seasonNumber episodeNumber',
  'title.ratings': 'tconst averageRating numVotes',
} as const;

function tsv(table: keyof typeof HEADERS, rows: readonly Cells[]): Buffer {
  const lines = [HEADERS[table].split(' '), ...rows].map((cells) => cells.join('\t'));
  return Buffer.from(`${lines.join('\n')}\n`);
}

function aka(id: string, name: string): Cells {
  return [id, 1, name, 'DE', String.raw`\N`, String.raw`\N`, String.raw`\N`, 0];
}

const NONE = String.raw`\N`;
const BASICS: readonly Cells[] = [
  ['tt1254207', 'short', 'Big Buck Bunny', 'Big Buck Bunny', 0, 2008, NONE, 10, 'Animation,Comedy'],
  [
    'tt0013442',
    'movie',
    'Nosferatu',
    'Nosferatu, eine Symphonie des Grauens',
    0,
    1922,
    NONE,
    94,
    'Horror',
  ],
  ['tt1748166', 'tvSeries', 'Pioneer One', 'Pioneer One', 0, 2010, 2011, NONE, 'Drama,Sci-Fi'],
  ['tt9900001', 'tvEpisode', 'Earthfall', 'Earthfall', 0, 2010, NONE, 34, 'Drama'],
  ['tt9900002', 'tvEpisode', 'Episode #1.2', 'Episode #1.2', 0, 2010, NONE, 34, 'Drama'],
  ['tt0000009', 'movie', 'Seen by Nobody', 'Seen by Nobody', 0, 1900, NONE, NONE, NONE],
  ['tt0000010', 'movie', 'For Adults', 'For Adults', 1, 1970, NONE, NONE, NONE],
  ['tt0000011', 'videoGame', 'A Game', 'A Game', 0, 1990, NONE, NONE, NONE],
];
const RATINGS: readonly Cells[] = [
  ['tt1254207', 6.4, 19_000],
  ['tt0013442', 7.9, 110_000],
  ['tt1748166', 7.1, 400],
  ['tt0000009', 5, 3],
  ['tt0000010', 5, 3000],
  ['tt0000011', 9, 9000],
];
const AKAS: readonly Cells[] = [
  aka('tt1254207', 'Peach'),
  aka('tt0013442', 'Симфония ужаса'),
  aka('tt0013442', 'Симфония ужаса'),
  aka('tt0013442', String.raw`Back\slash`),
  aka('tt0000009', 'Niemand'),
];
const EPISODES: readonly Cells[] = [
  ['tt9900001', 'tt1748166', 1, 1],
  ['tt9900002', 'tt1748166', 1, 2],
  ['tt9900003', 'tt1748166', NONE, NONE],
  ['tt9900004', 'tt0000009', 1, 1],
];
const TABLES = {
  'title.basics': tsv('title.basics', BASICS),
  'title.akas': tsv('title.akas', AKAS),
  'title.episode': tsv('title.episode', EPISODES),
  'title.ratings': tsv('title.ratings', RATINGS),
};

interface Imported {
  readonly counts: ImdbCounts;
  readonly steps: readonly string[];
  readonly changed: readonly ChangedTitle[];
}

describe('IMDb tables', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  let folder: string;
  let server: Server;

  before(async () => {
    library = await openTestLibrary();
    folder = await mkdtemp(join(tmpdir(), 'sluice-imdb-'));
    server = createServer((request, response) => {
      const table = /\/(title\.\w+)\.tsv\.gz$/.exec(request.url ?? '')?.[1];
      const bytes = TABLES[table as keyof typeof TABLES];
      response.writeHead(200, { 'Content-Type': 'application/gzip', ETag: `"${table}"` });
      response.end(request.method === 'HEAD' ? undefined : gzipSync(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => library.empty());
  after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
    await library[Symbol.asyncDispose]();
  });

  async function write(tables: Partial<Record<keyof typeof HEADERS, Buffer>>): Promise<string> {
    const own = await mkdtemp(join(folder, 'tables-'));
    for (const [table, bytes] of Object.entries(tables))
      await writeFile(join(own, `${table}.tsv.gz`), gzipSync(bytes));
    return own;
  }

  async function importFrom(
    source: string,
    merged: (counts: ImdbCounts) => void = () => undefined,
  ): Promise<Imported> {
    const steps: string[] = [];
    const changed: ChangedTitle[] = [];
    await using fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
    const imdb = createImdbImport({
      fetcher,
      jobs: {} as JobQueue,
      openBulkLoad: (signal) =>
        openBulkLoad({ uri: library.uri, connectTimeoutMs: 30_000, signal }, createTestLogger()),
      audience: {
        announce: ({ titles = [] }) => {
          changed.push(...titles);
          return Promise.resolve();
        },
      },
    });
    const options = { sources: [source], votesMin: 100, withAdult: false };
    const listener = { step: (text: string) => void steps.push(text), merged };
    return { counts: await imdb.importTables(options, listener, NO_ABORT), steps, changed };
  }

  const sql = (text: string) => library.database.sql.unsafe(text);

  async function texts(statement: string): Promise<readonly string[]> {
    return (await sql(statement)).map((row) => String(Object.values(row)[0]));
  }

  async function content(): Promise<string> {
    const tables = [
      'media',
      'media_title',
      'media_genre',
      'media_rating',
      'media_counter',
      'season',
      'episode',
    ];
    const parts = tables.map(
      (table) =>
        `(SELECT json_agg(t ORDER BY t::text) FROM (SELECT x.*, x.xmin::text FROM ${table} x) t)::text`,
    );
    return String((await sql(`SELECT concat_ws('|', ${parts.join(', ')}) AS text`))[0]?.['text']);
  }

  async function addBunny(): Promise<void> {
    await sql(`
      WITH added AS (
        INSERT INTO media (type, title, description, search, is_always_listed) VALUES ('movie', 'Bunny', 'Ours', '', true)
        RETURNING media_id
      )
      INSERT INTO media_external_id (media_id, media_type, provider, external_id)
      SELECT media_id, 'movie', 'imdb', 'tt1254207' FROM added`);
  }

  test('titles come in with names, years, genres, episodes and ratings; those that are there get what they lack', async () => {
    await addBunny();
    const { counts, changed } = await importFrom(await write(TABLES));
    assert.deepEqual(counts, {
      titles: 3,
      titlesAdded: 2,
      titlesChanged: 1,
      namesAdded: 4,
      episodesAdded: 2,
      ratingsChanged: 3,
    });
    assert.deepEqual(
      await texts(
        `SELECT concat_ws('|', title, original_title, year, end_year, runtime_minutes, description) FROM media ORDER BY year`,
      ),
      [
        'Nosferatu|Nosferatu, eine Symphonie des Grauens|1922|0|94|',
        'Bunny||2008|0|10|Ours',
        'Pioneer One||2010|2011|0|',
      ],
    );
    assert.deepEqual(
      await texts(`SELECT season || 'x' || episode || ' ' || title FROM episode ORDER BY 1`),
      ['1x1 Earthfall', '1x2 '],
    );
    assert.deepEqual(
      await texts(`SELECT title FROM media_title ORDER BY 1`),
      [String.raw`Back\slash`, 'Big Buck Bunny', 'Peach', 'Симфония ужаса'].toSorted(),
    );
    assert.equal(changed.length, 3);
    assert.ok(changed.some(({ ids }) => ids.some(({ id }) => id === 'tt1254207')));
  });

  test('they are found as other titles are: by each of their names, in catalogues, by rating', async () => {
    await importFrom(await write(TABLES));
    assert.deepEqual(await library.search('симфония'), ['Nosferatu']);
    assert.deepEqual(await library.search('grauens'), ['Nosferatu']);
    assert.deepEqual(await library.search('peach'), ['Big Buck Bunny']);
    assert.deepEqual(await library.titles({ order: 'rating' }), ['Nosferatu', 'Big Buck Bunny']);
    assert.deepEqual(await library.titles({ order: 'popular', genre: 'Horror' }), ['Nosferatu']);
    assert.deepEqual(await library.titles({ type: 'series' }), ['Pioneer One']);
  });

  test('the second time nothing is written; a rating follows', async () => {
    await importFrom(await write(TABLES));
    const first = await content();
    const { counts, changed } = await importFrom(await write(TABLES));
    const { titles, ...others } = counts;
    assert.equal(titles, 3);
    assert.deepEqual([...new Set(Object.values(others))], [0]);
    assert.equal(changed.length, 0);
    assert.equal(await content(), first);
    const ratings = tsv('title.ratings', [['tt0013442', 8, 110_001]]);
    const again = await importFrom(await write({ 'title.ratings': ratings }));
    assert.equal(again.counts.ratingsChanged, 1);
    assert.deepEqual(await library.titles({ order: 'rating' }), ['Nosferatu', 'Big Buck Bunny']);
  });

  test('an import that was interrupted goes on behind its last batch, without reading the files again', async () => {
    const rows = Array.from({ length: 4100 }, (_, at): Cells => {
      const id = `tt${String(at + 1).padStart(7, '0')}`;
      return [id, 'movie', `Film ${at}`, `Film ${at}`, 0, 2000, NONE, 90, 'Drama'];
    });
    const source = await write({ 'title.basics': tsv('title.basics', rows) });
    const cut = new Error('cut');
    await assert.rejects(
      importFrom(source, () => {
        throw cut;
      }),
      cut,
    );
    assert.equal((await sql('SELECT FROM media')).length, 2000);
    const { counts, steps } = await importFrom(source);
    assert.deepEqual(steps, []);
    assert.equal(counts.titlesAdded, 4100);
    assert.equal((await sql('SELECT FROM media')).length, 4100);
    assert.deepEqual(
      await texts(`SELECT relname FROM pg_class WHERE relname LIKE 'imdb_stage%'`),
      [],
    );
  });

  test('what services say later of a title that was made so leaves its other names and its rating', async () => {
    await importFrom(await write(TABLES));
    const title = importedTitle({
      publicId: 'sl:movie-tt0013442',
      imdbId: 'tt0013442',
      title: 'Nosferatu',
      year: 1922,
      description: 'A film.',
      ratings: [{ provider: 'tmdb', value: 7.7, votes: 2000 }],
    });
    await library.library.adoptTitles([{ title, isSketch: false, nextCheckS: 60 }], NO_ABORT);
    assert.deepEqual(await library.search('симфония'), ['Nosferatu']);
    assert.deepEqual(
      await texts(
        `SELECT provider || r.value FROM media_rating r JOIN media USING (media_id) WHERE title = 'Nosferatu' ORDER BY 1`,
      ),
      ['imdb7.9', 'tmdb7.7'],
    );
  });

  test('tables come from a server, too', async () => {
    const { port } = server.address() as AddressInfo;
    const { counts } = await importFrom(`http://127.0.0.1:${port}/`);
    assert.equal(counts.titlesAdded, 3);
  });

  test('what is none of the tables is refused, and nothing is changed', async () => {
    const wrong = await write({ 'title.basics': Buffer.from('a\tb\n1\t2\n') });
    await assert.rejects(importFrom(wrong), {
      code: 'import.bad-line',
      message: /no column tconst/,
    });
    await assert.rejects(importFrom(await write({})), { message: /expected title.ratings.tsv.gz/ });
    await assert.rejects(importFrom(join(folder, 'nowhere')), { message: /expected a file/ });
    assert.equal((await sql('SELECT FROM media')).length, 0);
  });
});
