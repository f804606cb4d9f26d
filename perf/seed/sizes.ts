/** What the tables and their indexes take on disk. */
import pg from 'pg';
import { TABLES } from './tables.ts';

export interface TableSize {
  readonly table: string;
  /** As the statistics estimate them. */
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexes: readonly {
    readonly name: string;
    readonly method: string;
    readonly bytes: number;
  }[];
}

export interface DatabaseSizes {
  /** Largest first. */
  readonly tables: readonly TableSize[];
  readonly databaseBytes: number;
}

const SIZES = `
SELECT c.relname AS "table", greatest(c.reltuples, 0)::float8 AS rows, pg_table_size(c.oid)::float8 AS "tableBytes",
  coalesce((
    SELECT json_agg(json_build_object('name', x.relname, 'method', a.amname, 'bytes', pg_relation_size(x.oid))
      ORDER BY pg_relation_size(x.oid) DESC)
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am a ON a.oid = x.relam WHERE i.indrelid = c.oid
  ), '[]') AS indexes
FROM pg_class c
WHERE c.oid IN (SELECT jsonb_array_elements_text($1::text::jsonb)::regclass)
ORDER BY pg_total_relation_size(c.oid) DESC`;

export async function readSizes(uri: string): Promise<DatabaseSizes> {
  const client = new pg.Client({ connectionString: uri, application_name: 'sluice seed' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: tables } = await client.query<TableSize>(SIZES, [JSON.stringify(TABLES)]);
    const {
      rows: [database],
    } = await client.query<{ bytes: number }>(
      'SELECT pg_database_size(current_database())::float8 AS bytes',
    );
    return { tables, databaseBytes: database?.bytes ?? 0 };
  } finally {
    await client.end();
  }
}
