/**
 * Filling tables faster: without triggers, constraints and indexes, which are put back as they were. All of it belongs
 * to the caller's transaction, so that a load which is interrupted at any point leaves the database as it was.
 */
import type { Client } from 'pg';

interface Definition {
  readonly table_name: string;
  readonly name: string;
  readonly definition: string;
  readonly is_foreign_key: boolean;
  /** Access method of the index behind it; empty for foreign keys. */
  readonly method: string;
  readonly comment: string | null;
}

/** Foreign keys of other tables that lead here are in the way as well. */
const CONSTRAINTS = `
WITH given AS (SELECT jsonb_array_elements_text($1::text::jsonb)::regclass AS oid)
SELECT c.conrelid::regclass::text AS table_name, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS definition,
  c.contype = 'f' AS is_foreign_key, CASE WHEN c.contype = 'f' THEN '' ELSE a.amname END AS method, NULL AS comment
FROM pg_constraint c
LEFT JOIN pg_class i ON i.oid = c.conindid
LEFT JOIN pg_am a ON a.oid = i.relam
WHERE c.conrelid IN (SELECT oid FROM given) AND c.contype IN ('p', 'u', 'f')
  OR c.confrelid IN (SELECT oid FROM given) AND c.contype = 'f'
ORDER BY c.contype = 'f', table_name, name`;

const INDEXES = `
SELECT i.indrelid::regclass::text AS table_name, i.indexrelid::regclass::text AS name,
  pg_get_indexdef(i.indexrelid) AS definition, false AS is_foreign_key, a.amname AS method,
  obj_description(i.indexrelid, 'pg_class') AS comment
FROM pg_index i
JOIN pg_class o ON o.oid = i.indexrelid
JOIN pg_am a ON a.oid = o.relam
WHERE i.indrelid IN (SELECT jsonb_array_elements_text($1::text::jsonb)::regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY table_name, name`;

/** One statement that puts something back, and what a person calls it. */
export interface Step {
  readonly name: string;
  readonly sql: string;
}

/** What to run after the load, in this order. */
export interface PausedSchema {
  /** Primary keys, unique constraints and the other ordinary indexes. */
  readonly ordinaryIndexes: readonly Step[];
  /** GIN and other access methods whose build is not a sort. */
  readonly otherIndexes: readonly Step[];
  /** Checked for every row when they are put back. */
  readonly foreignKeys: readonly Step[];
  readonly triggers: readonly Step[];
}

/**
 * Drops what stands in the way. Needs the tables' owner; takes locks that keep everybody else out until the transaction
 * ends. Derived data is not kept meanwhile: the load has to write it.
 */
export async function pauseSchema(
  client: Client,
  tables: readonly string[],
): Promise<PausedSchema> {
  const names = JSON.stringify(tables);
  const { rows: constraints } = await client.query<Definition>(CONSTRAINTS, [names]);
  const { rows: indexes } = await client.query<Definition>(INDEXES, [names]);
  for (const { table_name, name } of constraints.toReversed()) {
    await client.query(`ALTER TABLE ${table_name} DROP CONSTRAINT ${name}`);
  }
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  for (const table of tables) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  const steps = [...constraints.map(addConstraint), ...indexes.map(createIndex)];
  const select = (wanted: (row: Definition) => boolean) =>
    [...constraints, ...indexes].flatMap((row, index) => (wanted(row) ? (steps[index] ?? []) : []));
  return {
    ordinaryIndexes: select((row) => row.method === 'btree'),
    otherIndexes: select((row) => !row.is_foreign_key && row.method !== 'btree'),
    foreignKeys: select((row) => row.is_foreign_key),
    triggers: tables.map((table) => ({
      name: `triggers of ${table}`,
      sql: `ALTER TABLE ${table} ENABLE TRIGGER USER`,
    })),
  };
}

function addConstraint(row: Definition): Step {
  return {
    name: row.name,
    sql: `ALTER TABLE ${row.table_name} ADD CONSTRAINT ${row.name} ${row.definition}`,
  };
}

function createIndex(row: Definition): Step {
  const comment =
    row.comment === null
      ? ''
      : `; COMMENT ON INDEX ${row.name} IS '${row.comment.replaceAll("'", "''")}'`;
  return { name: row.name, sql: row.definition + comment };
}
