/** The entity diagram of docs/schema.md, from the catalogue of a migrated database. */
import type { Sql } from 'postgres';

interface Column {
  readonly table_name: string;
  readonly column_name: string;
  readonly type: string;
  readonly is_key: boolean;
  readonly is_reference: boolean;
}

interface Reference {
  readonly child: string;
  readonly parent: string;
  readonly columns: string;
  readonly is_one_to_one: boolean;
}

const COLUMNS = `
SELECT c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, NULL) AS type,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey))
    AS is_key,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey))
    AS is_reference
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'schema_migration%'
ORDER BY c.relname, a.attnum`;

const REFERENCES = `
SELECT f.conrelid::regclass::text AS child, f.confrelid::regclass::text AS parent,
  (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a
   WHERE a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey)) AS columns,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = f.conrelid AND k.contype IN ('p', 'u') AND k.conkey = f.conkey)
    AS is_one_to_one
FROM pg_constraint f
WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace
ORDER BY parent, child, columns`;

/** A Mermaid `erDiagram` of all tables, their columns and foreign keys, as a fenced block. */
export async function entityDiagram(sql: Sql): Promise<string> {
  const columns = await sql.unsafe<Column[]>(COLUMNS);
  const references = await sql.unsafe<Reference[]>(REFERENCES);
  const tables = groupByTable(columns);
  return [
    '```mermaid',
    'erDiagram',
    ...references.map(relation),
    ...[...tables].flatMap(([table, own]) => [`  ${table} {`, ...own.map(attribute), '  }']),
    '```',
  ].join('\n');
}

function groupByTable(columns: readonly Column[]): Map<string, Column[]> {
  const tables = new Map<string, Column[]>();
  for (const column of columns) {
    const own = tables.get(column.table_name);
    if (own === undefined) tables.set(column.table_name, [column]);
    else own.push(column);
  }
  return tables;
}

function relation(reference: Reference): string {
  const many = reference.is_one_to_one ? 'o|' : 'o{';
  return `  ${reference.parent} ||--${many} ${reference.child} : "${reference.columns}"`;
}

function attribute(column: Column): string {
  const keys = [column.is_key ? 'PK' : '', column.is_reference ? 'FK' : '']
    .filter((key) => key !== '')
    .join(', ');
  return `    ${column.type.replaceAll(' ', '_')} ${column.column_name}${keys === '' ? '' : ` ${keys}`}`;
}
