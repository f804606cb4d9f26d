/**
 * PostgreSQL as store files see it: named statements in one of three lanes, on the primary or the
 * replica. `postgres-database.ts` implements it over postgres.js with budgets, deadlines and retries.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Sample } from '../../lib/metrics/metric-family.ts';
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

/** Inside of `Database.transaction`. */
export type TransactionSql = Sql;

export type BuildStatement<T extends readonly Row[]> = (sql: Sql) => PendingQuery<T & Row[]>;

/** Of one server, counters since start and what is under way. */
export interface EngineStats {
  readonly engine: 'primary' | 'replica';
  /** Connections that may be open, those that are, and those in use. */
  readonly connectionsMax: number;
  readonly connectionsOpen: number;
  readonly connectionsInUse: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
  /** Statements and transactions that got one. */
  readonly checkouts: number;
  /** Those that failed or got none, by error code, as `database.exhausted`. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Counters since start; in the log at level debug when the database is closed. */
export interface DatabaseStats {
  readonly statements: number;
  readonly statementsByName: ReadonlyMap<string, number>;
  readonly checkedOut: number;
  readonly waiting: number;
}

/** For `database-metrics.ts`. */
export interface DatabaseMeasures {
  readonly engines: readonly EngineStats[];
  /** Seconds that statements waited for a connection, by engine. */
  readonly waits: readonly Sample[];
  /** Seconds that statements and transactions took with it, by name. */
  readonly durations: readonly Sample[];
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
  transaction<R>(options: StatementOptions, run: (sql: TransactionSql) => Promise<R>): Promise<R>;
  /** Resolves when primary (and replica) answer `SELECT 1` and no write was refused; rejects with AppError naming the part. */
  ping(signal: CancelSignal): Promise<void>;
  stats(): DatabaseStats;
}

/** What `createPostgresDatabase` opens. */
export interface MeasuredDatabase extends Database {
  measures(): DatabaseMeasures;
}
