/** Titles that are not in the library yet: made on demand, then searched for, all within one deadline. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Creation, TitlesOnDemand } from '../../src/features/metadata/contract.ts';
import { ANONYMOUS } from '../../native-bench/fixtures/contexts.ts';
import { localParts, NEVER } from '../support/cache-parts.ts';
import { FakeSource, finds, hangs } from '../support/fake-source.ts';
import { importedTitle } from '../support/imported-titles.ts';
import { startSearchProcess, type SearchProcessOptions } from '../support/search-process.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

describe('live search of unknown titles', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  before(async () => {
    library = await openTestLibrary();
  });
  beforeEach(() => library.empty());
  after(async () => {
    await library[Symbol.asyncDispose]();
  });

  /** A process of its own, ended with the test. */
  function start(
    t: TestContext,
    given: Partial<SearchProcessOptions> & Pick<SearchProcessOptions, 'sources'>,
  ) {
    const parts = localParts(false);
    const started = startSearchProcess({ library, parts, ...given });
    t.after(async () => {
      await started[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    });
    return started;
  }

  test('an unknown id is asked for at the metadata services, and then searched for', async (t) => {
    const asked: string[] = [];
    const titles: TitlesOnDemand = {
      peek: ({ id }) => (id === 'tt2000001' ? 'absent' : undefined),
      create: async ({ id }) => {
        asked.push(id);
        if (id !== 'tt2000002') return 'absent';
        await library.library.importTitles(
          [importedTitle({ publicId: 'sl:new', imdbId: id, title: 'N' })],
          NEVER,
        );
        return 'created';
      },
      keepCurrent: async () => false,
      search: async () => [],
    };
    const source = new FakeSource('a', finds('N.2020.1080p'));
    const app = start(t, { sources: [source], titles });
    assert.equal((await app.get('/stream/movie/tt2000001.json')).rows.length, 0);
    assert.equal((await app.get('/stream/movie/tt2000002.json')).rows.length, 1);
    assert.equal((await app.get('/stream/movie/tt2000003.json')).rows.length, 0);
    assert.deepEqual(asked, ['tt2000002', 'tt2000003']);
  });

  test('making a title and asking the sources have one deadline together', async (t) => {
    const deadlineMs = 3000;
    const makingMs = 2000;
    const titles = onDemand(async (id) => {
      await sleep(makingMs);
      await library.library.importTitles(
        [importedTitle({ publicId: 'sl:new', imdbId: id, title: 'N' })],
        NEVER,
      );
      return 'created';
    });
    const slow = new FakeSource('a', hangs);
    const app = start(t, { sources: [slow], titles, deadlineMs });
    const { notices, elapsedMs } = await app.get('/stream/movie/tt2000002.json');
    assert.match(notices.join(), /Not heard from yet: A/);
    assert.equal(slow.asked.length, 1);
    assert.ok(elapsedMs < deadlineMs + makingMs, `${elapsedMs} ms`);
  });

  test('who asks for a title that could not be looked up in time is told so, and asks again', async (t) => {
    let creation: Creation = 'unavailable';
    const titles = onDemand(async () => creation);
    const users = new Map([['S-quiet', ANONYMOUS.anonymous]]);
    const app = start(t, { sources: [new FakeSource('a', hangs)], titles, users });
    const { notices, cacheControl } = await app.get('/stream/movie/tt2000002.json');
    assert.match(notices.join(), /Still looking up this title/);
    assert.equal(cacheControl, 'no-store');
    const quiet = await app.get('/S-quiet/stream/movie/tt2000002.json');
    assert.doesNotMatch(
      quiet.notices.join(),
      /looking up/,
      'who searches nothing has nothing to wait for',
    );
    creation = 'absent';
    assert.deepEqual((await app.get('/stream/movie/tt2000002.json')).notices, []);
  });
});

function onDemand(create: (id: string) => Promise<Creation>): TitlesOnDemand {
  return {
    peek: () => undefined,
    create: ({ id }) => create(id),
    keepCurrent: async () => false,
    search: async () => [],
  };
}
