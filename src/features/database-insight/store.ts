/** What PostgreSQL says of itself: its statements, sessions and locks. All of it is asked of the primary. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Database } from '../../platform/db/database.ts';

/** What a list may be sorted by, and the column of each. */
export const STATEMENT_ORDERS = {
  total_exec_time: 'total_exec_time',
  mean_exec_time: 'mean_exec_time',
  max_exec_time: 'max_exec_time',
  calls: 'calls',
  rows: 'rows',
} as const;

export type StatementOrder = keyof typeof STATEMENT_ORDERS;

export interface StatementChoice {
  readonly order: StatementOrder;
  readonly limit: number;
  readonly callsMin: number;
  readonly meanTimeMsMin: number;
}

export interface StatementStatistics {
  readonly queryId: string;
  readonly query: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly stddevMs: number;
  readonly rows: number;
  readonly blocksHit: number;
  readonly blocksRead: number;
  readonly tempBlocksRead: number;
  readonly tempBlocksWritten: number;
}

export interface SessionState {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  /** `Lock: relation`; empty for one that runs. */
  readonly waitsFor: string;
  readonly stateS: number;
  readonly transactionS: number;
  readonly query: string;
}

export interface BlockedSession {
  readonly pid: number;
  readonly mode: string;
  /** Table or index, where the lock is on one. */
  readonly relation: string;
  readonly waitingS: number;
  readonly query: string;
  readonly blockedBy: readonly number[];
}

const TIMEOUT_MS = 4000;
const SESSIONS_MAX = 200;
const NO_SUCH_TABLE = '42P01';
const NOT_LOADED = '55000';
const NOT_ALLOWED = '42501';

const HOW_TO_TURN_ON =
  "set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, restart PostgreSQL, and run " +
  'CREATE EXTENSION pg_stat_statements as a superuser in the database of Sluice';
const HOW_TO_ALLOW =
  'GRANT EXECUTE ON FUNCTION pg_stat_statements_reset(oid, oid, bigint) TO the user of POSTGRES_URI';

const SCHEMA_OF_EXTENSION = `
SELECT n.nspname AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'`;

/** Its text has parameters in place of values; that of other statements is not shown. */
const statementsOf = (schema: string, order: StatementOrder) => `
SELECT queryid::text AS "queryId", query, calls::float8 AS calls, total_exec_time AS "totalMs", mean_exec_time AS "meanMs",
  min_exec_time AS "minMs", max_exec_time AS "maxMs", stddev_exec_time AS "stddevMs", rows::float8 AS rows,
  shared_blks_hit::float8 AS "blocksHit", shared_blks_read::float8 AS "blocksRead",
  temp_blks_read::float8 AS "tempBlocksRead", temp_blks_written::float8 AS "tempBlocksWritten"
FROM ${schema}.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND query ~* '^\\s*(/\\*.*?\\*/\\s*)?(select|insert|update|delete|with|merge)\\M' AND query !~ 'pg_stat_statements'
  AND calls >= $1 AND mean_exec_time >= $2
ORDER BY ${STATEMENT_ORDERS[order]} DESC LIMIT $3`;

const STATS = `
SELECT current_setting('server_version') AS version, d.datname AS "databaseName",
  pg_database_size(d.datname)::float8 AS "sizeBytes", d.numbackends AS connections,
  current_setting('max_connections')::int AS "connectionsMax",
  coalesce(d.blks_hit::float8 / nullif(d.blks_hit + d.blks_read, 0), 1) AS "hitRatio",
  extract(epoch FROM now() - pg_postmaster_start_time())::float8 AS "uptimeS",
  (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datname = d.datname AND a.state = 'active') AS active,
  d.deadlocks::float8 AS deadlocks, d.xact_commit::float8 AS committed, d.xact_rollback::float8 AS "rolledBack",
  d.temp_bytes::float8 AS "tempBytes", pg_is_in_recovery() AS "isReplica"
FROM pg_stat_database d WHERE d.datname = current_database()`;

const REPLICAS = `
SELECT coalesce(application_name, '') AS application, coalesce(state, '') AS state,
  coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 AS "lagBytes",
  coalesce(extract(epoch FROM replay_lag), 0)::float8 AS "lagS"
FROM pg_stat_replication WHERE NOT pg_is_in_recovery()`;

const SESSIONS = `
SELECT pid, coalesce(application_name, '') AS application, coalesce(state, '') AS state,
  coalesce(wait_event_type || ': ' || wait_event, '') AS "waitsFor",
  coalesce(extract(epoch FROM now() - state_change), 0)::float8 AS "stateS",
  coalesce(extract(epoch FROM now() - xact_start), 0)::float8 AS "transactionS", coalesce(query, '') AS query
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
ORDER BY xact_start NULLS LAST, state_change LIMIT ${SESSIONS_MAX}`;

