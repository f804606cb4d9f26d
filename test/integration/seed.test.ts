/** The seeder: the same seed gives the same rows, what was there stays, and whatever stops it changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { seedDatabase, type SeedPhase } from '../../perf/seed/seed-database.ts';
import { releaseCodes } from '../../src/lib/release-title/codes.ts';
import { parseReleaseTitle } from '../../src/lib/release-title/parse.ts';
import { dumpSchema } from '../support/schema-dump.ts';
import { createTestDatabase, skipWithoutPostgres } from '../support/template-db.ts';

async function withSql<T>(uri: string, run: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function seeded(uri: string): Promise<{ digest: string; schema: string }> {
  return withSql(uri, async (sql) => {
    const [row] = await sql<{ digest: string }[]>`
      SELECT md5(string_agg(t.digest, '' ORDER BY t.digest)) AS digest FROM (
        SELECT md5(s::text) AS digest FROM stream s
        UNION ALL SELECT md5(l::text) FROM stream_link l
        UNION ALL SELECT md5(m::text) FROM media m
        UNION ALL SELECT md5(e::text) FROM catalog_entry e
      ) AS t`;
    return { digest: row?.digest ?? '', schema: await dumpSchema(sql) };
  });
}

/** Rows, schema and sessions: what must not change when a run fails. */
function stateOf(uri: string) {
  return withSql(uri, async (sql) => {
    const counts = await sql`
      SELECT (SELECT count(*)::int FROM media) AS media, (SELECT count(*)::int FROM stream) AS streams,
        (SELECT count(*)::int FROM genre) AS genres, (SELECT count(*)::int FROM tracker_list) AS lists,
        (SELECT count(*)::int FROM pg_trigger WHERE tgenabled = 'D') AS "disabledTriggers",
        (SELECT count(*)::int FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS sessions`;
    return { counts: { ...counts[0] }, schema: await dumpSchema(sql) };
  });
}

test(
  'the same seed fills two databases with the same rows',
  { skip: skipWithoutPostgres },
  async () => {
    const digests: string[] = [];
    for (const seed of [5, 5, 6]) {
      await using database = await createTestDatabase();
      const before = (await seeded(database.uri)).schema;
      const lines: string[] = [];
      const result = await seedDatabase({
        uri: database.uri,
        titles: 200,
        streams: 2000,
        seed,
        onProgress: (text) => lines.push(text),
      });
      assert.equal(result.streams, 2000);
      assert.ok(lines.length >= 6 && lines.length < 20, 'a line for each phase');
      assert.ok(result.links > 2000);
      const { digest, schema } = await seeded(database.uri);
      assert.equal(schema, before, 'constraints, indexes, triggers and comments are back');
      digests.push(digest);
    }
    assert.equal(digests[0], digests[1]);
    assert.notEqual(digests[0], digests[2]);
  },
);

test(
  'a second seeding adds to the first, but not twice the same',
  { skip: skipWithoutPostgres },
  async () => {
    await using database = await createTestDatabase();
    await seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 1 });
    await seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 2 });
    await assert.rejects(
      seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 1 }),
      /--seed 1 are in the database already/,
    );
    await withSql(database.uri, async (sql) => {
      const [row] = await sql`
      SELECT (SELECT count(*)::int FROM media) AS media, (SELECT count(*)::int FROM stream) AS streams`;
      assert.deepEqual({ ...row }, { media: 100, streams: 1000 });
      await sql`INSERT INTO media (type, title) VALUES ('movie', 'after')`;
    });
  },
);

test('it works with next to nothing', { skip: skipWithoutPostgres }, async () => {
  for (const [titles, streams] of [
    [1, 0],
    [1, 3],
    [2, 5],
    [30, 0],
  ] as const) {
    await using database = await createTestDatabase();
    const result = await seedDatabase({ uri: database.uri, titles, streams, seed: 1 });
    assert.deepEqual([result.titles, result.streams], [titles, streams]);
  }
});

