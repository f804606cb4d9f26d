/** Files of lines: what goes in, what is refused, what a second time and a second attempt do. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createBulkImport } from '../../../src/features/ingest/bulk/import-lines.ts';
import { dumpLines } from '../../../src/features/ingest/dump/store.ts';
import type { BulkCounts, BulkPosition } from '../../../src/features/ingest/contract.ts';
import type { ChangedEpisode } from '../../../src/features/library/contract.ts';
import type { LineFormat } from '../../../src/lib/import-line/line-values.ts';
import type { StagedLines } from '../../../src/lib/import-line/stage-lines.ts';
import type { KnownLine } from '../../../src/lib/import-line/known-lines.ts';
import { stageLines } from '../../../src/lib/import-line/stage-lines.ts';
import { openBulkLoad } from '../../../src/platform/db/bulk-load.ts';
import type { JobQueue } from '../../../src/platform/jobs/queue.ts';
import type { TaskPool } from '../../../src/platform/pool/task-pool.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';
import { createTestLogger } from '../../support/test-logger.ts';

const NO_JOBS = {} as JobQueue;

interface Imported {
  readonly counts: BulkCounts;
  readonly refusals: readonly string[];
  readonly changed: readonly ChangedEpisode[];
  readonly positions: readonly BulkPosition[];
}

/** What somebody else does after the library was asked what it has. */
let beforeStaging: () => Promise<void> = () => Promise.resolve();

/** What the library was found to have of the lines that were staged last. */
let knownLines: readonly KnownLine[] = [];

/** The pool's task in this thread. */
const pool = {
  run: async (
    _task: string,
    input: {
      bytes: Uint8Array;
      firstLine: number;
      format: LineFormat;
      header: string[];
      known: string;
    },
  ) => {
    const { bytes, firstLine, format, header, known } = input;
    knownLines = JSON.parse(known) as KnownLine[];
    await beforeStaging();
    return stageLines(bytes, firstLine, format, header, known);
  },
} as unknown as TaskPool & { run(): Promise<StagedLines> };