const BLOCKED = `
SELECT a.pid, l.mode, coalesce(l.relation::regclass::text, '') AS relation,
  coalesce(extract(epoch FROM now() - a.query_start), 0)::float8 AS "waitingS", a.query,
  pg_blocking_pids(a.pid) AS "blockedBy"
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database() ORDER BY a.query_start LIMIT ${SESSIONS_MAX}`;

const LOCKS = `
SELECT mode, granted, count(*)::int AS count FROM pg_locks l
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
GROUP BY mode, granted ORDER BY mode, granted`;

export class DatabaseInsightStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws AppError `database.no-statistics` with what to do */
  async statements(
    { order, limit, callsMin, meanTimeMsMin }: StatementChoice,
    signal: CancelSignal,
  ): Promise<readonly StatementStatistics[]> {
    const schema = await this.#extensionSchema(signal);
    const parameters = [callsMin, meanTimeMsMin, limit];
    return this.#ask<StatementStatistics>(
      'statements',
      statementsOf(quoted(schema), order),
      signal,
      parameters,
    ).catch((error: unknown) => {
      throw missing(error);
    });
  }

  /** @throws AppError `database.no-statistics` with what to do */
  async resetStatements(signal: CancelSignal): Promise<void> {
    const schema = await this.#extensionSchema(signal);
    const reset = `SELECT ${quoted(schema)}.pg_stat_statements_reset(
      0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)`;
    await this.#ask('statements-reset', reset, signal).catch((error: unknown) => {
      throw missing(error);
    });
  }

  async stats(signal: CancelSignal) {
    const [stats] = await this.#ask<StatsRow>('stats', STATS, signal);
    return { stats, replicas: await this.#ask<ReplicaRow>('replicas', REPLICAS, signal) };
  }

  sessions(signal: CancelSignal): Promise<readonly SessionState[]> {
    return this.#ask<SessionState>('sessions', SESSIONS, signal);
  }

  async locks(signal: CancelSignal) {
    return {
      blocked: await this.#ask<BlockedSession>('blocked', BLOCKED, signal),
      held: await this.#ask<LockCount>('locks', LOCKS, signal),
    };
  }

  /** The extension costs nothing where the library is loaded: who may create it need not know of it. */
  async #extensionSchema(signal: CancelSignal): Promise<string> {
    const find = () => this.#ask<{ name: string }>('extension', SCHEMA_OF_EXTENSION, signal);
    const [known] = await find();
    if (known !== undefined) return known.name;
    const create = 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements';
    await this.#ask('extension-create', create, signal).catch((error: unknown) => {
      throw noStatistics(HOW_TO_TURN_ON, error);
    });
    const [created] = await find();
    if (created === undefined) throw noStatistics(HOW_TO_TURN_ON);
    return created.name;
  }

  #ask<T extends object>(
    name: string,
    text: string,
    signal: CancelSignal,
    parameters: readonly number[] = [],
  ): Promise<readonly T[]> {
    const options = {
      name: `database-insight.${name}`,
      lane: 'rest',
      timeoutMs: TIMEOUT_MS,
      signal,
    } as const;
    return this.#database.write<T[]>(options, (sql) => sql.unsafe<T[]>(text, [...parameters]));
  }
}

interface StatsRow {
  readonly version: string;
  readonly databaseName: string;
  readonly sizeBytes: number;
  readonly connections: number;
  readonly connectionsMax: number;
  readonly hitRatio: number;
  readonly uptimeS: number;
  readonly active: number;
  readonly deadlocks: number;
  readonly committed: number;
  readonly rolledBack: number;
  readonly tempBytes: number;
}

interface ReplicaRow {
  readonly application: string;
  readonly state: string;
  readonly lagBytes: number;
  readonly lagS: number;
}

interface LockCount {
  readonly mode: string;
  readonly granted: boolean;
  readonly count: number;
}

/** Of the catalogue, but it is an identifier all the same. */
function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** The error, or what to do about it. */
function missing(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === NO_SUCH_TABLE || code === NOT_LOADED) return noStatistics(HOW_TO_TURN_ON, error);
  return code === NOT_ALLOWED ? noStatistics(HOW_TO_ALLOW, error) : error;
}

function noStatistics(howTo: string, cause?: unknown): AppError {
  return new AppError(
    'database.no-statistics',
    `PostgreSQL keeps no statistics of statements: ${howTo}`,
    { cause },
  );
}
