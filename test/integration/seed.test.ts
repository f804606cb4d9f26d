/** The seeder: the same seed gives the same rows, what was there stays, and the schema is as it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import postgres from 'postgres';
import { seedDatabase } from '../../perf/seed/seed-database.ts';
import { dumpSchema } from '../support/schema-dump.ts';
import { createTestDatabase, skipWithoutPostgres } from '../support/template-db.ts';

async function seeded(uri: string): Promise<{ digest: string; schema: string }> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<{ digest: string }[]>`
      SELECT md5(string_agg(t.digest, '' ORDER BY t.digest)) AS digest FROM (
        SELECT md5(s::text) AS digest FROM stream s
        UNION ALL SELECT md5(l::text) FROM stream_link l
        UNION ALL SELECT md5(m::text) FROM media m
        UNION ALL SELECT md5(e::text) FROM catalog_entry e
      ) AS t`;
    return { digest: row?.digest ?? '', schema: await dumpSchema(sql) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test('the same seed fills two databases with the same rows', { skip: skipWithoutPostgres }, async () => {
  const digests: string[] = [];
  for (const seed of [5, 5, 6]) {
    await using database = await createTestDatabase();
    const before = (await seeded(database.uri)).schema;
    const result = await seedDatabase({ uri: database.uri, titles: 200, streams: 2000, seed });
    assert.equal(result.streams, 2000);
    assert.ok(result.links > 2000);
    const { digest, schema } = await seeded(database.uri);
    assert.equal(schema, before, 'constraints, indexes, triggers and comments are back');
    digests.push(digest);
  }
  assert.equal(digests[0], digests[1]);
  assert.notEqual(digests[0], digests[2]);
});

test('a second seeding adds to the first', { skip: skipWithoutPostgres }, async () => {
  await using database = await createTestDatabase();
  await seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 1 });
  await seedDatabase({ uri: database.uri, titles: 50, streams: 500, seed: 2 });
  const sql = postgres(database.uri, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql`
      SELECT (SELECT count(*)::int FROM media) AS media, (SELECT count(*)::int FROM stream) AS streams`;
    assert.deepEqual({ ...row }, { media: 100, streams: 1000 });
    await sql`INSERT INTO media (type, title) VALUES ('movie', 'after')`;
  } finally {
    await sql.end({ timeout: 5 });
  }
});
