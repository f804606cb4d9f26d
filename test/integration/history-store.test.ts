/** What is kept of plays: which title they are of, pages by key, the newest of a profile alone. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ENTRIES_MAX, HistoryStore, type HistoryEntry } from '../../src/features/history/store.ts';
import type { HistoryPlay } from '../../src/features/history/contract.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const FILM = 'ab'.repeat(20);
const PACK = 'cd'.repeat(20);
const START_MS = Date.UTC(2026, 0, 1);

describe('history store', { skip: skipWithoutPostgres }, () => {
  let opened: TestLibrary;
  let store: HistoryStore;
  let profileId: string;

  before(async () => {
    opened = await openTestLibrary();
    store = new HistoryStore(opened.database);
  });
  beforeEach(async () => {
    await opened.empty();
    profileId = await newProfile();
    const file = { fileIndex: 0, filename: 'File.mkv', fileSizeBytes: 1 };
    await opened.library.importTitles(
      [
        importedTitle({
          publicId: 'sl:film',
          streams: [
            importedStream({
              infohash: FILM,
              placements: [{ season: 0, episodeFrom: 0, episodeTo: 0, ...file }],
            }),
          ],
        }),
        importedTitle({
          publicId: 'sl:show',
          type: 'series',
          streams: [
            importedStream({
              infohash: PACK,
              placements: [{ season: 1, episodeFrom: 1, episodeTo: 900, ...file }],
            }),
          ],
        }),
      ],
      NO_ABORT,
    );
  });
  after(() => opened[Symbol.asyncDispose]());

  const newProfile = async () => {
    const id = randomUUID();
    await opened.database
      .sql`INSERT INTO user_profile (profile_id, sealed) VALUES (${id}, ${Buffer.from('x')})`;
    return id;
  };
  const play = (part: Partial<HistoryPlay> = {}): HistoryPlay => ({
    profileId,
    infohash: PACK,
    season: 1,
    episode: 1,
    filename: '',
    playedAtMs: START_MS,
    ...part,
  });
  const film = (part: Partial<HistoryPlay> = {}) =>
    play({ infohash: FILM, season: null, episode: 0, ...part });
  const short = ({ publicId, season, episode, plays }: HistoryEntry) =>
    `${publicId} ${season}:${episode} ${plays}`;

  test('plays are of the title of the torrent; what nobody knows is left out', async () => {
    await store.addPlays(
      [
        film(),
        play({ playedAtMs: START_MS + 1000 }),
        play({ infohash: 'ef'.repeat(20) }),
        play({ season: 7 }),
        play({ profileId: randomUUID() }),
      ],
      NO_ABORT,
    );
    await store.addPlays([play({ playedAtMs: START_MS + 500 })], NO_ABORT);
    const entries = await store.page(profileId, null, 10, NO_ABORT);
    assert.deepEqual(entries.map(short), ['sl:show 1:1 2', 'sl:film 0:0 1']);
    assert.equal(entries[0]?.playedAt, '2026-01-01T00:00:01.000000Z');
  });

  test('pages by key hold every entry once, whatever is played meanwhile', async () => {
    const plays = Array.from({ length: 7 }, (_, index) =>
      play({ episode: index + 1, playedAtMs: START_MS + (index >> 1) }),
    );
    await store.addPlays(plays, NO_ABORT);
    const seen: string[] = [];
    let after: HistoryEntry | null = null;
    do {
      const page: readonly HistoryEntry[] = await store.page(profileId, after, 2, NO_ABORT);
      seen.push(...page.map(({ episode }) => String(episode)));
      after = page.at(-1) ?? null;
      await store.addPlays([film({ playedAtMs: START_MS + 9999 })], NO_ABORT);
    } while (after !== null);
    assert.equal(seen.join(' '), '7 6 5 4 3 2 1');
  });

  test('a series is continued with the episode that was played last', async () => {
    await store.addPlays(
      [
        play({ episode: 5, playedAtMs: START_MS + 1 }),
        play({ episode: 2, playedAtMs: START_MS + 2 }),
        film(),
      ],
      NO_ABORT,
    );
    const page = { skip: 0, limit: 10 };
    const shows = await store.lastPlayed(profileId, 'series', page, NO_ABORT);
    assert.deepEqual(
      shows.map(({ publicId, season, episode }) => [publicId, season, episode]),
      [['sl:show', 1, 2]],
    );
    const films = await store.lastPlayed(profileId, 'movie', page, NO_ABORT);
    assert.deepEqual(
      films.map(({ publicId }) => publicId),
      ['sl:film'],
    );
    const others = await newProfile();
    assert.equal((await store.lastPlayed(others, 'series', page, NO_ABORT)).length, 0);
  });

  test('the oldest go beyond the most that a profile keeps; one is deleted, and all are', async () => {
    const other = await newProfile();
    await store.addPlays([film({ profileId: other })], NO_ABORT);
    const count = ENTRIES_MAX + 3;
    const plays = Array.from({ length: count }, (_, index) =>
      play({ episode: index + 1, playedAtMs: START_MS + index }),
    );
    await store.addPlays(plays, NO_ABORT);
    const kept = await store.page(profileId, null, count, NO_ABORT);
    assert.equal(kept.length, ENTRIES_MAX);
    assert.equal(kept.at(-1)?.episode, 4);
    const [newest] = kept;
    assert.ok(newest !== undefined);
    assert.equal(await store.deleteOne(profileId, newest, NO_ABORT), true);
    assert.equal(await store.deleteOne(profileId, newest, NO_ABORT), false);
    await store.deleteAll(profileId, NO_ABORT);
    assert.equal((await store.page(profileId, null, 10, NO_ABORT)).length, 0);
    assert.equal((await store.page(other, null, 10, NO_ABORT)).length, 1, 'nobody else’s');
  });
});
