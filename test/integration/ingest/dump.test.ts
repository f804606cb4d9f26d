/** Dumps: what one library writes, another one reads, and writes again. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createBulkImport } from '../../../src/features/ingest/bulk/import-lines.ts';
import type { BulkCounts } from '../../../src/features/ingest/contract.ts';
import { dumpLines } from '../../../src/features/ingest/dump/store.ts';
import { stageLines } from '../../../src/lib/import-line/stage-lines.ts';
import { openBulkLoad } from '../../../src/platform/db/bulk-load.ts';
import type { JobQueue } from '../../../src/platform/jobs/queue.ts';
import type { TaskPool } from '../../../src/platform/pool/task-pool.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';
import { createTestLogger } from '../../support/test-logger.ts';

/** The pool's task in this thread. */
const pool = {
  run: (_task: string, input: { bytes: Uint8Array; firstLine: number; known: string }) =>
    Promise.resolve(stageLines(input.bytes, input.firstLine, 'ndjson', [], input.known)),
} as unknown as TaskPool;

function loadOf({ uri }: TestLibrary) {
  return openBulkLoad({ uri, connectTimeoutMs: 30_000, signal: NO_ABORT }, createTestLogger());
}

async function dump(library: TestLibrary): Promise<string> {
  await using load = await loadOf(library);
  let text = '';
  await dumpLines(load, (lines) => {
    text += lines;
    return Promise.resolve();
  });
  return text;
}

async function importInto(
  library: TestLibrary,
  text: string,
): Promise<{ readonly counts: BulkCounts; readonly refusals: readonly string[] }> {
  const refusals: string[] = [];
  const bulk = createBulkImport({
    pool,
    jobs: {} as JobQueue,
    titles: library.library,
    openBulkLoad: () => loadOf(library),
    audience: { announce: () => Promise.resolve() },
  });
  const chunks = async function* () {
    yield Buffer.from(text);
  };
  const listener = {
    progress: () => undefined,
    refused: (line: number, reason: string) => void refusals.push(`${line}: ${reason}`),
  };
  const counts = await bulk.importLines(chunks(), 'ndjson', null, listener, NO_ABORT);
  return { counts, refusals };
}

const SERIES = importedTitle({
  publicId: 'sl:pioneer-one',
  type: 'series',
  imdbId: 'tt1748166',
  tmdbId: '34186',
  otherIds: [
    { provider: 'tvdb', id: '170551', season: -1, episodeOffset: 0 },
    { provider: 'kitsu', id: '7442', season: 2, episodeOffset: 12 },
    { provider: 'imdb', id: 'tt9900009', season: -1, episodeOffset: 0 },
  ],
  title: 'Pioneer One',
  originalTitle: 'Pionier Eins',
  alternativeTitles: ['Первопроходец', 'P1 "quoted" \\ slash'],
  year: 2010,
  endYear: 2011,
  released: '2010-06-16',
  runtimeMinutes: 34,
  description: 'First line.\nSecond line.',
  languages: ['English', 'German'],
  country: 'US',
  website: 'https://example.org/',
  nudity: 'Mild',
  certificate: 'Teens',
  isAlwaysListed: true,
  popularity: 3.25,
  genres: ['Sci-Fi', 'Drama'],
  images: [
    { kind: 'poster', url: 'https://example.org/b.jpg' },
    { kind: 'poster', url: 'https://example.org/a.jpg' },
    { kind: 'logo', url: 'https://example.org/logo.png' },
  ],
  ratings: [
    { provider: 'imdb', value: 7.1, votes: 400 },
    { provider: 'tmdb', value: 6.9, votes: 12 },
  ],
  episodes: [
    {
      season: 1,
      episode: 1,
      title: 'Earthfall',
      overview: 'A crash.\n\nIn Montana.',
      released: '2010-06-16',
      thumbnailUrl: 'https://example.org/1.jpg',
    },
    { season: 1, episode: 2, title: '', overview: '', released: '', thumbnailUrl: '' },
  ],
});
const FILM = importedTitle({ publicId: 'sl:film', title: 'Without any id', isAdult: true });

