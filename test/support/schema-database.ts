/** A new database with every migration applied, for tests of the schema itself. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import postgres from 'postgres';

export const MIGRATIONS = 'migrations';

export interface SchemaDatabase extends AsyncDisposable {
  readonly uri: string;
}

/** File names of the migrations in their order. */
export async function migrationFiles(): Promise<string[]> {
  const names = await readdir(MIGRATIONS);
  return names.filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort();
}

/** Creates it on the server of `serverUri`; disposing drops it. */
export async function createSchemaDatabase(serverUri: string): Promise<SchemaDatabase> {
  const name = `sluice_schema_${randomBytes(6).toString('hex')}`;
  const admin = postgres(serverUri, { max: 1, onnotice: () => undefined });
  const uri = new URL(serverUri);
  uri.pathname = `/${name}`;
  await admin.unsafe(`CREATE DATABASE ${name}`);
  const sql = postgres(uri.href, { max: 1, onnotice: () => undefined });
  try {
    for (const file of await migrationFiles()) await sql.unsafe(await readFile(`${MIGRATIONS}/${file}`, 'utf8')).simple();
  } finally {
    await sql.end({ timeout: 5 });
  }
  return {
    uri: uri.href,
    async [Symbol.asyncDispose]() {
      await admin.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end({ timeout: 5 });
    },
  };
}
