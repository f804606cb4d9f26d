/** Counts the statements that PostgreSQL really ran in one database, with pg_stat_statements. */
import postgres from 'postgres';

export interface StatementLog extends AsyncDisposable {
  /** Calls so far of statements whose text matches, whoever sent them. */
  calls(pattern: RegExp): Promise<number>;
}

/** Reading the links of streams: the statement that a cold request runs once. */
export const STREAM_QUERY = /\bfrom\s+stream_link\b/i;
/** Everything that a request could cause; housekeeping of pools and of this log is left out. */
export const ANY_QUERY = /^(?!.*pg_stat_statements)\s*(\/\*|with|select|insert|update|delete)/is;

/** @param uri direct URI of the database that is watched. */
export async function watchStatements(uri: string): Promise<StatementLog> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  await sql`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`;
  return {
    async calls(pattern) {
      const rows = await sql<{ query: string; calls: string }[]>`
        SELECT query, calls FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      const matching = rows.filter(
        ({ query }) => pattern.test(query) && !/^select 1$/i.test(query.trim()),
      );
      return matching.reduce((sum, { calls }) => sum + Number(calls), 0);
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 2 }),
  };
}
