/** Statements that take as long as a test wants: each waits in PostgreSQL until the gate is opened. */
import { randomInt } from 'node:crypto';
import postgres, { type Row } from 'postgres';
import type { Database, Lane, StatementOptions } from '../../src/platform/db/database.ts';
import { statement, until } from './open-database.ts';

export interface StatementGate extends AsyncDisposable {
  /** What a statement of one's own has to select to wait. */
  readonly condition: string;
  /** A read that ends when the gate is opened. */
  wait(
    database: Database,
    lane: Lane,
    options?: Partial<Omit<StatementOptions, 'lane'>>,
  ): Promise<readonly Row[]>;
  /** Resolves when as many statements stand before the gate, in the server. */
  waitingInServer(count: number): Promise<void>;
  /** Lets all of them through, and whoever comes later. */
  open(): Promise<void>;
}

/** @param uri direct URI of the database that the statements will run in. */
export async function closedGate(uri: string): Promise<StatementGate> {
  const key = randomInt(2 ** 31);
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  await sql`select pg_advisory_lock(${key}::bigint)`;
  return {
    condition: `pg_advisory_xact_lock_shared(${key}::bigint)`,
    wait: (database, lane, options) =>
      database.read(
        statement(lane, options),
        (build) => build`select pg_advisory_xact_lock_shared(${key}::bigint)`,
      ),
    waitingInServer: (count) =>
      until(async () => {
        const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from pg_locks where locktype = 'advisory' and objid = ${key}::bigint::oid and not granted`;
        return row?.count === count;
      }),
    open: async () => {
      await sql`select pg_advisory_unlock(${key}::bigint)`;
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 2 }),
  };
}
