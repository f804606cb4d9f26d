/** The schema is what its documents say: the dump, the diagram, the comments, the names of codes. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  STREAM_KINDS,
} from '../../src/lib/vocabulary.ts';
import { assertGolden, assertGoldenBlock } from '../support/golden.ts';
import { entityDiagram } from '../support/schema-diagram.ts';
import { dumpSchema } from '../support/schema-dump.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import { trackedFiles } from '../support/tracked-files.ts';

test('migrations are numbered without gaps and in one style', async () => {
  const files = (await readdir('migrations')).filter((name) => name !== 'schema.sql').sort();
  assert.ok(files.length > 0);
  files.forEach((file, at) => {
    assert.match(file, /^\d{4}_[a-z][a-z0-9_]*\.sql$/);
    assert.equal(Number(file.slice(0, 4)), at + 1, `${file} is number ${at + 1}`);
  });
});

describe('a migrated database', { skip: skipWithoutPostgres }, () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = postgres(database.uri, { max: 1, onnotice: () => undefined });
  });
  after(async () => {
    await sql.end({ timeout: 5 });
    await database[Symbol.asyncDispose]();
  });

  test('has the schema of migrations/schema.sql', async () => {
    await assertGolden('migrations/schema.sql', await dumpSchema(sql));
  });

  test('has the tables of the diagram in docs/schema.md', async () => {
    await assertGoldenBlock('docs/schema.md', 'diagram', await entityDiagram(sql));
  });

  test('has no index without a statement that needs it', async () => {
    const paths = await trackedFiles(/^src\/.*\/(?:[a-z]+-)?store\.ts$/);
    const stores = (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n');
    const statements = new Set(
      [...stores.matchAll(/'([a-z]+\.[a-z-]+)'/g)].map(([, name]) => name),
    );
    const indexes = await sql<{ name: string; comment: string | null }[]>`
      SELECT i.indexrelid::regclass::text AS name, obj_description(i.indexrelid, 'pg_class') AS comment
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`;
    assert.ok(indexes.length > 0);
    for (const { name, comment } of indexes) {
      const named = (comment ?? '').split(', ');
      for (const statement of named) {
        assert.ok(
          statements.has(statement),
          `the comment of ${name} names a statement of a store, not "${statement}"`,
        );
      }
    }
  });

  test('finds the rows that refer to a deleted one by an index', async () => {
    const unindexed = await sql`
      SELECT f.conrelid::regclass::text AS child, f.conname AS name
      FROM pg_constraint f
      WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace AND f.confdeltype = 'c' AND NOT EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = f.conrelid AND i.indpred IS NULL
          AND (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
      )`;
    assert.deepEqual([...unindexed], []);
  });

  test('shows codes and masks by the names of the vocabulary', async () => {
    const lists = {
      stream_kind_name: STREAM_KINDS,
      resolution_name: RESOLUTIONS,
      quality_name: QUALITIES,
      codec_name: CODECS,
    };
    for (const [name, list] of Object.entries(lists)) {
      const rows = await sql.unsafe(
        `SELECT ${name}(code) AS name FROM generate_series(0, ${list.length}) AS code`,
      );
      assert.deepEqual(
        rows.map((row) => row['name']),
        [...list, null],
      );
    }
    const sets = {
      hdr_names: HDR_FORMATS,
      audio_names: AUDIO_FORMATS,
      channel_names: CHANNELS,
      stream_flag_names: STREAM_FLAGS,
      language_names: [...LANGUAGES, 'unknown'],
    };
    for (const [name, list] of Object.entries(sets)) {
      const rows = await sql.unsafe(
        `SELECT to_json(${name}(1::bigint << bit)) AS names FROM generate_series(0, ${list.length - 1}) AS bit`,
      );
      assert.deepEqual(
        rows.map((row) => row['names']),
        list.map((entry) => [entry]),
      );
      const [all] = await sql.unsafe(`SELECT to_json(${name}(~(0::bigint))) AS names`);
      assert.deepEqual(all?.['names'], [...list]);
    }
  });

  test('reads both language words of a stream, the sign bit included', async () => {
    const [row] = await sql`
      WITH added AS (
        INSERT INTO stream (kind, content_key, name, languages_low, languages_high)
        VALUES (0, decode(repeat('00', 20), 'hex'), 'x', ${-2147483648}, ${1 << 16}) RETURNING stream_id
      ) SELECT stream_id FROM added`;
    const [readable] = await sql`
      SELECT to_json(languages) AS languages FROM stream_readable WHERE stream_id = ${row?.['stream_id']}`;
    assert.deepEqual(readable?.['languages'], [LANGUAGES[31], 'unknown']);
  });

  test('gives titles of its own ids that clients accept', async () => {
    const rows = await sql<
      { id: string }[]
    >`SELECT new_public_id() AS id FROM generate_series(1, 1000)`;
    for (const { id } of rows) assert.match(id, /^sl:[a-z2-7]{13}$/);
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
  });
});
