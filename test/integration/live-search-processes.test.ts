/** One search for everybody, over processes that share only the engines, as real ones do. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { Latch } from '../../src/lib/async/latch.ts';
import {
  NEVER,
  redisParts,
  stoppedClock,
  uniquePrefix,
  type CacheParts,
} from '../support/cache-parts.ts';
import { FakeSource, finds, hangs, release } from '../support/fake-source.ts';
import { importedTitle } from '../support/imported-titles.ts';
import { until } from '../support/open-database.ts';
import { startSearchProcess } from '../support/search-process.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];
const SKIP = redisUrl === undefined ? 'needs Redis' : skipWithoutPostgres;
const MOVIE = '/stream/movie/tt1000001.json';

describe('live search over two processes', { skip: SKIP }, () => {
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

  /** Two processes on one Redis, with the same sources. */
  async function pair(t: TestContext, sources: readonly FakeSource[], deadlineMs = 60_000) {
    const prefix = uniquePrefix();
    const open = async () => {
      const parts = redisParts(redisUrl ?? '', prefix);
      await parts.redis.connected(AbortSignal.timeout(60_000));
      await parts.l2?.get('warm', NEVER);
      const app = startSearchProcess({ library, sources, parts, deadlineMs });
      t.after(async () => {
        await app[Symbol.asyncDispose]();
        await parts[Symbol.asyncDispose]();
      });
      return { parts, app };
    };
    const [first, second] = [await open(), await open()];
    await subscribed(first.parts, second.parts);
    return { first, second };
  }

  test('1,000 concurrent requests for one cold title ask each source once', async (t) => {
    const goOn = new Latch<void>();
    const sources = ['a', 'b', 'c'].map(
      (id) =>
        new FakeSource(id, async ({ found }) => {
          await goOn.opened;
          found([release(`A.1968.${id}`)]);
        }),
    );
    const { first, second } = await pair(t, sources);
    const answers = Array.from({ length: 1000 }, (_, at) =>
      (at % 2 === 0 ? first : second).app.get(MOVIE),
    );
    await until(() => sources.every(({ asked }) => asked.length > 0));
    goOn.open();
    const rows = (await Promise.all(answers)).map((answer) => answer.rows.length);
    assert.ok(rows.every((count) => count === 3));
    assert.deepEqual(
      sources.map(({ asked }) => asked.length),
      [1, 1, 1],
    );
  });

  test('a warm request costs no Redis command', async (t) => {
    const { first } = await pair(t, [new FakeSource('a', finds('A.1968.1080p'))]);
    await first.app.get(MOVIE);
    await first.app.settled();
    const before = first.parts.redis?.stats().commands;
    for (let repeat = 0; repeat < 100; repeat++)
      assert.ok(!(first.app.handle(MOVIE) instanceof Promise));
    assert.equal(first.parts.redis?.stats().commands, before);
  });

  test('what one process finds behind is in the next answer of the other', async (t) => {
    const goOn = new Latch<void>();
    const slow = new FakeSource('slow', async ({ found }) => {
      await goOn.opened;
      found([release('A.1968.2160p')]);
    });
    const fast = new FakeSource('fast', finds('A.1968.1080p'));
    const { first, second } = await pair(t, [fast, slow], 300);
    assert.equal((await first.app.get(MOVIE)).rows.length, 1);
    const elsewhere = await second.app.get(MOVIE);
    assert.equal(elsewhere.rows.length, 1);
    assert.match(elsewhere.notices.join(), /Not heard from yet: SLOW/);
    goOn.open();
    await until(async () => (await second.app.get(MOVIE)).rows.length === 2);
    assert.deepEqual([fast.asked.length, slow.asked.length], [1, 1]);
  });

  test('what a slow source finds is shown while another one still hangs', async (t) => {
    const goOn = new Latch<void>();
    const slow = new FakeSource('slow', async ({ found }) => {
      await goOn.opened;
      found([release('A.1968.2160p')]);
    });
    const fast = new FakeSource('fast', finds('A.1968.1080p'));
    const hung = new FakeSource('hung', hangs);
    const { first, second } = await pair(t, [fast, slow, hung], 300);
    assert.equal((await first.app.get(MOVIE)).rows.length, 1);
    goOn.open();
    await until(async () => (await second.app.get(MOVIE)).rows.length === 2);
    assert.match((await second.app.get(MOVIE)).notices.join(), /Not heard from yet: HUNG/);
  });

  test('a search that ends with its process is begun anew by the next request', async (t) => {
    const source = new FakeSource('a', hangs);
    const { first, second } = await pair(t, [source], 300);
    await first.app.get(MOVIE);
    assert.match((await second.app.get(MOVIE)).notices.join(), /Not heard from yet: A/);
    await first.app[Symbol.asyncDispose]();
    source.behaviour = finds('A.1968.1080p');
    await until(async () => (await second.app.get(MOVIE)).rows.length === 1);
    assert.equal(source.asked.length, 2);
  });

  test('a search whose process was killed behind its answer is begun anew when its time is over', async (t) => {
    const tick = stoppedClock(t);
    const source = new FakeSource('a', hangs);
    const { first, second } = await pair(t, [source], 300);
    await first.app.get(MOVIE);
    await second.app.get(MOVIE);
    assert.equal(source.asked.length, 1);
    // Beyond the time behind an answer; the lease of a killed process is gone by then.
    tick(90_000);
    await first.parts.redis?.evaluate(
      "return redis.call('DEL', KEYS[1])",
      ['l:live-search:1:0:0'],
      [],
      NEVER,
    );
    source.behaviour = finds('A.1968.1080p');
    assert.equal((await second.app.get(MOVIE)).rows.length, 1);
  });

  test('a lost leader is replaced', async (t) => {
    const source = new FakeSource('a', finds('A.1968.1080p'));
    const { first, second } = await pair(t, [source]);
    // What a process leaves behind that was killed while it searched.
    await first.parts.redis?.setIfAbsent('l:live-search:1:0:0', 'of the dead', 1500, NEVER);
    const answer = await second.app.get(MOVIE);
    assert.equal(answer.rows.length, 1);
    assert.ok(answer.elapsedMs >= 1000, 'it was waited for');
    assert.equal(source.asked.length, 1);
  });
});

/** Resolves when each process hears the other: messages before that are lost. */
async function subscribed(first: CacheParts, second: CacheParts): Promise<void> {
  let heard = 0;
  const handlers = { onInvalidate: () => heard++, onPurge: () => undefined };
  const members = [first, second].map(({ invalidation }) => invalidation.join('probe', handlers));
  await until(async () => {
    heard = 0;
    await Promise.all(members.map((member) => member.publish('k', NEVER)));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return heard >= 2;
  });
  for (const member of members) member.leave();
}
