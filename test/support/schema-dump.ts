/**
 * The schema of a database as SQL, from its catalogue and in one order, so that two databases with the
 * same schema give the same text. pg_dump does not do it: it belongs to a server version, and the npm
 * package of PostgreSQL has none.
 */
import type { Sql } from 'postgres';

interface Definition {
  readonly definition: string;
}

/** Tables of the migration runner itself are no part of the schema. */
const OURS = `n.nspname = 'public' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e'
)`;
const TABLES = `o.relkind = 'r' AND o.relname NOT LIKE 'schema_migration%'`;

const TYPES = `
SELECT format('CREATE TYPE %s AS ENUM (%s);', o.typname,
  (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
   FROM pg_enum e WHERE e.enumtypid = o.oid)
) AS definition
FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace
WHERE o.typtype = 'e' AND ${OURS} ORDER BY o.typname`;

const FUNCTIONS = `
SELECT rtrim(pg_get_functiondef(o.oid), E'\\n ') || ';' AS definition
FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace
WHERE ${OURS} ORDER BY o.proname, pg_get_function_identity_arguments(o.oid)`;

const TABLE_DEFINITIONS = `
SELECT format(E'CREATE TABLE %s (\\n%s\\n)%s;', o.relname,
  (SELECT string_agg(format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
     CASE WHEN a.attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY'
       WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(v.adbin, v.adrelid))
       WHEN v.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(v.adbin, v.adrelid) ELSE '' END,
     CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), E',\\n' ORDER BY a.attnum)
   FROM pg_attribute a LEFT JOIN pg_attrdef v ON v.adrelid = a.attrelid AND v.adnum = a.attnum
   WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped),
  ' WITH (' || array_to_string(o.reloptions, ', ') || ')'
) AS definition
FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
WHERE ${TABLES} AND ${OURS} ORDER BY o.relname`;

/** Foreign keys last: they need both tables. Type n is "not null", which PostgreSQL 18 keeps here, too. */
const CONSTRAINTS = `
SELECT format('ALTER TABLE %s ADD CONSTRAINT %s %s;', o.relname, c.conname, pg_get_constraintdef(c.oid)) AS definition
FROM pg_constraint c JOIN pg_class o ON o.oid = c.conrelid JOIN pg_namespace n ON n.oid = o.relnamespace
WHERE ${TABLES} AND ${OURS} AND c.contype IN ('p', 'u', 'c', 'f')
ORDER BY c.contype = 'f', o.relname, c.contype DESC, c.conname`;

const INDEXES = `
SELECT pg_get_indexdef(i.indexrelid) || ';' AS definition
FROM pg_index i JOIN pg_class o ON o.oid = i.indrelid JOIN pg_namespace n ON n.oid = o.relnamespace
WHERE ${TABLES} AND ${OURS} AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY i.indexrelid::regclass::text`;

const VIEWS = `
SELECT format(E'CREATE VIEW %s AS\\n%s', o.relname, pg_get_viewdef(o.oid)) AS definition
FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
WHERE o.relkind = 'v' AND ${OURS} ORDER BY o.relname`;

const TRIGGERS = `
SELECT pg_get_triggerdef(t.oid) || ';' AS definition
FROM pg_trigger t JOIN pg_class o ON o.oid = t.tgrelid JOIN pg_namespace n ON n.oid = o.relnamespace
WHERE NOT t.tgisinternal AND ${TABLES} AND ${OURS} ORDER BY o.relname, t.tgname`;

const COMMENTS = `
SELECT format('COMMENT ON %s %s IS %L;', kind, name, description) AS definition
FROM (
  SELECT CASE WHEN d.objsubid > 0 THEN 'COLUMN' WHEN o.relkind = 'i' THEN 'INDEX' WHEN o.relkind = 'v' THEN 'VIEW'
      ELSE 'TABLE' END AS kind,
    concat_ws('.', o.relname, a.attname) AS name, d.description
  FROM pg_description d
  JOIN pg_class o ON o.oid = d.objoid AND d.classoid = 'pg_class'::regclass
  JOIN pg_namespace n ON n.oid = o.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = d.objsubid AND d.objsubid > 0
  WHERE o.relname NOT LIKE 'schema_migration%' AND ${OURS}
) AS comments
ORDER BY name, kind`;

/** Types, functions, tables, keys, indexes, views, triggers and comments; each kind sorted by name. */
export async function dumpSchema(sql: Sql): Promise<string> {
  const parts = [
    '-- The schema after all migrations; written and compared by test/architecture/migrations.test.ts.',
  ];
  for (const query of [
    TYPES,
    FUNCTIONS,
    TABLE_DEFINITIONS,
    CONSTRAINTS,
    INDEXES,
    VIEWS,
    TRIGGERS,
    COMMENTS,
  ]) {
    const rows = await sql.unsafe<Definition[]>(query);
    const between = query === FUNCTIONS || query === TABLE_DEFINITIONS ? '\n\n' : '\n';
    parts.push(rows.map((row) => row.definition).join(between));
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
