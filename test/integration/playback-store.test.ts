/** What the library knows of the torrent behind a playback link. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { PlaybackStore } from '../../src/features/playback/store.ts';
import type { LinkedFile } from '../../src/features/playback/wanted.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const INFOHASH = 'ab'.repeat(20);
const FIRST = { fileIndex: 0, filename: 'Trilogy/Alpha.1999.mkv', fileSizeBytes: 1000 };
const SECOND = { fileIndex: 1, filename: 'Trilogy/Beta.2001.mkv', fileSizeBytes: 2000 };

describe('playback store', { skip: skipWithoutPostgres }, () => {
  let opened: TestLibrary;
  let store: PlaybackStore;

  before(async () => {
    opened = await openTestLibrary();
    store = new PlaybackStore(opened.database);
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  const film = (publicId: string, file: typeof FIRST) =>
    importedTitle({
      publicId,
      streams: [
        importedStream({
          infohash: INFOHASH,
          name: 'Trilogy',
          placements: [{ season: 0, episodeFrom: 0, episodeTo: 0, ...file }],
        }),
      ],
    });
  const known = (filename: string, part: Partial<LinkedFile> = {}) =>
    store.knownTorrent(
      { infohash: INFOHASH, nzb: null, season: null, episode: 0, filename, ...part },
      NO_ABORT,
    );

  test('of several films in one torrent the one whose file is named', async () => {
    await opened.library.importTitles([film('sl:a', FIRST), film('sl:b', SECOND)], NO_ABORT);
    const first = await known('Alpha.1999.mkv');
    assert.equal(first?.filename, FIRST.filename);
    assert.equal(first.fileIndex, 0);
    const second = await known('Beta.2001.mkv');
    assert.equal(second?.filename, SECOND.filename);
    assert.notEqual(second.mediaId, first.mediaId);
  });

  test('none of them where no file of theirs is named', async () => {
    await opened.library.importTitles([film('sl:a', FIRST), film('sl:b', SECOND)], NO_ABORT);
    for (const filename of ['', 'Trilogy', 'Gamma.mkv']) {
      const found = await known(filename);
      assert.deepEqual(
        [found?.name, found?.mediaId, found?.filename, found?.fileIndex],
        ['Trilogy', 0, '', -1],
        filename,
      );
    }
  });

  test('how many files a torrent has is known where all of them are', async () => {
    await opened.library.importTitles([film('sl:a', FIRST), film('sl:b', SECOND)], NO_ABORT);
    assert.equal((await known('Alpha.1999.mkv'))?.fileCount, 2);
    await opened.empty();
    await opened.library.importTitles([film('sl:b', SECOND)], NO_ABORT);
    assert.equal((await known('Beta.2001.mkv'))?.fileCount, 0, 'a file before it is not known');
  });

  test('the only film of a torrent, whatever its link says', async () => {
    await opened.library.importTitles([film('sl:a', FIRST)], NO_ABORT);
    for (const filename of ['', 'Trilogy', 'Alpha.1999.mkv'])
      assert.equal((await known(filename))?.filename, FIRST.filename, filename);
    assert.equal(await known('', { infohash: 'cd'.repeat(20) }), null);
  });

  const pack = { fileIndex: 0, fileSizeBytes: 1000, filename: '' };
  const episode = (infohash: string, number: number, more: object = {}) =>
    importedStream({
      infohash,
      name: `Show S01E0${number} ${infohash.slice(0, 2)}`,
      placements: [{ season: 1, episodeFrom: number, episodeTo: number, ...pack }],
      ...more,
    });

  test('what plays the next episode: the same torrent, then what is most like it', async () => {
    const [playing, like, other] = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(20));
    assert.ok(playing !== undefined && like !== undefined && other !== undefined);
    const whole = importedStream({
      infohash: 'dd'.repeat(20),
      name: 'Show S01',
      placements: [{ season: 1, episodeFrom: 1, episodeTo: 3, ...pack, filename: 'Show/S01.mkv' }],
      resolution: '1080p',
    });
    const series = importedTitle({
      publicId: 'sl:show',
      type: 'series',
      runtimeMinutes: 50,
      streams: [
        episode(playing, 1, { resolution: '1080p' }),
        episode(other, 2, { resolution: '720p', seeders: 900 }),
        episode(like, 2, { resolution: '1080p', seeders: 5 }),
        whole,
      ],
    });
    await opened.library.importTitles([series], NO_ABORT);
    const file = { infohash: playing, nzb: null, season: 1, episode: 1, filename: '' };
    const title = await store.playedTitle(file, NO_ABORT);
    assert.equal(title?.runtimeMinutes, 50);
    const of = (infohash: string, number = 2) =>
      store.episodeTorrents(title.mediaId, { season: 1, episode: number }, infohash, NO_ABORT);
    const found = await of(playing);
    assert.deepEqual(
      found.map(({ infohash }) => infohash.slice(0, 2)),
      ['bb', 'dd', 'cc'],
    );
    assert.deepEqual(
      found.map(({ filename }) => filename),
      ['Show S01E02 bb', 'S01.mkv', 'Show S01E02 cc'],
    );
    assert.equal((await of('dd'.repeat(20)))[0]?.infohash, 'dd'.repeat(20));
    assert.equal((await of(playing, 4)).length, 0);
    const nothing = { infohash: 'ee'.repeat(20), nzb: null, season: 1, episode: 1, filename: '' };
    assert.equal(await store.playedTitle(nothing, NO_ABORT), null);
  });
});