const HASH = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';
const series = { type: 'series', imdb: 'tt1748166' };
const film = { type: 'movie', id: 'sl:film' };
const STREAMS = [
  {
    infoHash: HASH,
    name: 'Pioneer.One.S01.1080p.WEB-DL.x264-GRP',
    seeders: 4,
    trackers: ['udp://tracker.example.org:1337/announce'],
    uploader: 'somebody',
    files: [
      { path: 'a/Pioneer.One.S01E01.mkv', size: 100, index: 0 },
      { path: 'a/Pioneer.One.S01E02.mkv', size: 200, index: 3 },
    ],
    title: series,
  },
  {
    infoHash: HASH.replace('dd', 'ee'),
    name: 'Pioneer One complete',
    season: 'all',
    title: series,
  },
  { infoHash: HASH.replace('dd', 'ff'), name: 'Private', private: true, title: film },
  { kind: 'http', url: 'https://example.org/film.mkv', name: 'Film 720p', size: 5, title: film },
  { kind: 'youtube', youtubeId: 'aqz-KE-bpKQ', name: 'Film on YouTube', title: film },
  { kind: 'usenet', url: 'https://example.org/film.nzb', name: 'Film NZB', title: film },
  { kind: 'acestream', contentId: HASH, name: 'Film live', title: film },
  { kind: 'external', url: 'https://example.org/watch', name: 'Film elsewhere', title: film },
];

describe('dumps', { skip: skipWithoutPostgres }, () => {
  let from: TestLibrary;
  let to: TestLibrary;

  before(async () => {
    [from, to] = await Promise.all([openTestLibrary(), openTestLibrary()]);
    await from.library.importTitles([SERIES, FILM], NO_ABORT);
    await from.library.adoptTitles(
      [
        {
          title: importedTitle({ publicId: 'sl:movie-tt0000042', imdbId: 'tt0000042', year: 1920 }),
          isSketch: true,
          nextCheckS: 60,
        },
      ],
      NO_ABORT,
    );
    const { refusals } = await importInto(
      from,
      STREAMS.map((line) => JSON.stringify(line)).join('\n'),
    );
    assert.deepEqual(refusals, []);
  });
  after(async () => {
    await from[Symbol.asyncDispose]();
    await to[Symbol.asyncDispose]();
  });

  test('a dump has everything of titles and streams of every kind, and comes out of another library as it went in', async () => {
    const text = await dump(from);
    for (const word of ['Первопроходец', 'Second line', 'logo.png', 'Montana', 'kitsu', 'sketch'])
      assert.ok(text.includes(word), word);
    assert.equal(text.trim().split('\n').length, 3 + STREAMS.length);
    const { counts, refusals } = await importInto(to, text);
    assert.deepEqual(refusals, []);
    assert.equal(counts.titlesAdded, 3);
    assert.equal(counts.streamsAdded, STREAMS.length);
    const lines = (dumped: string) => dumped.split('\n').toSorted();
    assert.deepEqual(lines(await dump(to)), lines(text));
    assert.deepEqual(await to.search('первопроходец', { type: 'series' }), ['Pioneer One']);
  });

  test('a dump that is read again changes nothing', async () => {
    const text = await dump(from);
    const rows = () => to.database.sql`
      SELECT (SELECT json_agg(m.xmin ORDER BY media_id)::text FROM media m) AS media,
        (SELECT json_agg(e.xmin ORDER BY 1)::text FROM episode e) AS episodes`;
    await importInto(to, text);
    const before = [...(await rows())];
    const { counts } = await importInto(to, text);
    assert.deepEqual([counts.titlesAdded, counts.streamsAdded, counts.linksAdded], [0, 0, 0]);
    assert.deepEqual([...(await rows())], before);
  });

  test('a title that cannot be read is refused by its line, the rest goes in', async () => {
    const title = { type: 'movie', id: 'sl:other', name: 'Other' };
    const lines = [
      { kind: 'title', title: { ...title, images: [{ kind: 'photo', url: 'x' }] } },
      { kind: 'title', title: { ...title, released: 'yesterday' } },
      { kind: 'title' },
      { kind: 'title', title },
    ];
    const { counts, refusals } = await importInto(
      to,
      lines.map((line) => JSON.stringify(line)).join('\n'),
    );
    assert.equal(counts.titlesAdded, 1);
    assert.match(
      refusals.join('\n'),
      /^1: title\.images\[0\]\.kind.*\n2: title\.released.*\n3: title: /s,
    );
  });
});
