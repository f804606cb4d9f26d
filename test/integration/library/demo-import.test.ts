/** The demo catalogue in a real database: imported once, found by every id, genre and title. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CATALOG_PAGE_ITEMS } from '../../../src/lib/stremio/catalog-extra.ts';
import { parseTitleId } from '../../../src/lib/stremio/media-id.ts';
import {
  parseDemoCatalog,
  readDemoCatalog,
  type DemoTitle,
} from '../../../src/features/library/demo-catalog.ts';
import { importDemoCatalog } from '../../../src/features/library/demo-import.ts';
import { demoPublicId } from '../../../src/features/library/demo-titles.ts';
import { LibraryStore } from '../../../src/features/library/store.ts';
import type { Database } from '../../../src/platform/db/database.ts';
import { createPostgresDatabase } from '../../../src/platform/db/postgres-database.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

describe('demo import', { skip: skipWithoutPostgres }, () => {
  let schema: TestDatabase;
  let database: Database;
  let library: LibraryStore;
  let titles: readonly DemoTitle[];

  before(async () => {
    titles = parseDemoCatalog(await readDemoCatalog());
    schema = await createTestDatabase();
    database = createPostgresDatabase(
      {
        primaryUri: schema.uri,
        applicationName: 'demo-import-test',
        connectionsMax: 6,
        pgBouncer: false,
        acquireTimeoutMs: 5000,
        waitingMax: 100,
        statementTimeoutMs: 10_000,
        hotStatementTimeoutMs: 5000,
        totalRetryDeadlineMs: 10_000,
        userRetryDeadlineMs: 5000,
        connectTimeoutMs: 5000,
        idleTimeoutMs: 10_000,
        maxLifetimeMs: 60_000,
      },
      silentLogger,
    );
    library = new LibraryStore(database);
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await schema[Symbol.asyncDispose]();
  });

  test('the first import adds all titles and streams, the second changes nothing', async () => {
    const streams = titles.flatMap((title) => [
      ...title.streams,
      ...title.videos.flatMap((video) => video.streams),
    ]);
    const first = await importDemoCatalog(library, NEVER);
    const added = streams.length;
    assert.deepEqual(first, {
      titlesAdded: 67,
      titlesChanged: 0,
      streamsAdded: added,
      linksAdded: added,
    });
    const second = await importDemoCatalog(library, NEVER);
    assert.deepEqual(second, { titlesAdded: 0, titlesChanged: 0, streamsAdded: 0, linksAdded: 0 });
  });

  test('catalogues list every title once, with and without streams, popular in the order of the data', async () => {
    const page = (type: 'movie' | 'series', order: 'latest' | 'popular') =>
      library.catalogTitles(
        { type, order, isReversed: false, hiddenLevels: 0, skip: 0, genre: null, search: null },
        CATALOG_PAGE_ITEMS,
        NEVER,
      );
    for (const type of ['movie', 'series'] as const) {
      const expected = titles.filter((title) => title.type === type).map(demoPublicId);
      assert.deepEqual(
        (await page(type, 'popular')).map((title) => title.publicId),
        expected,
      );
      assert.deepEqual(
        (await page(type, 'latest')).map((title) => title.publicId).toSorted(),
        expected.toSorted(),
      );
    }
  });

  test('every title is found by all its ids and by its name', async () => {
    for (const title of titles) {
      const ids = [
        demoPublicId(title),
        title.imdb_id,
        title.tmdb_id === null ? null : `tmdb:${title.tmdb_id}`,
      ];
      for (const id of ids.filter((entry) => entry !== null)) {
        const details = await library.titleDetails(parseTitleId(title.type, id), NEVER);
        assert.equal(details?.title, title.name, id);
        assert.equal(details?.episodes.length, title.videos.length, id);
      }
      const query = {
        type: title.type,
        order: 'relevance',
        isReversed: false,
        hiddenLevels: 0,
        skip: 0,
        genre: null,
      } as const;
      const found = await library.catalogTitles(
        { ...query, search: title.name.toLowerCase() },
        100,
        NEVER,
      );
      assert.ok(
        found.some(({ publicId }) => publicId === demoPublicId(title)),
        title.name,
      );
    }
  });

  test('the genres of each type are those of what plays', async () => {
    const genres = await library.genreNames(NEVER);
    for (const type of ['movie', 'series'] as const) {
      const expected = new Set(
        titles
          .filter((title) => title.type === type && plays(title))
          .flatMap((title) => title.genres),
      );
      assert.deepEqual(genres[type].toSorted(), [...expected].toSorted());
    }
  });
});

function plays({ streams, videos }: DemoTitle): boolean {
  return streams.length > 0 || videos.some((video) => video.streams.length > 0);
}
