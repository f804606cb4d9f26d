/** Protects databases from migrations that were edited, lost, numbered twice, or made by a newer build. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  pendingMigrations,
  readMigrationFiles,
  statementsOf,
} from '../../../../src/platform/db/migration-files.ts';

async function filesOf(contents: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-migrations-'));
  try {
    for (const [name, text] of Object.entries(contents))
      await writeFile(join(directory, name), text);
    return await readMigrationFiles(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

describe('migration files', () => {
  it('reads them in order and leaves the dump and other files alone', async () => {
    const files = await filesOf({
      '0002_b.sql': 'b',
      '0001_a.sql': 'a',
      'schema.sql': 'dump',
      'README.md': 'text',
    });
    assert.deepEqual(
      files.map((file) => file.name),
      ['0001_a.sql', '0002_b.sql'],
    );
  });

  it('refuses gaps, duplicates and odd names', async () => {
    await assert.rejects(filesOf({ '0001_a.sql': '', '0003_c.sql': '' }), {
      name: 'StartError',
      message: /0003_c\.sql: number 0002 is missing/,
    });
    await assert.rejects(filesOf({ '0001_a.sql': '', '0001_b.sql': '' }), {
      name: 'StartError',
      message: /0001_b\.sql: number 0001 is given twice/,
    });
    await assert.rejects(filesOf({ '1_a.sql': '' }), {
      name: 'StartError',
      message: /expected a name like/,
    });
    await assert.rejects(filesOf({ '0000_a.sql': '' }), { name: 'StartError' });
  });

  it('has the same checksum whatever the line ends', async () => {
    const [unix] = await filesOf({ '0001_a.sql': 'select 1;\nselect 2;\n' });
    const [windows] = await filesOf({ '0001_a.sql': 'select 1;\r\nselect 2;\r\n' });
    assert.equal(unix?.checksum, windows?.checksum);
  });

  it('splits what runs outside a transaction into statements', async () => {
    const [file] = await filesOf({
      '0001_a.sql':
        "-- no-transaction\ncreate index concurrently a on t (x);\n-- why\nselect ';' as s;\n\n-- end\n",
    });
    assert.equal(file?.inTransaction, false);
    assert.deepEqual(file === undefined ? [] : statementsOf(file), [
      '-- no-transaction\ncreate index concurrently a on t (x)',
      "-- why\nselect ';' as s",
    ]);
  });

  it('gives the pending ones, and refuses a changed, an unknown and a skipped one', async () => {
    const files = await filesOf({ '0001_a.sql': 'a', '0002_b.sql': 'b', '0003_c.sql': 'c' });
    const applied = files.map(({ name, checksum }) => ({ name, checksum }));
    const [first, second, third] = applied;
    assert.ok(first && second && third);
    assert.deepEqual(
      pendingMigrations(files, []).map((file) => file.name),
      ['0001_a.sql', '0002_b.sql', '0003_c.sql'],
    );
    assert.deepEqual(
      pendingMigrations(files, [first]).map((file) => file.name),
      ['0002_b.sql', '0003_c.sql'],
    );
    assert.deepEqual(pendingMigrations(files, applied), []);
    assert.throws(() => pendingMigrations(files, [{ ...first, checksum: 'x' }]), {
      name: 'StartError',
      message: /0001_a\.sql was changed/,
    });
    assert.throws(
      () => pendingMigrations(files, [...applied, { name: '0004_d.sql', checksum: 'x' }]),
      {
        name: 'StartError',
        message: /0004_d\.sql, which this build does not know/,
      },
    );
    assert.throws(() => pendingMigrations(files, [first, third]), {
      name: 'StartError',
      message: /not all migrations before/,
    });
  });
});
