/**
 * The statements of the stores, on a million streams: through the indexes that are there for them, and
 * within a number of pages, also for the titles with the most streams.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seedDatabase } from '../../perf/seed/seed-database.ts';
import type { CatalogQuery } from '../../src/features/addon/contract.ts';
import { BulkStore } from '../../src/features/ingest/bulk/store.ts';
import { parseOfferQuery } from '../../src/features/indexer/query.ts';
import { HITS_MAX, IndexerStore } from '../../src/features/indexer/store.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { TrackerListStore } from '../../src/features/streams/tracker-lists/store.ts';
import { stageLines } from '../../src/lib/import-line/stage-lines.ts';
import type { TitleId } from '../../src/lib/stremio/media-id.ts';
import { NOTHING_PLAYS } from '../../src/lib/user-config/hidden-levels.ts';
import { openBulkLoad } from '../../src/platform/db/bulk-load.ts';
import { explain, type PlanMode } from '../support/explain.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import { createTestLogger } from '../support/test-logger.ts';

const STREAMS = 1_000_000;
const TITLES = 60_000;
const PAGE = 100;
/** Of an import. */
const LINES = 2000;
/** By statements that look a line's row up and check keys. */
const ROWS_READ_PER_LINE = 16;
/** Triggers read titles and their counters, of which there are a twentieth. */
const MERGED_TABLES = [
  'stream',
  'stream_link',
  'stream_counter',
  'media_external_id',
  'episode',
  'season',
];

/** Some dozens of rows: reading it whole is right. */
const SMALL_TABLES = ['genre'];

/** Per stream: a link and two look-ups by key, each through three levels of an index. */
const BUFFERS_PER_STREAM = 12;
/** The way down two indexes, for a title that has nothing. */
const BUFFERS_OF_NOTHING = 20;
/** Per title of a page: its row, its ids, genres and rating, by key. */
const BUFFERS_OF_PAGE = 20 * PAGE;

const MOVIES: CatalogQuery = {
  type: 'movie',
  order: 'latest',
  isReversed: false,
  hiddenLevels: 0,
  skip: 0,
  genre: null,
  search: null,
};

