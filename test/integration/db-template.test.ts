/** Protects test files from each other: everyone gets a database of their own with the same schema. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openDatabase, statement } from '../support/open-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  testPostgresUri,
} from '../support/template-db.ts';

it(
  'clones a template that is built once, also when many ask at the same time',
  {
    skip: skipWithoutPostgres,
  },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-migrations-'));
    // The number makes it a template of this run: the first use is what is tested.
    await writeFile(
      join(directory, '0001_a.sql'),
      `create table a (id int default ${process.pid});`,
    );
    const databases = await Promise.all(
      [1, 2, 3, 4].map(() => createTestDatabase({ migrationsDir: directory })),
    );
    try {
      for (const { uri } of databases) {
        await using database = openDatabase({ primaryUri: uri });
        await database.write(statement('rest'), (sql) => sql`insert into a default values`);
        assert.equal(
          (await database.read(statement('rest'), (sql) => sql`select * from a`)).length,
          1,
        );
      }
    } finally {
      await Promise.all(databases.map((database) => database[Symbol.asyncDispose]()));
      await rm(directory, { recursive: true, force: true });
    }
    await using admin = openDatabase({ primaryUri: testPostgresUri ?? '' });
    const templates = new Set(databases.map((database) => database.template));
    assert.equal(templates.size, 1);
    await admin.write(
      statement('rest'),
      (sql) => sql`drop database ${sql([...templates][0] ?? '')}`,
    );
    const left = await admin.read(
      statement('rest'),
      (sql) => sql<{ datname: string }[]>`
    select datname from pg_database where datname = any(${databases.map((database) => database.name)})`,
    );
    assert.deepEqual([...left], []);
  },
);
