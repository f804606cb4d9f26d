/** Which streams play a film or an episode: files, ranges, packs; every column on its way to a StreamRow. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type ImportedPlacement,
  type ImportedStream,
  type ImportedTitle,
} from '../../src/features/library/contract.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../src/lib/title-match/title-facts.ts';
import { LANGUAGE_UNKNOWN_BIT } from '../../src/lib/vocabulary.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

describe('stream store', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let server: TestDatabase;
  let database: RecordingDatabase;
  let streams: StreamStore;

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
  });
  beforeEach(async () => {
    await database.sql`TRUNCATE media, stream, tracker_list RESTART IDENTITY CASCADE`;
    // It keeps lists of trackers by their ids, which begin anew.
    streams = new StreamStore(database);
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Imports one title and returns its id in the database. */
  async function imported(title: ImportedTitle): Promise<number> {
    await new LibraryStore(database).importTitles([title], signal);
    const media = await streams.resolveMedia(
      { type: title.type, provider: 'sl', id: title.publicId },
      signal,
    );
    assert.ok(media !== null);
    return media.mediaId;
  }
  const names = async (mediaId: number, season: number, episode: number) =>
    (await streams.loadStreams(mediaId, season, episode, signal)).map((row) => row.name);

  test('an id leads to its title, whichever provider it is from', async () => {
    const mediaId = await imported(
      importedTitle({
        publicId: 'sl:a',
        imdbId: 'tt1234567',
        tmdbId: '603',
        title: 'A',
        year: 1999,
        runtimeMinutes: 90,
        isAdult: true,
      }),
    );
    const expected = {
      mediaId,
      type: 'movie',
      publicId: 'sl:a',
      imdbId: 'tt1234567',
      tmdbId: '603',
      title: 'A',
      year: 1999,
      runtimeMinutes: 90,
      restrictions: 2,
      idSeason: -1,
      idEpisodeOffset: 0,
      idSeasons: [],
    };
    for (const id of [
      { provider: 'imdb', id: 'tt1234567' },
      { provider: 'tmdb', id: 'tmdb:603' },
    ] as const) {
      assert.deepEqual(
        { ...(await streams.resolveMedia({ type: 'movie', ...id }, signal)) },
        expected,
      );
    }
    assert.equal(
      await streams.resolveMedia({ type: 'series', provider: 'tmdb', id: 'tmdb:603' }, signal),
      null,
    );
    assert.equal(
      await streams.resolveMedia({ type: 'movie', provider: 'imdb', id: 'tt7654321' }, signal),
      null,
    );
  });

  test('every column arrives, the extremes of 32 and 53 bits included', async () => {
    const infohash = 'ff00aa0102030405060708090a0b0c0d0e0f1011';
    const torrent = importedStream({
      infohash,
      name: 'A "quoted" \\ title\twith 😀',
      source: 'test',
      releaseGroup: 'GRP',
      uploader: 'someone',
      trackers: ['udp://one.example.org', 'udp://two.example.org'],
      resolution: '2160p',
      quality: 'WEB-DL',
      codec: 'hevc',
      hdr: ['DV', 'HDR'],
      audio: ['Atmos'],
      channels: ['7.1'],
      flags: ['proper', 'webSeed'],
      languages: ['English', 'Finnish', 'Norwegian', 'Georgian'],
      subtitleLanguages: ['Finnish', 'Norwegian', 'English'],
      bitDepth: 10,
      totalSizeBytes: 2 ** 53 - 1,
      seeders: 2 ** 31 - 1,
      addedAtS: 1_700_000_000,
      placements: [
        {
          season: 0,
          episodeFrom: 0,
          episodeTo: 0,
          fileIndex: 3,
          filename: 'ä.mkv',
          fileSizeBytes: 2 ** 40,
        },
      ],
    });
    const http = importedStream({
      kind: 'http',
      infohash: null,
      locator: 'https://example.org/a.mp4',
      name: 'direct',
    });
    const mediaId = await imported(importedTitle({ publicId: 'sl:a', streams: [http, torrent] }));
    const [first, second] = await streams.loadStreams(mediaId, 0, 0, signal);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(
      { ...first, streamId: 0, infohash: Buffer.from(first.infohash ?? []).toString('hex') },
      {
        streamId: 0,
        kind: 0,
        resolution: 1,
        quality: 4,
        codec: 1,
        hdrMask: 0b101,
        audioMask: 1,
        channelsMask: 0b100000,
        flagsMask: 0x8001,
        languagesLow: (1 << 31) | 1,
        languagesHigh: (1 << 0) | (1 << 15),
        subtitleLanguagesLow: (1 << 31) | 1,
        subtitleLanguagesHigh: 1,
        bitDepth: 10,
        fileSizeBytes: 2 ** 40,
        totalSizeBytes: 2 ** 53 - 1,
        seeders: 2 ** 31 - 1,
        addedAtS: 1_700_000_000,
        fileIndex: 3,
        infohash,
        name: torrent.name,
        filename: 'ä.mkv',
        locator: '',
        source: 'test',
        releaseGroup: 'GRP',
        uploader: 'someone',
        trackers: 'udp://one.example.org\nudp://two.example.org',
      },
    );
    assert.deepEqual(
      [
        second.kind,
        second.infohash,
        second.locator,
        second.trackers,
        second.seeders,
        second.fileIndex,
      ],
      [1, null, 'https://example.org/a.mp4', '', -1, -1],
    );
    assert.deepEqual(
      [second.subtitleLanguagesLow, second.subtitleLanguagesHigh],
      [0, 0],
      'no subtitles are none',
    );
    assert.equal(
      second.languagesHigh,
      1 << (LANGUAGE_UNKNOWN_BIT - 32),
      'no known language is "unknown"',
    );
    assert.ok(
      Math.abs(second.addedAtS - Date.now() / 1000) < 3600,
      'unknown time of upload: the import',
    );
  });

  test('texts with the separator of fields in them come as they are but for it, and so do their neighbours', async () => {
    const us = '\x1f';
    const odd = importedStream({
      name: `one${us}two\x1e`,
      uploader: us,
      source: `a${us}b`,
      releaseGroup: `${us}G`,
      locator: `l${us}`,
      trackers: ['udp://one.example.org'],
      seeders: 2,
      placements: [
        {
          season: 0,
          episodeFrom: 0,
          episodeTo: 0,
          fileIndex: 1,
          filename: `${us}f${us}.mkv`,
          fileSizeBytes: 3,
        },
      ],
    });
    const even = importedStream({ name: 'plain', seeders: 1, trackers: ['udp://two.example.org'] });
    const mediaId = await imported(importedTitle({ publicId: 'sl:a', streams: [odd, even] }));
    const sent = database.statements.length;
    const rows = await streams.loadStreams(mediaId, 0, 0, signal);
    const texts = rows.map(
      ({ name, filename, locator, source, releaseGroup, uploader, trackers, fileIndex }) => [
        name,
        filename,
        locator,
        source,
        releaseGroup,
        uploader,
        trackers,
        fileIndex,
      ],
    );
    assert.deepEqual(texts, [
      ['one two\x1e', ' f .mkv', 'l ', 'a b', ' G', ' ', 'udp://one.example.org', 1],
      ['plain', '', '', even.source, '', '', 'udp://two.example.org', -1],
    ]);
    assert.deepEqual(
      rows.map(({ infohash }) => Buffer.from(infohash ?? []).toString('hex')),
      [odd.infohash, even.infohash],
    );
    const readings = () =>
      database.statements.slice(sent).filter(({ name }) => name === 'streams.by-media').length;
    assert.equal(readings(), 2, 'read again');
    await database.sql`DELETE FROM stream WHERE name <> 'plain'`;
    assert.equal((await streams.loadStreams(mediaId, 0, 0, signal)).length, 1);
    assert.equal(readings(), 3, 'once where no text has the separator');
  });

  test('the time of upload is in whole seconds, rounded down, also before 1970', async () => {
    const mediaId = await imported(
      importedTitle({ publicId: 'sl:a', streams: [importedStream({ name: 'a' })] }),
    );
    const addedAtS = async () =>
      (await streams.loadStreams(mediaId, 0, 0, signal)).map((row) => row.addedAtS);
    await database.sql`UPDATE stream SET added_at = to_timestamp(1700000000.9)`;
    assert.deepEqual(await addedAtS(), [1_700_000_000]);
    await database.sql`UPDATE stream SET added_at = to_timestamp(-1.5)`;
    assert.deepEqual(await addedAtS(), [-2]);
    await database.sql`UPDATE stream SET added_at = 'infinity'`;
    assert.deepEqual(await addedAtS(), [Infinity], 'the set keeps the largest time that it can');
  });

  test('lists of trackers are read once, those of another title only when they are others', async () => {
    const title = (publicId: string, imdbId: string, trackers: readonly string[]) =>
      importedTitle({
        publicId,
        imdbId,
        streams: trackers.map((url) => importedStream({ name: url, trackers: [url] })),
      });
    const one = await imported(title('sl:a', 'tt0000001', ['udp://a', 'udp://b']));
    const two = await imported(title('sl:b', 'tt0000002', ['udp://b', 'udp://c']));
    const three = await imported(title('sl:c', 'tt0000003', ['udp://c', 'udp://a']));
    const sent = database.statements.length;
    for (const mediaId of [one, two, three, one]) {
      const rows = await streams.loadStreams(mediaId, 0, 0, signal);
      assert.deepEqual(
        rows.map(({ trackers }) => trackers),
        rows.map(({ name }) => name),
      );
      assert.equal(rows.length, 2);
    }
    const asked = database.statements
      .slice(sent)
      .filter(({ name }) => name === 'streams.tracker-lists');
    assert.deepEqual(
      asked.map(({ parameters }) => (parameters[0] as string[]).length),
      [2, 1],
    );
  });

  test('an episode is played by its file, by ranges around it, by packs of its season and of the series', async () => {
    const place = (
      season: number,
      episodeFrom: number,
      episodeTo: number,
      fileIndex = 0,
    ): ImportedPlacement => ({
      season,
      episodeFrom,
      episodeTo,
      fileIndex,
      filename: `${season}-${episodeFrom}.mkv`,
      fileSizeBytes: 1,
    });
    const stream = (
      name: string,
      seeders: number,
      ...placements: ImportedPlacement[]
    ): ImportedStream => importedStream({ name, seeders, placements });
    const mediaId = await imported(
      importedTitle({
        type: 'series',
        publicId: 'sl:a',
        streams: [
          stream('exact', 9, place(1, 5, 5)),
          stream('range', 8, place(1, 4, 6)),
          stream('first of range', 7, place(1, 5, 6)),
          stream('last of range', 6, place(1, 1, 5)),
          stream('season', 5, place(1, 0, LAST_EPISODE, -1)),
          stream('series', 4, place(EVERY_SEASON, 0, LAST_EPISODE, -1)),
          stream('files', 3, place(1, 4, 4, 0), place(1, 5, 5, 1), place(1, 6, 6, 2)),
          stream('files and pack', 2, place(1, 0, LAST_EPISODE, -1), place(1, 5, 5, 7)),
          stream('other episode', 1, place(1, 7, 7)),
          stream('other season', 1, place(2, 5, 5)),
          stream('range before', 1, place(1, 1, 4)),
          stream('range after', 1, place(1, 6, 9)),
          stream('pilot', 1, place(1, 0, 0)),
          stream('special', 1, place(0, 5, 5)),
        ],
      }),
    );
    const rows = await streams.loadStreams(mediaId, 1, 5, signal);
    assert.deepEqual(
      rows.map((row) => [row.name, row.fileIndex]),
      [
        ['exact', 0],
        ['range', 0],
        ['first of range', 0],
        ['last of range', 0],
        ['season', -1],
        ['series', -1],
        ['files', 1],
        ['files and pack', 7],
      ],
    );
    assert.deepEqual(await names(mediaId, 1, 0), ['season', 'series', 'files and pack', 'pilot']);
    assert.deepEqual(await names(mediaId, 0, 5), ['series', 'special']);
    assert.deepEqual(await names(mediaId, 3, 1), ['series']);
    assert.deepEqual(await names(mediaId + 1, 1, 5), []);
  });

  test('blocked and dead streams are left out; most seeders first, then the newest', async () => {
    const mediaId = await imported(
      importedTitle({
        publicId: 'sl:a',
        streams: [
          importedStream({ name: 'old', infohash: '0'.repeat(40) }),
          importedStream({ name: 'blocked', seeders: 99 }),
          importedStream({ name: 'dead', seeders: 98 }),
          importedStream({ name: 'new', infohash: 'f'.repeat(40) }),
          importedStream({ name: 'few', seeders: 0 }),
          importedStream({ name: 'many', seeders: 5 }),
        ],
      }),
    );
    await database.sql`UPDATE stream SET is_blocked = name = 'blocked', is_active = name <> 'dead'`;
    assert.deepEqual(await names(mediaId, 0, 0), ['many', 'few', 'new', 'old']);
  });

  test('another source does not change a stream, its own source does; the seeders are the latest', async () => {
    const stream = importedStream({ name: 'first', source: 'one', seeders: 9 });
    const title = (change: Partial<ImportedStream>) =>
      importedTitle({ publicId: 'sl:a', streams: [{ ...stream, ...change }] });
    const mediaId = await imported(title({}));
    await imported(title({ name: 'second', source: 'two', seeders: 2 }));
    const [row] = await streams.loadStreams(mediaId, 0, 0, signal);
    assert.deepEqual([row?.name, row?.seeders], ['first', 2]);
    await imported(title({ name: 'third', seeders: -1 }));
    const [later] = await streams.loadStreams(mediaId, 0, 0, signal);
    assert.deepEqual([later?.name, later?.seeders], ['third', 2]);
  });
});
