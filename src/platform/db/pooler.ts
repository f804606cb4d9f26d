/**
 * Finds out whether a pooler stands before the database. PgBouncer in transaction mode loses prepared statements without a word:
 * postgres.js 3.4.9 sends single ones again in silence, and transactions fail with 26000.
 */
import type { Config } from '../config/config.ts';
import { dropFromEnvironment, presetEnvironment } from '../config/env.ts';
import type { Logger } from '../log/logger.ts';
import { createPostgresDatabase } from './postgres-database.ts';

const LOOK_MS = 5000;
const CONNECTIONS = 3;
/** Whoever needs the database says what is wrong with it. */
const nothing = () => undefined;
const QUIET: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => QUIET,
};

/** The configuration with POSTGRES_USE_PGBOUNCER as it has to be; one that says it is returned as it is. */
export async function withPooler(config: Config, logger: Logger): Promise<Config> {
  if (config.POSTGRES_USE_PGBOUNCER !== null) return config;
  for (const name of ['POSTGRES_URI', 'POSTGRES_READ_URI'] as const) {
    const uri = config[name];
    if (uri === null || !(await isPooled(uri, config))) continue;
    logger.warn(
      {},
      `${name} leads to a pooler such as PgBouncer: going on without prepared statements, as with POSTGRES_USE_PGBOUNCER=true ` +
        '(false: with them); POSTGRES_MIGRATE_URI should lead to the database itself',
    );
    // Processes that are started from here need not look again.
    dropFromEnvironment('POSTGRES_USE_PGBOUNCER');
    presetEnvironment('POSTGRES_USE_PGBOUNCER', 'true');
    return Object.freeze({ ...config, POSTGRES_USE_PGBOUNCER: true });
  }
  return config;
}

/** Whether another process answers than the one that took the connection; false where nobody answers. */
async function isPooled(uri: string, config: Config): Promise<boolean> {
  await using database = createPostgresDatabase(
    {
      primaryUri: uri,
      applicationName: 'sluice',
      connectionsMax: CONNECTIONS,
      // A pooler refuses start-up parameters that it does not know.
      pgBouncer: true,
      acquireTimeoutMs: LOOK_MS,
      waitingMax: 1,
      statementTimeoutMs: LOOK_MS,
      hotStatementTimeoutMs: LOOK_MS,
      totalRetryDeadlineMs: LOOK_MS,
      userRetryDeadlineMs: LOOK_MS,
      connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
      idleTimeoutMs: LOOK_MS,
      maxLifetimeMs: LOOK_MS,
    },
    QUIET,
  );
  const signal = AbortSignal.timeout(LOOK_MS);
  try {
    const rows = await database.read<{ pid: number }[]>(
      { name: 'pooler.look', lane: 'rest', signal },
      (sql) => sql`SELECT pg_backend_pid() AS pid`,
    );
    // What the driver was told when it connected stands beside the rows.
    const { state } = rows as unknown as { readonly state: { readonly pid: number } };
    return rows[0]?.pid !== state.pid;
  } catch {
    return false;
  }
}
