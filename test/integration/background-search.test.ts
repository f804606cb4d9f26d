/** What was asked for and found little is searched for again when it is due, by demand, and nobody's load counts as demand. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { backgroundSearchJobs } from '../../src/features/background-search/jobs.ts';
import { DemandStore } from '../../src/features/background-search/store.ts';
import { SearchDemand } from '../../src/features/sources/demand.ts';
import type { JobContext } from '../../src/platform/jobs/definition.ts';
import { localParts, NEVER } from '../support/cache-parts.ts';
import { FakeSource, finds } from '../support/fake-source.ts';
import { importedTitle } from '../support/imported-titles.ts';
import { startSearchProcess } from '../support/search-process.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const FILMS = ['A', 'B', 'C'].map((title, at) =>
  importedTitle({
    publicId: `sl:${title.toLowerCase()}`,
    imdbId: `tt100000${at + 1}`,
    title,
    year: 1968,
  }),
);

describe('background search', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  let store: DemandStore;

  before(async () => {
    library = await openTestLibrary();
    store = new DemandStore(library.database);
  });
  beforeEach(async () => {
    await library.empty();
    await library.library.importTitles(FILMS, NEVER);
  });
  after(() => library[Symbol.asyncDispose]());

  const wanted = async () =>
    (await store.due(100, NEVER)).map(({ title }) =>
      String(title.id).replace('sl:', '').toUpperCase(),
    );
  const makeDue = () =>
    library.database.sql`UPDATE title_search SET next_at = now() - interval '1 s'`;

  test('requests of titles with few streams are demand, and the most wanted are searched for when they are due', async () => {
    const source = new FakeSource('a', finds());
    await using parts = localParts(false);
    await using app = startSearchProcess({ library, parts, sources: [source] });
    await using other = startSearchProcess({
      library,
      parts: localParts(false),
      sources: [source],
    });
    for (const asked of [app, other]) {
      await asked.get('/stream/movie/tt1000002.json');
      await asked.settled();
    }
    await app.get('/stream/movie/tt1000001.json');
    await app.settled();
    await store.add(other.demand.take(), NEVER);
    await store.add(app.demand.take(), NEVER);
    assert.deepEqual(app.demand.take(), []);
    assert.deepEqual(await wanted(), [], 'they were searched for a moment ago');
    await makeDue();
    assert.deepEqual(await wanted(), ['B', 'A']);
    source.behaviour = finds(...Array.from({ length: 6 }, (_, at) => `B.1968.${at}080p`));
    source.asked.length = 0;
    const told: unknown[] = [];
    // In this process the sets are cached as they were; those of a worker are its own.
    await using worker = startSearchProcess({
      library,
      parts: localParts(false),
      sources: [source],
    });
    const [own] = backgroundSearchJobs({
      store,
      searches: worker.searches,
      audience: { announce: ({ episodes }) => Promise.resolve(void told.push(episodes?.length)) },
    });
    assert.ok(own !== undefined);
    const progress: number[] = [];
    const context = {
      signal: NEVER,
      progress: ({ done }: { done: number }) => void progress.push(done),
    } as unknown as JobContext;
    assert.deepEqual(await own.start({}, context), { wanted: 2, searched: 2 });
    assert.deepEqual(
      source.asked.map(({ names }) => names[0]),
      ['B', 'A'],
    );
    assert.deepEqual(
      [progress, told],
      [
        [1, 2],
        [1, 1],
      ],
    );
    const [{ count } = { count: 0 }] = await library.database.sql<{ count: number }[]>`
      SELECT count(*)::int AS count FROM stream`;
    assert.equal(count, 6);
    assert.deepEqual(worker.demand.take(), [], 'what the job loads is nobody’s wish');
    assert.deepEqual(await wanted(), [], 'nothing is due');
  });

  test('demand fades, is bounded in a process, and goes with its title', async () => {
    const demand = new SearchDemand();
    const [a, b] = (
      await library.database.sql`SELECT media_id::int AS id FROM media ORDER BY 1`
    ).map(({ id }) => Number(id));
    assert.ok(a !== undefined && b !== undefined);
    const film = { season: 0, episode: 0 };
    for (let at = 0; at < 5000; at++) demand.note({ mediaId: at + 1_000_000, ...film });
    assert.equal(demand.take().length, 2000);
    await store.add(
      [
        { mediaId: a, ...film, times: 8 },
        { mediaId: b, ...film, times: 3 },
        { mediaId: 99_999, ...film, times: 3 },
      ],
      NEVER,
    );
    assert.deepEqual(await wanted(), ['A', 'B']);
    await library.database
      .sql`UPDATE search_demand SET wanted_at = now() - interval '6 days' WHERE media_id = ${a}`;
    assert.deepEqual(await wanted(), ['B', 'A'], 'a quarter after two half-lives');
    await library.database
      .sql`UPDATE search_demand SET wanted_at = now() - interval '60 days' WHERE media_id = ${a}`;
    assert.deepEqual(await wanted(), ['B']);
    await library.database.sql`DELETE FROM media WHERE media_id = ${b}`;
    assert.deepEqual(await wanted(), []);
  });
});
