/**
 * PostgreSQL as store files see it: named statements in one of three lanes, on the primary or the
 * replica. `postgres-database.ts` implements it over postgres.js with budgets, deadlines and retries.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { PendingQuery, Row, Sql } from 'postgres';

/**
 * `hot`: what is found by an id in a millisecond, streams above all. `page`: catalogues and searches, tens of
 * milliseconds. `rest`: imports, jobs and all writes.
 */
export type Lane = 'hot' | 'page' | 'rest';

export interface StatementOptions {
  /** Stable name for counters and logs: `streams.by-media`. */
  readonly name: string;
  readonly lane: Lane;
  readonly signal: CancelSignal;
  /** Limit of one attempt in milliseconds; the lane's default when absent. */
  readonly timeoutMs?: number;
}

export type BuildStatement<T extends readonly Row[]> = (sql: Sql) => PendingQuery<T & Row[]>;

/** Counters since start; in the log at level debug when the database is closed. */
export interface DatabaseStats {
  readonly statements: number;
  readonly statementsByName: ReadonlyMap<string, number>;
  readonly checkedOut: number;
  readonly waiting: number;
}

/**
 * Rejections: AppError `database.unavailable`, `.not-writable`, `.timeout`, `.exhausted`, `server.draining` after disposal;
 * the signal's reason; errors of the statement itself as the driver's `PostgresError` with its SQLSTATE in `code`.
 */
export interface Database extends AsyncDisposable {
  /** An idempotent read: replica when configured, retried by SQLSTATE within the total deadline. */
  read<T extends readonly Row[]>(options: StatementOptions, build: BuildStatement<T>): Promise<T>;
  /** One statement on the primary; never retried. */
  write<T extends readonly Row[]>(options: StatementOptions, build: BuildStatement<T>): Promise<T>;
  /** Statements on one reserved primary connection inside BEGIN … COMMIT; rolled back on a throw. */
  transaction<R>(options: StatementOptions, run: (sql: Sql) => Promise<R>): Promise<R>;
  /** Resolves when primary (and replica) answer `SELECT 1` and no write was refused; rejects with AppError naming the part. */
  ping(signal: CancelSignal): Promise<void>;
  stats(): DatabaseStats;
}
