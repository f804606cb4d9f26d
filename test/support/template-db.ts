/**
 * Databases for tests: each file gets its own, cloned in a few dozen milliseconds from a template
 * that has all migrations applied. The template is built once per state of the migrations.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { migrate } from '../../src/platform/db/migrate.ts';
import { readMigrationFiles } from '../../src/platform/db/migration-files.ts';
import { createTestLogger } from './test-logger.ts';

export interface TestDatabase extends AsyncDisposable {
  /** Direct, never through PgBouncer. */
  readonly uri: string;
  readonly name: string;
  /** What it was cloned from; templates stay, for the next run. */
  readonly template: string;
}

export interface TestDatabaseOptions {
  /** The product's own by default; null for an empty database. */
  readonly migrationsDir?: string | null;
}

/** The server for tests; a test that needs one is skipped without. */
export const testPostgresUri = process.env['SLUICE_TEST_POSTGRES_URI'];
/** For `describe(…, { skip })`. */
export const skipWithoutPostgres =
  testPostgresUri === undefined ? 'needs SLUICE_TEST_POSTGRES_URI' : false;

const TEMPLATE_LOCK = 7_405_813_297;
const MIGRATE_LIMIT_MS = 240_000;

/** A database of the caller's own; disposing drops it, whoever is still connected. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  if (testPostgresUri === undefined) throw new Error('SLUICE_TEST_POSTGRES_URI is not set');
  const serverUri = testPostgresUri;
  const directory =
    options.migrationsDir === undefined ? join(process.cwd(), 'migrations') : options.migrationsDir;
  const name = `sluice_test_${randomBytes(8).toString('hex')}`;
  const template = await withAdmin(serverUri, async (sql) => {
    const source =
      directory === null ? 'template0' : await ensureTemplate(sql, serverUri, directory);
    await sql`create database ${sql(name)} template ${sql(source)}`;
    return source;
  });
  return {
    name,
    template,
    uri: databaseUri(serverUri, name),
    [Symbol.asyncDispose]: () =>
      withAdmin(serverUri, async (sql) => {
        await sql`drop database if exists ${sql(name)} with (force)`;
      }),
  };
}

/** The name of the template for these migrations, built when it does not exist yet. */
async function ensureTemplate(sql: Sql, serverUri: string, directory: string): Promise<string> {
  const files = await readMigrationFiles(directory);
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  const template = `sluice_template_${hash}`;
  if (await exists(sql, template)) return template;
  await sql`select pg_advisory_lock(${TEMPLATE_LOCK}::bigint)`;
  if (await exists(sql, template)) return template;
  const unfinished = `${template}_unfinished`;
  await sql`drop database if exists ${sql(unfinished)} with (force)`;
  await sql`create database ${sql(unfinished)} template template0`;
  await migrate(
    {
      uri: databaseUri(serverUri, unfinished),
      directory,
      deadlineMs: MIGRATE_LIMIT_MS,
      lockTimeoutMs: 10_000,
      connectTimeoutMs: 5000,
      signal: AbortSignal.timeout(MIGRATE_LIMIT_MS),
    },
    createTestLogger(),
  );
  await sql`alter database ${sql(unfinished)} rename to ${sql(template)}`;
  return template;
}

async function exists(sql: Sql, name: string): Promise<boolean> {
  const rows = await sql`select 1 from pg_database where datname = ${name}`;
  return rows.length > 0;
}

function databaseUri(serverUri: string, name: string): string {
  const uri = new URL(serverUri);
  uri.pathname = `/${name}`;
  return uri.href;
}

async function withAdmin<T>(serverUri: string, run: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(serverUri, { max: 1, prepare: false, onnotice: () => undefined });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