describe('statements on a million streams', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let server: TestDatabase;
  let database: RecordingDatabase;
  let streams: StreamStore;
  let library: LibraryStore;

  before(async () => {
    server = await createTestDatabase();
    const result = await seedDatabase({
      uri: server.uri,
      titles: TITLES,
      streams: STREAMS,
      seed: 1,
    });
    assert.equal(result.streams, STREAMS);
    database = new RecordingDatabase(server.uri);
    streams = new StreamStore(database);
    library = new LibraryStore(database);
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Runs a store's method, then explains the one statement that it sent; lists of trackers, which are kept, have a test of their own. */
  async function check(
    run: () => Promise<unknown>,
    index: string | null,
    buffersMax: number,
    modes: readonly PlanMode[],
  ): Promise<void> {
    const sent = database.statements.length;
    await run();
    const all = database.statements.slice(sent);
    const own = all.filter(({ name }) => name !== 'streams.tracker-lists');
    const [statement, ...others] = own.length === 0 ? all : own;
    assert.ok(statement !== undefined && others.length === 0, 'one statement');
    for (const mode of modes) {
      const facts = await explain(database.sql, statement, mode);
      const what: string = `${statement.name} (${mode} plan)`;
      const large = facts.wholeTables.filter((table) => !SMALL_TABLES.includes(table));
      assert.deepEqual(large, [], `${what} reads no large table as a whole`);
      const found = facts.indexes.join(', ');
      assert.ok(
        index === null || facts.indexes.includes(index),
        `${what} uses ${index}, not ${found}`,
      );
      assert.ok(
        facts.buffers <= buffersMax,
        `${what} touches ${facts.buffers} pages, at most ${buffersMax}`,
      );
    }
  }

  /** What is read by id is prepared: PostgreSQL may plan it either way. */
  const BOTH: readonly PlanMode[] = ['custom', 'generic'];

  test('an id is found by its index, and so is its absence', async () => {
    const ids: readonly TitleId[] = [
      { type: 'series', provider: 'imdb', id: 'tt10000001' },
      { type: 'movie', provider: 'tmdb', id: 'tmdb:1000002' },
      { type: 'movie', provider: 'sl', id: 'sl:seed1-2' },
      { type: 'movie', provider: 'imdb', id: 'tt0000001' },
    ];
    for (const id of ids)
      await check(() => streams.resolveMedia(id, signal), 'media_external_id_pkey', 24, BOTH);
    const found = await streams.resolveMedia(
      { type: 'movie', provider: 'sl', id: 'sl:seed1-2' },
      signal,
    );
    assert.equal(found?.tmdbId, '1000002');
  });

  test('a film costs as many pages as it has streams: median, 99th percentile, the most', async () => {
    const films = await database.sql<{ media_id: number; links: number }[]>`
      SELECT media_id::float8, links FROM (
        SELECT media_id, count(*)::int AS links, percent_rank() OVER (ORDER BY count(*)) AS rank
        FROM stream_link JOIN media USING (media_id) WHERE type = 'movie' GROUP BY media_id
      ) AS ranked WHERE rank >= 0.5 ORDER BY rank`;
    const at = (rank: number) => films[Math.floor((films.length - 1) * rank)];
    for (const film of [at(0), at(0.98), at(1)]) {
      assert.ok(film !== undefined);
      const pages = BUFFERS_OF_NOTHING + BUFFERS_PER_STREAM * film.links;
      await check(
        () => streams.loadStreams(film.media_id, 0, 0, signal),
        'stream_link_by_episode',
        pages,
        BOTH,
      );
    }
    const most = at(1);
    assert.ok(most !== undefined && most.links > 2000);
    assert.equal(
      (await streams.loadStreams(most.media_id, 0, 0, signal)).length,
      2000,
      'memory is bounded',
    );
  });

  test('an episode of a series with 300,000 links costs as many pages as the episode has streams', async () => {
    const [series] = await database.sql<{ links: number }[]>`
      SELECT count(*)::int AS links FROM stream_link WHERE media_id = 1`;
    assert.ok((series?.links ?? 0) > 250_000, `${series?.links} links`);
    // Season 26 does not exist: only packs of the whole series are left.
    for (const [season, episode] of [
      [1, 1],
      [12, 20],
      [25, 40],
      [26, 1],
    ] as const) {
      const found = await streams.loadStreams(1, season, episode, signal);
      assert.ok(found.length > 200 && found.length < 2000);
      // Links of ranges that lie elsewhere cost a part of a page.
      const pages = 200 + BUFFERS_PER_STREAM * found.length;
      await check(
        () => streams.loadStreams(1, season, episode, signal),
        'stream_link_by_episode',
        pages,
        BOTH,
      );
      await check(
        () => streams.loadStreams(1, season, episode, signal),
        'stream_link_by_range',
        pages,
        BOTH,
      );
    }
  });

  test('a list of trackers is found by its key, also in a library where each torrent has one of its own', async () => {
    await database.sql`INSERT INTO tracker_list (urls) SELECT 'udp://' || n || '.example.org' FROM generate_series(1, 20000) AS n`;
    await database.sql`ANALYZE tracker_list`;
    const [{ ids } = { ids: [] }] = await database.sql<{ ids: string[] }[]>`
      SELECT array_agg(tracker_list_id::text) AS ids FROM (SELECT tracker_list_id FROM tracker_list ORDER BY urls LIMIT 10) AS chosen`;
    await check(
      () => new TrackerListStore(database).load(new Set(ids), signal),
      'tracker_list_pkey',
      3 * ids.length,
      BOTH,
    );
  });

  test('no streams cost next to nothing', async () => {
    const run = () => streams.loadStreams(TITLES + 1, 0, 0, signal);
    await check(run, 'stream_link_by_episode', BUFFERS_OF_NOTHING, BOTH);
  });

  test('a page of a catalogue is a range of its index, however deep and however rare the genre', async () => {
    const cases: readonly [Partial<CatalogQuery>, string][] = [
      [{}, 'catalog_entry_latest'],
      [{ type: 'series' }, 'catalog_entry_latest'],
      [{ genre: 'Drama' }, 'catalog_entry_latest'],
      [{ genre: 'Film-Noir' }, 'catalog_entry_latest'],
      [{ skip: 10_000 }, 'catalog_entry_latest'],
      [{ order: 'popular' }, 'catalog_entry_popular'],
      [{ order: 'popular', genre: 'Film-Noir' }, 'catalog_entry_popular'],
      [{ order: 'popular', skip: 10_000 }, 'catalog_entry_popular'],
      [{ order: 'rating' }, 'catalog_entry_rating'],
      [{ order: 'rating', isReversed: true, genre: 'Drama' }, 'catalog_entry_rating'],
      [{ order: 'released', skip: 5000 }, 'catalog_entry_released'],
      [{ order: 'title', genre: 'Film-Noir' }, 'catalog_entry_title'],
      // Severe and Adults+, as by default; then everything but one level of five.
      [{ hiddenLevels: 0x4010 }, 'catalog_entry_latest'],
      [{ order: 'popular', hiddenLevels: 0b11101 }, 'catalog_entry_popular'],
      // With what nothing plays left out, as catalogues ask without live search.
      [{ hiddenLevels: 0x4010 | NOTHING_PLAYS }, 'catalog_entry_latest'],
      [
        { order: 'title', hiddenLevels: 0x4010 | NOTHING_PLAYS, genre: 'Drama' },
        'catalog_entry_title',
      ],
    ];
    for (const [part, index] of cases) {
      const query = { ...MOVIES, ...part };
      assert.equal((await library.catalogTitles(query, PAGE, signal)).length, PAGE);
      await check(() => library.catalogTitles(query, PAGE, signal), index, BUFFERS_OF_PAGE, [
        'custom',
      ]);
    }
    const unknown = { ...MOVIES, genre: 'No such genre' };
    await check(() => library.catalogTitles(unknown, PAGE, signal), 'catalog_entry_latest', 10, [
      'custom',
    ]);
  });

  test('a search costs a bounded number of pages: rare, frequent, one letter, without spaces, in vain', async () => {
    const searches = [
      'night',
      'the',
      't',
      'th l',
      'the last night',
      '太陽',
      '千',
      'последний',
      'शहर',
      'zzzzzz',
      'the zzzzzz',
    ];
    const page = (search: string, genre: string | null) =>
      library.catalogTitles({ ...MOVIES, order: 'relevance', search, genre }, PAGE, signal);
    for (const search of searches) {
      await check(() => page(search, null), 'media_search', 8000, ['custom']);
      await check(() => page(search, 'Drama'), 'media_search', 8000, ['custom']);
      const hidden = { ...MOVIES, order: 'relevance', search, hiddenLevels: 0x4010 } as const;
      await check(() => library.catalogTitles(hidden, PAGE, signal), 'media_search', 8000, [
        'custom',
      ]);
    }
    assert.equal((await page('太陽', null)).length, PAGE);
    assert.equal((await page('zzzzzz', null)).length, 0);
  });

  test("the indexer's pages cost what is looked at: the newest, words rare and frequent, titles, in vain", async () => {
    const indexer = new IndexerStore(database);
    const query = (text: string, type: 'movie' | 'series' | null = null) =>
      parseOfferQuery(new URLSearchParams(text), type);
    const newest = BUFFERS_OF_PAGE + HITS_MAX * BUFFERS_PER_STREAM;
    await check(() => indexer.byNames(query(''), signal), 'stream_pkey', newest, ['custom']);
    await check(() => indexer.byNames(query('offset=900'), signal), 'stream_pkey', newest, [
      'custom',
    ]);
    await check(
      () => indexer.byNames(query('cat=5045', 'series'), signal),
      'stream_pkey',
      10 * newest,
      ['custom'],
    );
    const [row] = await database.sql<{ name: string }[]>`
      SELECT name FROM stream WHERE kind = 0 AND is_visible ORDER BY stream_id LIMIT 1`;
    for (const words of [row?.name ?? '', 'zzzzqq'])
      await check(
        () => indexer.byNames(query(`q=${encodeURIComponent(words)}`), signal),
        'stream_name_trigrams',
        BUFFERS_OF_PAGE,
        ['custom'],
      );
    await check(() => indexer.byNames(query('q=s'), signal), 'stream_pkey', 10 * newest, [
      'custom',
    ]);
    const byId = query('imdbid=tt10000001&season=1&ep=1', 'series');
    assert.ok(byId.ids !== null);
    const { ids } = byId;
    await check(() => indexer.byId(byId, ids, signal), 'media_external_id_pkey', 4 * newest, [
      'custom',
    ]);
  });

  test('a title, its poster and the genres', async () => {
    const id = { type: 'series', provider: 'imdb', id: 'tt10000001' } as const;
    assert.equal((await library.titleDetails(id, signal))?.episodes.length, 1000);
    await check(() => library.titleDetails(id, signal), 'episode_pkey', 150, BOTH);
    await check(() => library.posterSource(id, signal), 'media_external_id_pkey', 30, BOTH);
    await check(() => library.genreNames(signal), null, 2000, ['custom']);
  });

  test('the seeder leaves counts and catalogues as triggers would have', async () => {
    const [counts] = await database.sql<{ wrong: number }[]>`
      SELECT count(*)::int AS wrong FROM media_counter c LEFT JOIN (
        SELECT media_id, count(*) FILTER (WHERE is_visible) AS links FROM stream_link GROUP BY media_id
      ) AS l USING (media_id) WHERE c.link_count <> coalesce(l.links, 0)`;
    assert.equal(counts?.wrong, 0);
    const entries = async () => [
      ...(await database.sql`
      SELECT count(*)::int AS entries, sum(genre_id)::int AS genres FROM catalog_entry`),
    ];
    const seeded = await entries();
    await database.sql`UPDATE media SET updated_at = now() WHERE media_id % 20 = 0`;
    assert.deepEqual(await entries(), seeded);
  });

  test('lines are merged by what they name: rows that are read grow with the lines, not with the library', async () => {
    const uri = server.uri;
    await using load = await openBulkLoad(
      { uri, connectTimeoutMs: 30_000, signal },
      createTestLogger(),
    );
    const store = new BulkStore(load);
    await store.prepare();
    const known = await database.sql<{ infohash: string; name: string; imdb: string }[]>`
      SELECT DISTINCT ON (s.stream_id) encode(s.content_key, 'hex') AS infohash, s.name, x.external_id AS imdb
      FROM stream s JOIN stream_link l USING (stream_id)
      JOIN media_external_id x ON x.media_id = l.media_id AND x.provider = 'imdb' AND x.media_type = 'movie'
      WHERE s.kind = 0 AND s.stream_id % 97 = 0 LIMIT ${LINES}`;
    const lines = {
      known: known.map(({ infohash, name, imdb }) => ({
        infoHash: infohash,
        name,
        seeders: 7,
        title: { type: 'movie', imdb },
      })),
      new: known.map(({ infohash }, at) => ({
        infoHash: `dddd${infohash.slice(4)}`,
        name: `Plan.S01E${(at % 50) + 1}.1080p.WEB-DL.x264-GRP`,
        title: { type: 'series', imdb: 'tt0000777', name: 'Plan' },
      })),
    };
    for (const [what, ofThese] of Object.entries(lines)) {
      const before = await rowsRead();
      const text = ofThese.map((line) => JSON.stringify(line)).join('\n');
      const { counts } = await store.merge([stageLines(Buffer.from(text), 1, 'ndjson', [])]);
      assert.equal(counts.streamsAdded, what === 'new' ? known.length : 0);
      await load.query('SELECT pg_stat_force_next_flush()');
      const after = await rowsRead();
      for (const table of MERGED_TABLES) {
        const read = (after.get(table) ?? Infinity) - (before.get(table) ?? 0);
        assert.ok(
          read <= ROWS_READ_PER_LINE * known.length,
          `${what} lines: ${read} rows of ${table}`,
        );
      }
    }
  });

  /** By scans of tables and of indexes, of all tables, since the statistics began. */
  async function rowsRead(): Promise<ReadonlyMap<string, number>> {
    const rows = await database.sql<{ table: string; rows: number }[]>`
      SELECT t.relname AS table, (t.seq_tup_read + coalesce(sum(i.idx_tup_read), 0))::float8 AS rows
      FROM pg_stat_user_tables t LEFT JOIN pg_stat_user_indexes i USING (relid)
      WHERE t.schemaname = 'public' GROUP BY t.relid, t.relname, t.seq_tup_read`;
    return new Map(rows.map(({ table, rows: count }) => [table, count]));
  }
});
