/** Counts, versions and catalogues stay true whatever is written, and by however many importers at once. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { type ImportedStream, type ImportedTitle } from '../../src/features/library/contract.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { LAST_EPISODE } from '../../src/lib/title-match/title-facts.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';

describe('counts of the library', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let opened: TestLibrary;
  let database: RecordingDatabase;
  let library: LibraryStore;

  before(async () => {
    opened = await openTestLibrary();
    ({ database, library } = opened);
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  test('imports of the same titles at the same time neither fail nor count twice', async () => {
    const shared = importedStream({ trackers: ['udp://t.example.org'], seeders: 1 });
    const titles = Array.from({ length: 40 }, (_, at) =>
      importedTitle({
        publicId: `sl:w${at}`,
        imdbId: `tt${1_000_000 + at}`,
        genres: ['Drama', `Genre ${at % 5}`],
        streams: [shared, importedStream({ trackers: [`udp://${at % 3}.example.org`] })],
      }),
    );
    const others = Array.from({ length: 4 }, () => new RecordingDatabase(opened.uri));
    try {
      const counts = await Promise.all(
        others.map((other, at) =>
          new LibraryStore(other).importTitles(at % 2 === 0 ? titles : titles.toReversed(), signal),
        ),
      );
      const sum = (part: (count: (typeof counts)[number]) => number) =>
        counts.reduce((all, one) => all + part(one), 0);
      assert.deepEqual([sum((one) => one.titlesAdded), sum((one) => one.streamsAdded)], [40, 41]);
      assert.equal(
        sum((one) => one.linksAdded),
        80,
      );
      assert.deepEqual(await drift(), []);
    } finally {
      await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
    }
  });

  test('counts, versions and catalogues are true after any writes', async () => {
    const title = fc.tuple(fc.nat(5), fc.uniqueArray(fc.nat(7)));
    const flag = fc.constantFrom('is_active', 'is_blocked');
    const writes = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('import' as const),
          titles: fc.array(title, { maxLength: 4 }),
        }),
        fc.record({ kind: fc.constant('toggle' as const), stream: fc.nat(7), column: flag }),
        fc.record({ kind: fc.constant('delete-stream' as const), stream: fc.nat(7) }),
        fc.record({ kind: fc.constant('delete-links' as const), season: fc.nat(2) }),
        fc.record({ kind: fc.constant('block' as const), title: fc.nat(5) }),
        fc.record({ kind: fc.constant('delete-title' as const), title: fc.nat(5) }),
        fc.record({ kind: fc.constant('popularity' as const), title: fc.nat(5), value: fc.nat(9) }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(writes, async (steps) => {
        await database.sql`TRUNCATE media, stream CASCADE`;
        for (const step of steps) await write(step);
        assert.deepEqual(await drift(), []);
      }),
      { numRuns: 60 },
    );
  });

  type Write =
    | { kind: 'import'; titles: [number, number[]][] }
    | { kind: 'toggle'; stream: number; column: string }
    | { kind: 'delete-stream'; stream: number }
    | { kind: 'delete-links'; season: number }
    | { kind: 'block'; title: number }
    | { kind: 'delete-title'; title: number }
    | { kind: 'popularity'; title: number; value: number };

  async function write(step: Write): Promise<void> {
    const { sql } = database;
    switch (step.kind) {
      case 'import':
        await library.importTitles(
          step.titles.map(([title, own]) => seriesOf(title, own)),
          signal,
        );
        return;
      case 'toggle':
        await sql`
          UPDATE stream SET ${sql(step.column)} = NOT ${sql(step.column)}
          WHERE content_key = decode(${infohash(step.stream)}, 'hex')`;
        return;
      case 'delete-stream':
        await sql`DELETE FROM stream WHERE content_key = decode(${infohash(step.stream)}, 'hex')`;
        return;
      case 'delete-links':
        await sql`DELETE FROM stream_link WHERE season = ${step.season}`;
        return;
      case 'block':
        await sql`UPDATE media SET is_blocked = NOT is_blocked WHERE public_id = ${`sl:title${step.title}`}`;
        return;
      case 'delete-title':
        await sql`DELETE FROM media WHERE public_id = ${`sl:title${step.title}`}`;
        return;
      case 'popularity':
        await sql`
          UPDATE media_counter SET popularity = ${step.value}
          WHERE media_id IN (SELECT media_id FROM media WHERE public_id = ${`sl:title${step.title}`})`;
    }
  }

  /** Streams are shared: number n is the same torrent in every title. */
  function seriesOf(title: number, own: readonly number[]): ImportedTitle {
    const file = { filename: '', fileSizeBytes: 0 };
    const placed = own.map((stream): ImportedStream =>
      importedStream({
        infohash: infohash(stream),
        placements: [
          {
            season: stream % 3,
            episodeFrom: 0,
            episodeTo: stream % 2 === 0 ? LAST_EPISODE : 0,
            fileIndex: -1,
            ...file,
          },
          { season: 1, episodeFrom: stream, episodeTo: stream, fileIndex: stream, ...file },
        ],
      }),
    );
    const genres = [['Drama'], ['Crime', 'Drama'], []][own.length % 3] ?? [];
    return importedTitle({
      type: 'series',
      publicId: `sl:title${title}`,
      title: `Title ${title}`,
      genres,
      streams: placed,
    });
  }

  /** Rows of the derived tables that a recount does not give, and rows that it gives and are missing. */
  async function drift(): Promise<readonly object[]> {
    return [
      ...(await database.sql`
      WITH counted AS (
        SELECT m.media_id, count(s.stream_id) FILTER (WHERE s.is_active AND NOT s.is_blocked)::int AS links
        FROM media m LEFT JOIN stream_link l USING (media_id) LEFT JOIN stream s USING (stream_id) GROUP BY m.media_id
      ), wanted AS (
        SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity
        FROM media m JOIN media_counter c USING (media_id) JOIN counted USING (media_id)
        CROSS JOIN LATERAL (
          SELECT 0 AS genre_id UNION ALL SELECT mg.genre_id FROM media_genre mg WHERE mg.media_id = m.media_id
        ) AS g
        WHERE NOT m.is_blocked AND counted.links > 0
      ), listed AS (SELECT media_id, genre_id::int, type, latest_at, popularity FROM catalog_entry)
      SELECT 'count' AS kind, media_id FROM counted LEFT JOIN media_counter c USING (media_id)
      WHERE c.link_count IS DISTINCT FROM counted.links
      UNION ALL SELECT 'visible', l.media_id FROM stream_link l JOIN stream s USING (stream_id)
      WHERE l.is_visible <> s.is_visible
      UNION ALL SELECT 'missing', media_id FROM (TABLE wanted EXCEPT TABLE listed) AS missing
      UNION ALL SELECT 'too many', media_id FROM (TABLE listed EXCEPT TABLE wanted) AS extra`),
    ];
  }
});

function infohash(stream: number): string {
  return stream.toString(16).padStart(40, '0');
}
