/** Live search over the real database, with sources in memory: on time, complete with the next request, and again when due. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import type { UserContext } from '../../src/features/configure/contract.ts';
import type { SourceSettings } from '../../src/lib/source-settings/source-settings.ts';
import { OwnSources } from '../../src/lib/user-config/own-sources.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { releaseRow } from '../../src/lib/stream/release-row.ts';
import { parseReleaseTitle } from '../../src/lib/release-title/parse.ts';
import { ANONYMOUS } from '../../native-bench/fixtures/contexts.ts';
import { Latch } from '../../src/lib/async/latch.ts';
import { AppError } from '../../src/lib/errors.ts';
import { localParts, NEVER, stoppedClock } from '../support/cache-parts.ts';
import type { SourceCall } from '../../src/features/sources/source.ts';
import { FakeSource, finds, hangs, release } from '../support/fake-source.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { openDatabase, until } from '../support/open-database.ts';
import {
  searches,
  startSearchProcess,
  type SearchProcessOptions,
} from '../support/search-process.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const MOVIE = '/stream/movie/tt1000001.json';
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

describe('live search', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  before(async () => {
    library = await openTestLibrary();
  });
  beforeEach(async () => {
    await library.empty();
    await library.library.importTitles(
      [importedTitle({ publicId: 'sl:a', imdbId: 'tt1000001', title: 'A', year: 1968 })],
      NEVER,
    );
  });
  after(async () => {
    await library[Symbol.asyncDispose]();
  });

  /** A process of its own, or one of those that share `parts`; ended with the test. */
  function start(
    t: TestContext,
    given: Partial<SearchProcessOptions> & Pick<SearchProcessOptions, 'sources'>,
  ) {
    const parts = given.parts ?? localParts(false);
    const started = startSearchProcess({ library, parts, ...given });
    t.after(async () => {
      await started[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    });
    return started;
  }

  /** Names of the streams that the database has for the movie. */
  async function stored(): Promise<readonly string[]> {
    const rows = await library.database.sql<
      { name: string }[]
    >`SELECT name FROM stream ORDER BY name`;
    return rows.map(({ name }) => name);
  }

  test('a cold title is searched for, and what was found is shown, kept and stored', async (t) => {
    const source = new FakeSource('a', finds('A.1968.1080p', 'A.1968.720p', 'rejected B'));
    const app = start(t, { sources: [source] });
    const first = await app.get(MOVIE);
    assert.equal(first.rows.length, 2);
    assert.deepEqual(first.notices, []);
    assert.match(first.serverTiming, /^source-a;dur=[\d.]+$/);
    const second = app.handle(MOVIE);
    assert.ok(!(second instanceof Promise), 'the next one comes from memory');
    await until(async () => (await stored()).length === 2);
    assert.deepEqual(await stored(), ['A.1968.1080p', 'A.1968.720p']);
    assert.equal(source.asked.length, 1);
  });

  test('a repeated warm request gets the very reply of the one before', async (t) => {
    const app = start(t, { sources: [new FakeSource('a', finds('A.1968.1080p'))] });
    await app.get(MOVIE);
    const first = app.handle(MOVIE);
    assert.ok(!(first instanceof Promise));
    const second = app.handle(MOVIE);
    assert.ok(!(second instanceof Promise));
    assert.equal(second.representation, first.representation);
  });

  test('the answer has what is there at the deadline, says what is missing, and the next one is complete', async (t) => {
    const goOn = new Latch<void>();
    const fast = new FakeSource('fast', finds('A.1968.1080p'));
    const slow = new FakeSource('slow', async ({ found }) => {
      await goOn.opened;
      found([release('A.1968.2160p')]);
    });
    const app = start(t, { sources: [fast, slow], deadlineMs: 200 });
    const first = await app.get(MOVIE);
    assert.equal(first.rows.length, 1);
    assert.match(first.notices.join(), /Still searching: 1 of 2 sources\nNot heard from yet: SLOW/);
    assert.equal(first.cacheControl, 'no-store');
    assert.match(first.serverTiming, /source-slow;desc="still asked"/);
    assert.ok(first.elapsedMs >= 190, 'a source that is not known is waited for');
    const meanwhile = await app.get(MOVIE);
    assert.equal(meanwhile.rows.length, 1, 'nobody else waits');
    goOn.open();
    await until(async () => (await app.get(MOVIE)).rows.length === 2);
    const last = await app.get(MOVIE);
    assert.deepEqual(last.notices, []);
    assert.equal(last.cacheControl, 'public, max-age=60');
    await until(async () => (await stored()).length === 2);
    assert.deepEqual([fast.asked.length, slow.asked.length], [1, 1]);
  });

  test('what is in the database already is merged with what is found', async (t) => {
    const known = release('A.1968.720p', { seeders: 77 });
    const stream = importedStream({ infohash: known.infohash, name: known.name, seeders: 5 });
    await library.library.importTitles(
      [
        importedTitle({
          publicId: 'sl:a',
          imdbId: 'tt1000001',
          title: 'A',
          streams: [stream, importedStream({ name: 'A.1968.480p' })],
        }),
      ],
      NEVER,
    );
    const source = new FakeSource('a', async ({ found }) =>
      found([known, release('A.1968.2160p')]),
    );
    const app = start(t, { sources: [source] });
    assert.equal((await app.get(MOVIE)).rows.length, 3);
  });

  test('a hanging source is given up, and the others count', async (t) => {
    const app = start(t, {
      sources: [new FakeSource('a', finds('A.1968.1080p')), new FakeSource('hung', hangs)],
      deadlineMs: 50,
      backgroundMs: 300,
    });
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    await until(async () => (await app.get(MOVIE)).notices.length === 0);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
  });

  test('failure does not silence: the next request asks again', async (t) => {
    const pass = stoppedClock(t);
    const source = new FakeSource('a', () =>
      Promise.reject(new AppError('fetch.failed', 'it does not answer')),
    );
    const app = start(t, { sources: [source] });
    const failed = await app.get(MOVIE);
    await app.settled();
    assert.match(failed.notices.join(), /The source did not answer\nAsked without success: A/);
    assert.equal(failed.cacheControl, 'no-store');
    assert.match((await app.get(MOVIE)).notices.join(), /did not answer/);
    assert.equal(source.asked.length, 1, 'but not within the same second');
    source.behaviour = finds('A.1968.1080p');
    pass(1100);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    const failures = await library.database.sql`SELECT FROM title_search WHERE failed_count > 0`;
    assert.equal(failures.length, 0);
  });

  test('a source that failed is asked again alone, without anybody waiting', async (t) => {
    const pass = stoppedClock(t);
    const good = new FakeSource('good', finds('A.1968.1080p'));
    const bad = new FakeSource('bad', () => Promise.reject(new AppError('fetch.failed', 'no')));
    const app = start(t, { sources: [good, bad] });
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    await app.settled();
    bad.behaviour = finds('A.1968.2160p');
    pass(40 * SECOND_MS);
    await until(async () => {
      const { rows } = await app.get(MOVIE);
      return rows.length === 2;
    });
    assert.deepEqual([good.asked.length, bad.asked.length], [1, 2]);
  });

  test('after success it is searched for again after three days', async (t) => {
    const pass = stoppedClock(t);
    const source = new FakeSource('a', finds('A.1968.1080p'));
    const app = start(t, { sources: [source] });
    await app.get(MOVIE);
    await app.settled();
    pass(71 * HOUR_MS);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    assert.equal(source.asked.length, 1);
    source.behaviour = finds('A.1968.1080p', 'A.1968.2160p');
    pass(2 * HOUR_MS);
    await until(async () => (await app.get(MOVIE)).rows.length === 2);
    assert.equal(source.asked.length, 2);
  });

  test('emptiness is remembered for five minutes at first, then longer', async (t) => {
    const pass = stoppedClock(t);
    const source = new FakeSource('a', finds());
    const app = start(t, { sources: [source] });
    assert.match((await app.get(MOVIE)).notices.join(), /Nothing found yet/i);
    await app.settled();
    pass(4 * MINUTE_MS);
    await app.get(MOVIE);
    assert.equal(source.asked.length, 1);
    pass(2 * MINUTE_MS);
    await app.get(MOVIE);
    assert.equal(source.asked.length, 2);
    await app.settled();
    pass(9 * MINUTE_MS);
    await app.get(MOVIE);
    assert.equal(source.asked.length, 2);
    source.behaviour = finds('A.1968.1080p');
    pass(2 * MINUTE_MS);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
  });

  test('on the day of its release a title is searched for every few seconds at first', async (t) => {
    const pass = stoppedClock(t);
    const released = new Date().toISOString().slice(0, 10);
    await library.library.importTitles(
      [importedTitle({ publicId: 'sl:b', imdbId: 'tt1000002', title: 'B', released })],
      NEVER,
    );
    const source = new FakeSource('a', finds());
    const app = start(t, { sources: [source] });
    const path = '/stream/movie/tt1000002.json';
    const askedAfter = async (seconds: number): Promise<number> => {
      pass(seconds * SECOND_MS);
      await app.get(path);
      await app.settled();
      return source.asked.length;
    };
    assert.equal(await askedAfter(0), 1);
    assert.equal(await askedAfter(4), 1);
    assert.equal(await askedAfter(2), 2, 'after 5 s');
    assert.equal(await askedAfter(8), 2);
    assert.equal(await askedAfter(3), 3, 'after 10 s');
    assert.equal(await askedAfter(15), 3);
    source.behaviour = finds('B.2026.1080p');
    assert.equal(await askedAfter(6), 4, 'after 20 s');
    assert.equal((await app.get(path)).rows.length, 1);
  });

  test('a season pack plays all episodes, also those that were looked at before', async (t) => {
    const episodes = [1, 2, 3].map((episode) => ({
      season: 1,
      episode,
      title: '',
      overview: '',
      released: '2010-01-01',
      thumbnailUrl: '',
    }));
    await library.library.importTitles(
      [
        importedTitle({
          publicId: 'sl:s',
          imdbId: 'tt1000003',
          title: 'S',
          type: 'series',
          episodes,
        }),
      ],
      NEVER,
    );
    const source = new FakeSource('a', finds());
    const app = start(t, { sources: [source] });
    const of = (episode: number) => `/stream/series/tt1000003:1:${episode}.json`;
    assert.equal((await app.get(of(2))).rows.length, 0);
    await app.settled();
    source.behaviour = async ({ found }) =>
      found([
        release('S.S01.1080p', { fileIndex: 4, filename: 'S.S01E01.mkv', fileSizeBytes: 5 }),
        release('S.S01E02.720p'),
      ]);
    assert.equal((await app.get(of(1))).rows.length, 1);
    await until(async () => (await stored()).length === 2);
    await until(async () => (await app.get(of(2))).rows.length === 2);
    const links = await library.database.sql<{ place: string }[]>`
      SELECT concat_ws(':', l.season, l.episode_from, l.episode_to, l.file_index) AS place
      FROM stream_link l JOIN stream s USING (stream_id) WHERE s.name = 'S.S01.1080p' ORDER BY place`;
    assert.deepEqual(
      links.map(({ place }) => place),
      ['1:0:99999:-1', '1:1:1:4'],
    );
  });

  test('a list that takes longer to compare than there is time is shown as far as it was', async (t) => {
    const names = Array.from({ length: 20_000 }, (_, at) => `A.1968.1080p.BluRay.x264-G${at}`);
    const app = start(t, { sources: [new FakeSource('a', finds(...names))], deadlineMs: 300 });
    const { rows, notices } = await app.get(MOVIE);
    assert.ok(rows.length > 0);
    assert.match(notices.join(), /Still searching/);
    await app.settled();
    assert.deepEqual((await app.get(MOVIE)).notices, []);
  });

  test('nobody waits beyond the deadline for a database that hangs', async (t) => {
    const subjects = { searchSubject: () => new Promise<never>(() => undefined) };
    const app = start(t, {
      sources: [new FakeSource('a', finds('A.1968.1080p'))],
      open: () => [new FakeSource('own', finds('A.1968.720p'))],
      subjects,
      deadlineMs: 30,
      users: new Map([['S-with', withOwn('key')]]),
    });
    for (const path of [MOVIE, `/S-with${MOVIE}`]) {
      const { notices, cacheControl } = await app.get(path);
      assert.match(notices.join(), /Still searching/);
      assert.equal(cacheControl, 'no-store');
    }
  });

  test('what a private tracker has, too, is private from then on, whoever had it first', async (t) => {
    const has =
      (isPrivate: boolean) =>
      async ({ found }: SourceCall) =>
        found([release('A.1968.1080p', { isPrivate, origin: isPrivate ? 'closed' : 'open' })]);
    const first = start(t, { sources: [new FakeSource('open', has(false))] });
    assert.equal((await first.get(MOVIE)).rows.length, 1);
    await first.settled();
    await library.database.sql`DELETE FROM title_search`;
    const second = start(t, { sources: [new FakeSource('closed', has(true))] });
    await second.get(MOVIE);
    await second.settled();
    assert.equal((await start(t, { sources: [] }).get(MOVIE)).rows.length, 0);
    await library.database.sql`DELETE FROM title_search`;
    const third = start(t, { sources: [new FakeSource('open', has(false))] });
    await third.get(MOVIE);
    await third.settled();
    assert.equal((await start(t, { sources: [] }).get(MOVIE)).rows.length, 0);
  });

  test('one torrent that plays two titles is one stream with a link for each', async (t) => {
    await library.library.importTitles(
      [importedTitle({ publicId: 'sl:b', imdbId: 'tt1000002', title: 'B' })],
      NEVER,
    );
    const app = start(t, { sources: [new FakeSource('a', finds('A.and.B.1968.1080p'))] });
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    assert.equal((await app.get('/stream/movie/tt1000002.json')).rows.length, 1);
    await app.settled();
    const [counts] = await library.database.sql<{ streams: number; links: number }[]>`
      SELECT (SELECT count(*)::int FROM stream) AS streams, (SELECT count(*)::int FROM stream_link) AS links`;
    assert.deepEqual({ ...counts }, { streams: 1, links: 2 });
  });

  test('searches that find the same streams at once do not block each other', async () => {
    const ids = ['tt1000011', 'tt1000012', 'tt1000013', 'tt1000014'];
    await library.library.importTitles(
      ids.map((imdbId) => importedTitle({ publicId: `sl:${imdbId}`, imdbId, title: imdbId })),
      NEVER,
    );
    const numbers = await library.database.sql<{ id: number }[]>`
      SELECT media_id::int AS id FROM media_external_id WHERE external_id = ANY(${ids})`;
    const placement = {
      season: 0,
      episodeFrom: 0,
      episodeTo: 0,
      fileIndex: -1,
      filename: '',
      fileSizeBytes: 0,
    };
    const streams = (seeders: number) =>
      Array.from({ length: 100 }, (_, at) => {
        const found = release(`Pack.${at}.1080p`, { seeders, sizeBytes: seeders });
        return {
          row: releaseRow(found, parseReleaseTitle(found.name)),
          placements: [placement],
        };
      });
    await using database = openDatabase({ primaryUri: library.uri, connectionsMax: 8 });
    const store = new LibraryStore(database);
    const writes = Array.from({ length: 16 }, (_, at) => {
      const own = at % 2 === 0 ? streams(at) : streams(at).toReversed();
      return store.addStreams(numbers[at % 4]?.id ?? 0, own, NEVER);
    });
    await Promise.all(writes);
    assert.equal((await stored()).length, 100);
    await store.addStreams(999_999, streams(1), NEVER);
  });

  test('a set is loaded with two statements, and without any when it is warm', async (t) => {
    const app = start(t, {
      sources: [new FakeSource('a', finds('A.1968.1080p'))],
      users: new Map([['S-off', ANONYMOUS.anonymous]]),
    });
    const counted = () => new Map(library.database.stats().statementsByName);
    const before = counted();
    await app.get(`/S-off${MOVIE}`);
    const changed = [...counted()].filter(([name, count]) => count !== before.get(name));
    assert.deepEqual(changed.map(([name]) => name).sort(), [
      'sources.search-state',
      'streams.by-media',
      'streams.resolve-media',
    ]);
    const warm = counted();
    assert.ok(!(app.handle(`/S-off${MOVIE}`) instanceof Promise));
    assert.deepEqual(counted(), warm);
  });

  test('the trace tells what each source did, and why releases were refused', async (t) => {
    const app = start(t, {
      sources: [
        new FakeSource('a', finds('A.1968.1080p', 'rejected B')),
        new FakeSource('b', () => Promise.reject(new Error('https://user:secret@example.org'))),
      ],
      users: new Map([['S-user', searches(ANONYMOUS.anonymous)]]),
    });
    const reply = await app.handle('/S-user/stream/movie/tt1000001.json?trace=1');
    const text = reply.representation?.identity.bytes.toString() ?? '';
    const { trace } = JSON.parse(text) as {
      trace: { search: { shared: { sources: object[]; rejected: object[]; isFinished: boolean } } };
    };
    const { sources, rejected, isFinished } = trace.search.shared;
    assert.equal(isFinished, true);
    assert.deepEqual(rejected, [
      { source: 'a', release: 'rejected B', reason: 'is another title' },
    ]);
    assert.match(JSON.stringify(sources[0]), /"state":"answered".*"found":2,"accepted":1/);
    assert.match(JSON.stringify(sources[1]), /"state":"failed".*"code":"server.failure"/);
    assert.ok(!text.includes('secret') && !JSON.stringify(app.lines).includes('secret'));
  });

  test("what a user's own sources find is in that user's list, and nowhere else", async (t) => {
    const shared = new FakeSource('shared', finds('A.1968.720p'));
    const own = new FakeSource('own', finds('A.1968.1080p', 'A.1968.720p'));
    const app = start(t, {
      sources: [shared],
      open: (settings) => (settings.length === 0 ? [] : [own]),
      users: new Map([
        ['S-with', withOwn('one-key')],
        ['S-other', withOwn('other-key')],
        ['S-without', searches(ANONYMOUS.anonymous)],
      ]),
    });
    const rows = async (segment: string) => (await app.get(`/${segment}${MOVIE}`)).rows.length;
    assert.equal(await rows('S-with'), 2);
    await app.settled();
    assert.equal(await rows('S-without'), 1);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    assert.equal(await rows('S-with'), 2);
    assert.equal(own.asked.length, 1, 'what was found is kept for this account');
    assert.equal(await rows('S-other'), 2);
    assert.equal(own.asked.length, 2, 'another account asks for itself');
    assert.deepEqual(await stored(), ['A.1968.720p'], 'only what everybody may see is stored');
    assert.ok(!JSON.stringify(app.lines).includes('one-key'));
  });

  test('a slow source of a user holds up nobody else, and is in the next list', async (t) => {
    const goOn = new Latch<void>();
    const own = new FakeSource('own', async ({ found }) => {
      await goOn.opened;
      found([release('A.1968.2160p')]);
    });
    const app = start(t, {
      sources: [new FakeSource('shared', finds('A.1968.720p'))],
      open: () => [own],
      deadlineMs: 300,
      users: new Map([['S-with', withOwn('key')]]),
    });
    const waiting = app.get(`/S-with${MOVIE}`);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
    const first = await waiting;
    assert.equal(first.rows.length, 1);
    assert.match(first.notices.join(), /Not heard from yet: OWN/);
    goOn.open();
    await until(async () => (await app.get(`/S-with${MOVIE}`)).rows.length === 2);
    assert.equal((await app.get(MOVIE)).rows.length, 1);
  });

  test('an instance without sources searches those of its users, and no others wait', async (t) => {
    const own = new FakeSource('own', finds('A.1968.1080p'));
    const app = start(t, {
      sources: [],
      open: () => [own],
      users: new Map([['S-with', withOwn('key')]]),
    });
    assert.equal((await app.get(`/S-with${MOVIE}`)).rows.length, 1);
    const without = app.handle(MOVIE);
    assert.ok(!(without instanceof Promise), 'a title of nothing is known');
  });
});

/** A user with a source of their own. */
function withOwn(apiKey: string): UserContext {
  const settings: SourceSettings = {
    kind: 'jackett',
    id: 'own:jackett',
    name: 'Jackett',
    url: 'https://jackett.example.org',
    apiKey,
    isPersonal: true,
    proxyUrl: null,
  };
  const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
  return {
    ...searches(ANONYMOUS.anonymous),
    sources: new OwnSources([settings], [], digest),
  };
}
