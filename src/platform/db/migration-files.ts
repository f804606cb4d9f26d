/** The migrations that this build knows: plain numbered SQL files, and what is wrong with them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';

export interface MigrationFile {
  /** File name, which is its identity in `schema_migration`: `0001_media.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text in hex, line ends normalised: a checkout on another system changes them. */
  readonly checksum: string;
  /** False for `CREATE INDEX CONCURRENTLY` and the like. */
  readonly inTransaction: boolean;
}

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

const FILE_NAME = /^(\d{4})_[a-z0-9][a-z0-9_-]*\.sql$/;
/** The dump of the whole schema, checked in beside the migrations. */
const SCHEMA_DUMP = 'schema.sql';
const NO_TRANSACTION = '-- no-transaction';

/**
 * All migrations of a directory in order.
 * @throws StartError for a file name that is no migration's, a number that is missing or given twice.
 */
export async function readMigrationFiles(directory: string): Promise<readonly MigrationFile[]> {
  const names = (await readdir(directory))
    .filter((name) => name.endsWith('.sql') && name !== SCHEMA_DUMP)
    .sort();
  checkNumbers(names);
  return Promise.all(
    names.map(async (name) => toMigration(name, await readFile(join(directory, name), 'utf8'))),
  );
}

/**
 * The migrations that are still to be applied.
 * @throws StartError when the database was migrated by a newer build, or an applied file was changed.
 */
export function pendingMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): readonly MigrationFile[] {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const { name, checksum } of applied) {
    const file = known.get(name);
    if (file === undefined) {
      throw new StartError(
        `the database has migration ${name}, which this build does not know: start a newer build`,
      );
    }
    if (file.checksum !== checksum) {
      throw new StartError(
        `migration ${name} was changed after it was applied: restore it and add a new one`,
      );
    }
  }
  const missing = files[applied.length - 1];
  if (missing !== undefined && missing.name !== applied.at(-1)?.name) {
    throw new StartError(
      `the database has ${applied.at(-1)?.name}, but not all migrations before it`,
    );
  }
  return files.slice(applied.length);
}

function checkNumbers(names: readonly string[]): void {
  names.forEach((name, index) => {
    const number = FILE_NAME.exec(name)?.[1];
    if (number === undefined)
      throw new StartError(`migration ${name}: expected a name like 0001_what_it_does.sql`);
    const expected = String(index + 1).padStart(4, '0');
    if (number < expected)
      throw new StartError(`migration ${name}: number ${number} is given twice`);
    if (number > expected)
      throw new StartError(`migration ${name}: number ${expected} is missing before it`);
  });
}

function toMigration(name: string, text: string): MigrationFile {
  const sql = text.replaceAll('\r\n', '\n');
  return {
    name,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
    inTransaction: sql.split('\n', 1)[0]?.trim() !== NO_TRANSACTION,
  };
}

/**
 * The statements of a file that runs outside a transaction: several in one message would be one. They
 * end with a semicolon at the end of a line, so that such a file cannot hold function bodies.
 */
export function statementsOf(file: MigrationFile): readonly string[] {
  return file.sql
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, '').trim() !== '');
}
