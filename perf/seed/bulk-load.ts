/** Filling tables faster: without triggers, constraints and indexes, which are put back as they were. */
import type { Sql } from 'postgres';

interface Definition {
  readonly table_name: string;
  readonly name: string;
  readonly definition: string;
  readonly is_foreign_key: boolean;
  readonly comment: string | null;
}

/** Foreign keys of other tables that lead here are in the way as well. */
const CONSTRAINTS = `
WITH given AS (SELECT jsonb_array_elements_text($1::text::jsonb)::regclass AS oid)
SELECT conrelid::regclass::text AS table_name, conname AS name, pg_get_constraintdef(oid) AS definition,
  contype = 'f' AS is_foreign_key, NULL AS comment
FROM pg_constraint
WHERE conrelid IN (SELECT oid FROM given) AND contype IN ('p', 'u', 'f')
  OR confrelid IN (SELECT oid FROM given) AND contype = 'f'
ORDER BY contype = 'f', table_name, name`;

const INDEXES = `
SELECT i.indrelid::regclass::text AS table_name, i.indexrelid::regclass::text AS name,
  pg_get_indexdef(i.indexrelid) AS definition, false AS is_foreign_key,
  obj_description(i.indexrelid, 'pg_class') AS comment
FROM pg_index i
WHERE i.indrelid IN (SELECT jsonb_array_elements_text($1::text::jsonb)::regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY table_name, name`;

/**
 * Runs `load` between dropping and building. Needs the tables' owner, and nobody else writing: until it
 * is over nothing checks what is written.
 * @param sql two connections or more: indexes are built two at a time
 */
export async function withoutIndexes(sql: Sql, tables: readonly string[], load: () => Promise<void>): Promise<void> {
  const names = JSON.stringify(tables);
  const constraints = await sql.unsafe<Definition[]>(CONSTRAINTS, [names]);
  const indexes = await sql.unsafe<Definition[]>(INDEXES, [names]);
  await sql.begin(async (tx) => {
    for (const { table_name, name } of constraints.toReversed()) {
      await tx.unsafe(`ALTER TABLE ${table_name} DROP CONSTRAINT ${name}`);
    }
    for (const { name } of indexes) await tx.unsafe(`DROP INDEX ${name}`);
    for (const table of tables) await tx.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  });
  try {
    await load();
  } finally {
    await build(sql, constraints.filter((row) => !row.is_foreign_key).map(addConstraint));
    await build(sql, indexes.flatMap(createIndex));
    await build(sql, constraints.filter((row) => row.is_foreign_key).map(addConstraint));
    for (const table of tables) await sql.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
}

function addConstraint(row: Definition): string {
  return `ALTER TABLE ${row.table_name} ADD CONSTRAINT ${row.name} ${row.definition}`;
}

function createIndex(row: Definition): string {
  if (row.comment === null) return row.definition;
  return `${row.definition}; COMMENT ON INDEX ${row.name} IS '${row.comment.replaceAll("'", "''")}'`;
}

async function build(sql: Sql, statements: readonly string[]): Promise<void> {
  const waiting = [...statements];
  const run = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await sql.unsafe(next);
  };
  await Promise.all([run(), run()]);
}