describe('imports of lines', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;

  before(async () => {
    library = await openTestLibrary();
  });
  beforeEach(() => library.empty());
  after(() => library[Symbol.asyncDispose]());

  async function importText(
    text: string,
    format: LineFormat = 'ndjson',
    from: BulkPosition | null = null,
  ): Promise<Imported> {
    const refusals: string[] = [];
    const changed: ChangedEpisode[] = [];
    const positions: BulkPosition[] = [];
    const bulk = createBulkImport({
      pool,
      jobs: NO_JOBS,
      titles: library.library,
      openBulkLoad: (signal) =>
        openBulkLoad({ uri: library.uri, connectTimeoutMs: 30_000, signal }, createTestLogger()),
      audience: {
        announce: ({ episodes = [] }) => {
          changed.push(...episodes);
          return Promise.resolve();
        },
      },
    });
    const chunks = async function* () {
      yield Buffer.from(text);
    };
    const counts = await bulk.importLines(
      chunks(),
      format,
      from,
      {
        progress: (position) => void positions.push(position),
        refused: (line, reason) => void refusals.push(`${line}: ${reason}`),
      },
      NO_ABORT,
    );
    return { counts, refusals, changed, positions };
  }

  const { sql } = { sql: (text: string) => library.database.sql.unsafe(text) };

  async function content(): Promise<string> {
    const rows = await sql(`
      SELECT (SELECT json_agg(s ORDER BY stream_id) FROM (SELECT s.*, s.xmin::text FROM stream s) s)::text
        || (SELECT json_agg(l) FROM (SELECT l.*, l.xmin::text FROM stream_link l ORDER BY 1, 2, 3, 4, 5) l)::text
        || (SELECT json_agg(c) FROM (SELECT c.*, c.xmin::text FROM media_counter c ORDER BY 1) c)::text AS text`);
    return String(rows[0]?.['text']);
  }

  function film(at: number, changes: object = {}): string {
    return JSON.stringify({
      infoHash: `d${at.toString(16).padStart(39, '0')}`,
      name: `Film.${at}.2020.1080p.WEB-DL.x264-GRP`,
      seeders: at,
      trackers: ['udp://t.example.org'],
      title: { type: 'movie', imdb: `tt${1000 + (at % 7)}`, name: `Film ${at % 7}`, year: 2020 },
      ...changes,
    });
  }

  test('streams go in with titles, trackers and seeders; the second time nothing is written', async () => {
    const text = Array.from({ length: 500 }, (_, at) => film(at)).join('\n');
    const first = await importText(text);
    assert.deepEqual(first.refusals, []);
    assert.deepEqual(first.counts, {
      lines: 500,
      refused: 0,
      titlesAdded: 7,
      streamsAdded: 500,
      streamsChanged: 0,
      linksAdded: 500,
      hidden: 0,
    });
    assert.equal(first.changed.length, 7);
    const media = await library.streams.resolveMedia(
      { type: 'movie', provider: 'imdb', id: 'tt0001003' },
      NO_ABORT,
    );
    const rows = await library.streams.loadStreams(media?.mediaId ?? 0, 0, 0, NO_ABORT);
    assert.deepEqual(
      [rows.length, rows[0]?.seeders, rows[0]?.trackers, rows[0]?.releaseGroup],
      [71, 493, 'udp://t.example.org', 'GRP'],
    );
    assert.deepEqual((await library.titles({})).toSorted()[0], 'Film 0');
    const written = await content();
    const second = await importText(text);
    assert.deepEqual(
      [second.counts.streamsAdded, second.counts.streamsChanged, second.counts.linksAdded],
      [0, 0, 0],
    );
    assert.deepEqual(second.changed, []);
    assert.equal(await content(), written);
  });

  test('bad lines are refused by number, with those of titles that nobody knows', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => film(at));
    lines[10] = '{"broken';
    lines[20] = film(20, { title: { type: 'movie', imdb: 'tt99' } });
    const { counts, refusals } = await importText(lines.join('\n'));
    assert.deepEqual([counts.lines, counts.refused, counts.streamsAdded], [50, 2, 48]);
    assert.match(refusals[0] ?? '', /^11: it is not JSON/);
    assert.match(refusals[1] ?? '', /^21: no title is known as movie sl:movie-tt0000099/);
    const [orphans] = await sql(
      'SELECT count(*)::int AS n FROM stream s WHERE NOT EXISTS (SELECT FROM stream_link l WHERE l.stream_id = s.stream_id)',
    );
    assert.equal(orphans?.['n'], 0);
  });

  test('what a line says differently replaces what it said; what was private stays so', async () => {
    const first = await importText(film(1, { private: true }));
    assert.equal(first.counts.hidden, 1);
    const { counts, changed } = await importText(
      film(1, { name: 'Film.1.2020.2160p', seeders: 9 }),
    );
    assert.deepEqual([counts.streamsAdded, counts.streamsChanged], [0, 1]);
    assert.equal(changed.length, 1);
    const [row] = await sql('SELECT resolution, flags, seeders FROM stream_readable');
    assert.deepEqual(Object.values(row ?? {}), ['2160p', ['private'], 9]);
  });

  test('of a stream that is there by its name, only what is new is written', async () => {
    await importText(film(1));
    const shown = () => sql('SELECT resolution, release_group, seeders FROM stream_readable');
    const touched = await importText(film(1, { seeders: 70 }));
    assert.equal(touched.counts.streamsChanged, 0);
    const resized = await importText(film(1, { seeders: 71, size: 5 }));
    assert.equal(resized.counts.streamsChanged, 1);
    assert.deepEqual(Object.values((await shown())[0] ?? {}), ['1080p', 'GRP', 71]);
    const title = { type: 'series', imdb: 'tt5', name: 'Show' };
    const linked = await importText(film(1, { name: 'Film.1.S02E03.1080p', title }));
    assert.deepEqual([linked.counts.titlesAdded, linked.counts.linksAdded], [1, 1]);
    const sameAgain = await importText(film(1, { name: 'Film.1.S02E03.1080p', title, size: 9 }));
    assert.deepEqual([sameAgain.counts.streamsChanged, sameAgain.counts.linksAdded], [1, 0]);
    const moreIds = { ...title, tmdb: 77 };
    await importText(film(1, { name: 'Film.1.S02E03.1080p', title: moreIds, size: 9 }));
    const ids = await sql(`SELECT external_id FROM media_external_id WHERE provider = 'tmdb'`);
    assert.deepEqual(ids.map((row) => Object.values(row)).flat(), ['77']);
  });

  test('what is removed while it is imported is refused by its line, the rest goes in', async () => {
    await importText(`${film(1)}\n${film(2)}`);
    beforeStaging = async () => void (await sql(`DELETE FROM stream WHERE name LIKE 'Film.1.%'`));
    try {
      const changes = { size: 5 };
      const text = [film(1, changes), film(2, changes), film(3)].join('\n');
      const { counts, refusals } = await importText(text);
      assert.deepEqual([counts.streamsAdded, counts.streamsChanged], [1, 1]);
      assert.deepEqual(refusals, [
        '1: the stream was changed or removed meanwhile: import the file again',
      ]);
    } finally {
      beforeStaging = () => Promise.resolve();
    }
  });

  test('one stream may play several titles, files of series are episodes', async () => {
    const title = { type: 'series', tmdb: 5, name: 'Show' };
    const pack = { infoHash: 'e'.repeat(40), name: 'Show.S01', title };
    const files = [
      { path: 'Show.S01E01.mkv', size: 5 },
      { path: 'Show.S01E02.mkv', size: 6 },
    ];
    const text = [
      JSON.stringify({ ...pack, files }),
      film(1, { infoHash: 'f'.repeat(40) }),
      film(2, { infoHash: 'f'.repeat(40) }),
      JSON.stringify({
        kind: 'youtube',
        id: 'aqz-KE-bpKQ',
        title: { type: 'movie', name: 'Film 2', year: 2020 },
      }),
    ].join('\n');
    const { counts, changed } = await importText(text);
    assert.deepEqual([counts.streamsAdded, counts.linksAdded], [3, 5]);
    assert.deepEqual(
      changed
        .filter(({ season }) => season > 0)
        .map(({ season, episode }) => [season, episode])
        .toSorted(([, a = 0], [, b = 0]) => a - b),
      [
        [1, 1],
        [1, 2],
      ],
    );
    const links = await sql(
      'SELECT season, episode_from, file_index, filename FROM stream_link WHERE season = 1 ORDER BY 2',
    );
    assert.deepEqual(
      links.map((link) => Object.values(link)),
      [
        [1, 1, 0, 'Show.S01E01.mkv'],
        [1, 2, 1, 'Show.S01E02.mkv'],
      ],
    );
    const episodes = await sql('SELECT season, episode FROM episode ORDER BY 1, 2');
    assert.deepEqual(
      episodes.map((episode) => Object.values(episode)),
      [
        [1, 1],
        [1, 2],
      ],
    );
  });

  test('CSV says the same, and an attempt goes on where the one before ended', async () => {
    const csv = [
      'type,imdb,title,year,infoHash,name',
      ...Array.from(
        { length: 30 },
        (_, at) =>
          `movie,tt${1000 + at},"Film ${at}",2020,${at.toString(16).padStart(40, '2')},Film.${at}.2020`,
      ),
    ].join('\n');
    const { counts, positions } = await importText(csv, 'csv');
    assert.deepEqual([counts.titlesAdded, counts.streamsAdded], [30, 30]);
    const last = positions.at(-1) ?? null;
    assert.equal(last?.bytes, Buffer.byteLength(csv));
    const again = await importText(csv, 'csv', last);
    assert.deepEqual(again.counts, counts);
    assert.deepEqual(again.positions, []);
  });

  test('a dump that is imported into an empty library is the same library', async () => {
    const show = { type: 'series', imdb: 'tt77', tmdb: 9, name: 'Show "1"', year: 1999 };
    const text = [
      ...Array.from({ length: 20 }, (_, at) => film(at, { uploader: 'tab\there \\ "q"' })),
      film(1, { private: true, infoHash: 'a'.repeat(40) }),
      film(3, {
        infoHash: 'b'.repeat(40),
        attributes: { hdr: ['DV', 'HDR10+'], languages: ['Armenian'] },
      }),
      JSON.stringify({
        infoHash: 'c'.repeat(40),
        name: 'Show.S01-S03.MULTi',
        title: show,
        season: 'all',
      }),
      JSON.stringify({ infoHash: 'e'.repeat(40), name: 'Show.S01-S03', title: show }),
      JSON.stringify({
        infoHash: 'f'.repeat(40),
        name: 'Show.S02',
        title: show,
        files: [
          { path: 'a/Show.S02E01E02.mkv', size: 7 },
          { index: 4, season: 2, episode: 3 },
        ],
      }),
      JSON.stringify({
        kind: 'http',
        url: 'https://a.example/b.mkv?c=d',
        name: 'B',
        title: show,
        season: 1,
        episode: 2,
      }),
    ].join('\n');
    const { counts } = await importText(text);
    assert.equal(counts.refused, 0);
    const [before, lines] = [await readable(), await dumped()];
    await library.empty();
    const again = await importText(lines);
    assert.deepEqual(again.refusals, []);
    assert.deepEqual(await readable(), before);
    assert.equal(await dumped(), lines);
  });

  async function dumped(): Promise<string> {
    const options = { uri: library.uri, connectTimeoutMs: 30_000, signal: NO_ABORT };
    await using load = await openBulkLoad(options, createTestLogger());
    let text = '';
    await dumpLines(load, (lines) => {
      text += lines;
      return Promise.resolve();
    });
    return text
      .split('\n')
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join('\n');
  }

  async function readable(): Promise<readonly string[]> {
    const rows = await sql(`
      SELECT json_build_array(
        to_jsonb(s) - 'stream_id' - 'added_at', m.public_id, m.title, m.year,
        (SELECT jsonb_agg(x.provider || x.external_id ORDER BY x.provider) FROM media_external_id x WHERE x.media_id = m.media_id),
        l.season, l.episode_from, l.episode_to, l.file_index, l.file_size_bytes, l.filename
      )::text AS text
      FROM stream_readable s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)`);
    return rows.map((row) => String(row['text'])).toSorted((a, b) => (a < b ? -1 : 1));
  }

  test('lines with files, parts and several ids are passed over, too, when they say nothing new', async () => {
    const title = { type: 'series', imdb: 'tt0000777', tmdb: '42', tvdb: '43', name: 'Plan' };
    const files = [
      { path: 'Plan.S01E01.mkv', size: 5, index: 0 },
      { path: 'Plan.S01E02.mkv', size: 6, index: 1 },
    ];
    const told = files.map((file, at) => ({ ...file, season: 2, episode: at + 7 }));
    const lines = [
      film(1, { files: [{ path: 'Film.mkv', size: 7, index: 2 }] }),
      film(2, { name: 'Plan.S01.1080p', files, title }),
      film(3, { name: 'Plan.S02.1080p', files: told, title }),
      film(4, { name: 'Plan.S03.1080p', season: 3, title }),
      film(5, { name: 'Plan.S01.720p', files: [...files, { path: 'cover.jpg', size: 1 }], title }),
    ];
    await importText(lines.join('\n'));
    const before = await content();
    await importText(lines.join('\n'));
    assert.deepEqual(
      knownLines.map(([line, , isSame]) => [line, isSame]),
      [1, 2, 3, 4, 5].map((line) => [line, line < 5]),
    );
    assert.equal(await content(), before);
    const other = [
      film(1, { files: [{ path: 'Film.mkv', size: 8, index: 2 }] }),
      film(3, {
        name: 'Plan.S02.1080p',
        files: told.map((file) => ({ ...file, season: 4 })),
        title,
      }),
      film(4, { name: 'Plan.S03.1080p', season: 3, title: { ...title, tvdb: '44' } }),
    ];
    await importText(other.join('\n'));
    assert.deepEqual(
      knownLines.map(([line, , isSame]) => [line, isSame]),
      [1, 2, 3].map((line) => [line, false]),
    );
  });

  test('what is cut off by its signal leaves the batches before it, whole', async () => {
    const controller = new AbortController();
    const bulk = createBulkImport({
      pool,
      jobs: NO_JOBS,
      titles: library.library,
      openBulkLoad: (signal) =>
        openBulkLoad({ uri: library.uri, connectTimeoutMs: 30_000, signal }, createTestLogger()),
      audience: { announce: () => Promise.resolve() },
    });
    const chunks = async function* () {
      for (let at = 0; at < 60_000; at += 1000)
        yield Buffer.from(
          Array.from({ length: 1000 }, (_, line) => `${film(at + line)}\n`).join(''),
        );
    };
    const listener = {
      progress: () => controller.abort(new Error('enough')),
      refused: () => undefined,
    };
    await assert.rejects(
      bulk.importLines(chunks(), 'ndjson', null, listener, controller.signal),
      /enough/,
    );
    const [row] = await sql(
      'SELECT count(*)::int AS streams, (SELECT count(*)::int FROM stream_link) AS links FROM stream',
    );
    assert.equal(row?.['streams'], row?.['links']);
    assert.ok(Number(row?.['streams']) >= 10_000 && Number(row?.['streams']) < 60_000);
  });
});