test(
  'names, attributes and sizes agree; popularity is that of Zipf',
  { skip: skipWithoutPostgres },
  async () => {
    await using database = await createTestDatabase();
    await seedDatabase({ uri: database.uri, titles: 500, streams: 6000, seed: 3 });
    await withSql(database.uri, async (sql) => {
      const streams = await sql<{ name: string; codes: number[]; title: string }[]>`
      SELECT DISTINCT ON (s.stream_id) s.name, m.title,
        json_build_array(resolution, quality, codec, hdr_mask, audio_mask, channels_mask, bit_depth, s.languages_low,
          s.subtitle_languages_low) AS codes
      FROM stream s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)`;
      // The parser takes letters of other scripts for a language.
      const latin = streams.filter(({ title }) => /^[ -~]+$/.test(title));
      const wrong = latin.filter(({ name, codes }) => {
        const read = releaseCodes(parseReleaseTitle(name));
        const expected = [
          read.resolution,
          read.quality,
          read.codec,
          read.hdrMask,
          read.audioMask,
          read.channelsMask,
          read.bitDepth,
          read.languagesLow | 0,
          read.subtitleLanguagesLow | 0,
        ];
        return expected.some((code, index) => code !== codes[index]);
      });
      // A word of a title may look like a language or an edition.
      assert.ok(
        wrong.length < latin.length / 50,
        `${wrong.length} of ${latin.length}, such as ${wrong[0]?.name}`,
      );
      assert.ok(new Set(streams.map(({ name }) => name)).size > streams.length / 2, 'names differ');
      const [sizes] = await sql<{ small: number; large: number }[]>`
      SELECT avg(total_size_bytes) FILTER (WHERE resolution = 8)::float8 AS small,
        avg(total_size_bytes) FILTER (WHERE resolution = 1)::float8 AS large FROM stream`;
      assert.ok((sizes?.large ?? 0) > 5 * (sizes?.small ?? Infinity), '2160p is larger than 480p');
      const [zipf] = await sql<{ error: number }[]>`
      SELECT max(abs(popularity * rank / first - 1))::float8 AS error FROM (
        SELECT popularity, rank() OVER (ORDER BY popularity DESC) AS rank, max(popularity) OVER () AS first FROM media_counter
      ) AS ranked`;
      assert.ok((zipf?.error ?? 1) < 1e-5);
    });
  },
);

test(
  'stopped in any phase before the end, it leaves the database as it was',
  { skip: skipWithoutPostgres },
  async () => {
    await using database = await createTestDatabase();
    await seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 1 });
    const before = await stateOf(database.uri);
    for (const stopIn of [
      'COPY',
      'keys and B-tree indexes',
      'foreign keys',
    ] satisfies SeedPhase[]) {
      const stop = new AbortController();
      const run = seedDatabase({
        uri: database.uri,
        titles: 2000,
        streams: 60_000,
        seed: 2,
        signal: stop.signal,
        onStep: ({ phase, done }) => {
          if (phase === stopIn && (phase !== 'COPY' || done > 20_000)) stop.abort();
        },
      });
      await assert.rejects(run, { name: 'AbortError' }, stopIn);
      assert.deepEqual(await stateOf(database.uri), before, stopIn);
    }
  },
);

test(
  'a disk that is full in the middle of COPY is told, and changes nothing',
  { skip: skipWithoutPostgres },
  async () => {
    await using database = await createTestDatabase();
    await withSql(database.uri, async (sql) => {
      // What the server says when it cannot make a file longer, from inside COPY.
      await sql.unsafe(`
      CREATE FUNCTION fits(id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN
        IF id > 30000 THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END IF;
        RETURN true;
      END $$;
      ALTER TABLE stream ADD CONSTRAINT disk CHECK (fits(stream_id))`);
    });
    const before = await stateOf(database.uri);
    for (const streams of [31_000, 60_000]) {
      const run = seedDatabase({ uri: database.uri, titles: 2000, streams, seed: 1 });
      await assert.rejects(run, { code: '53100', message: 'could not extend file' });
      assert.deepEqual(await stateOf(database.uri), before);
    }
  },
);

test(
  'it refuses a database that is not migrated, and one that servers use',
  { skip: skipWithoutPostgres },
  async () => {
    await using empty = await createTestDatabase({ migrationsDir: null });
    await assert.rejects(
      seedDatabase({ uri: empty.uri, titles: 5, streams: 5, seed: 1 }),
      /lacks \d+ migrations, 0001_media\.sql first/,
    );
    await using database = await createTestDatabase();
    const server = postgres(database.uri, {
      max: 1,
      connection: { application_name: 'sluice-4711' },
    });
    try {
      await server`SELECT 1`;
      await assert.rejects(
        seedDatabase({ uri: database.uri, titles: 5, streams: 5, seed: 1 }),
        /in use by 1 connections of sluice-4711/,
      );
    } finally {
      await server.end({ timeout: 5 });
    }
  },
);
