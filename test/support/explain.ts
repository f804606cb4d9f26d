/** What PostgreSQL does for a statement: its plan with what was really read. */
import type { Sql } from 'postgres';
import type { RecordedStatement } from './recording-database.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

export interface PlanFacts {
  /** Tables that are read as a whole. */
  readonly wholeTables: readonly string[];
  readonly indexes: readonly string[];
  /** Pages of 8 KiB that were touched, cached or not, counted each time. */
  readonly buffers: number;
}

/** `generic` is what a prepared statement falls back to after five runs: planned without parameters. */
export type PlanMode = 'custom' | 'generic';

/** Runs the statement with its parameters under EXPLAIN ANALYZE. */
export async function explain(
  sql: Sql,
  statement: RecordedStatement,
  mode: PlanMode,
): Promise<PlanFacts> {
  await sql.unsafe(`SET plan_cache_mode = force_${mode}_plan`);
  await sql.unsafe(`PREPARE explained AS ${statement.text}`);
  try {
    const parameters =
      statement.parameters.length === 0 ? '' : `(${statement.parameters.map(literal).join(', ')})`;
    const [row] = await sql.unsafe(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE explained ${parameters}`,
    );
    if (row === undefined) throw new Error('EXPLAIN gives one row');
    const [{ Plan }] = row['QUERY PLAN'] as [{ Plan: PlanNode }];
    const nodes = [...descend(Plan)];
    const whole = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
    return {
      wholeTables: distinct(whole.map((node) => node['Relation Name'])),
      indexes: distinct(nodes.map((node) => node['Index Name'])),
      buffers: Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'],
    };
  } finally {
    await sql.unsafe('DEALLOCATE explained; RESET plan_cache_mode');
  }
}

function* descend(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* descend(child);
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value))
    return literal(`{${value.map((element) => JSON.stringify(element)).join(',')}}`);
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
