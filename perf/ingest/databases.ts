/** Databases of a scenario's own, on the server of the bench. */
import { prepareBenchDatabase, type BenchData } from '../harness/bench-data.ts';

type Server = Pick<BenchData, 'postgresUri' | 'sql'>;

/** Resolves with its address. One of that name is dropped before. */
export async function emptyDatabase({ postgresUri, sql }: Server, name: string): Promise<string> {
  await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await sql.unsafe(`CREATE DATABASE ${name}`);
  const uri = new URL(postgresUri);
  uri.pathname = `/${name}`;
  return uri.href;
}

/** With the product's schema. */
export async function preparedDatabase(server: Server, name: string): Promise<string> {
  const uri = await emptyDatabase(server, name);
  await prepareBenchDatabase(uri);
  return uri;
}
