/** Where the databases are: given by the operator, or the embedded server. */
import { sleep } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Config } from '../config/config.ts';
import { maskUrl } from '../config/mask.ts';
import { packagePath } from '../config/package-root.ts';
import type { Database, MeasuredDatabase } from './database.ts';
import { codeOf } from './failure.ts';
import { readInstanceId } from './instance-id.ts';
import { migrate } from './migrate.ts';
import { createPostgresDatabase } from './postgres-database.ts';
import { shareOfInstance } from './split-budget.ts';
import type { Logger } from '../log/logger.ts';

export interface DatabaseTargets {
  readonly primaryUri: string;
  readonly readUri: string | null;
  /** A direct connection, never through a transaction pooler. */
  readonly migrateUri: string;
}

const MIGRATE_DEADLINE_MS = 600_000;
const MIGRATE_LOCK_TIMEOUT_MS = 10_000;
/** Behind a request a user waits: an outage longer than this fails statements at once, in every lane. */
const USER_RETRY_DEADLINE_MS = 1500;
/** Statements that may wait in one lane before more are refused: a quarter of a second of work for the hot one. */
const WAITING_MAX = 256;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_LIFETIME_MS = 30 * 60_000;
/** How long a start waits for a database that comes up at the same time (`docker compose up`). */
const FIRST_ANSWER_MS = 5000;
const FIRST_ANSWER_PAUSE_MS = 250;

/** The operator's databases; null when there are none and the embedded one is to be started. */
export function configuredTargets(config: Config): DatabaseTargets | null {
  if (config.POSTGRES_URI === null) return null;
  return {
    primaryUri: config.POSTGRES_URI,
    readUri: config.POSTGRES_READ_URI,
    migrateUri: config.POSTGRES_MIGRATE_URI ?? config.POSTGRES_URI,
  };
}

/** Opens this process's share of the connections. */
export function openDatabase(
  config: Config,
  targets: DatabaseTargets,
  logger: Logger,
): MeasuredDatabase {
  const hasReplica = targets.readUri !== null;
  return createPostgresDatabase(
    {
      primaryUri: targets.primaryUri,
      ...(targets.readUri === null ? {} : { readUri: targets.readUri }),
      // Behind PgBouncer a name per process would cost a SET for every change of client.
      applicationName: config.POSTGRES_USE_PGBOUNCER === true ? 'sluice' : `sluice-${process.pid}`,
      connectionsMax: shareOfInstance(config.DB_MAX_CONNECTIONS, config.HTTP_PROCESSES, hasReplica),
      pgBouncer: config.POSTGRES_USE_PGBOUNCER === true,
      acquireTimeoutMs: config.DB_ACQUIRE_TIMEOUT_MS,
      waitingMax: WAITING_MAX,
      statementTimeoutMs: config.DB_STATEMENT_TIMEOUT_MS,
      hotStatementTimeoutMs: config.DB_HOT_STATEMENT_TIMEOUT_MS,
      totalRetryDeadlineMs: config.DB_RETRY_DEADLINE_MS,
      userRetryDeadlineMs: USER_RETRY_DEADLINE_MS,
      connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      maxLifetimeMs: MAX_LIFETIME_MS,
    },
    logger,
  );
}

/** Applies pending migrations. Returns their names. @throws AppError; `explainMigrateFailure` says what it means */
export function applyMigrations(
  config: Config,
  targets: DatabaseTargets,
  logger: Logger,
  signal: CancelSignal,
): Promise<readonly string[]> {
  const options = {
    uri: targets.migrateUri,
    directory: packagePath('migrations'),
    deadlineMs: MIGRATE_DEADLINE_MS,
    lockTimeoutMs: MIGRATE_LOCK_TIMEOUT_MS,
    connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
    signal,
  };
  return whileItComesUp(() => migrate(options, logger), signal);
}

/** Repeats what fails because the database does not answer yet. */
async function whileItComesUp<T>(attempt: () => Promise<T>, signal: CancelSignal): Promise<T> {
  const giveUpAtMs = performance.now() + FIRST_ANSWER_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const mayPass = error instanceof AppError && error.code === 'database.unavailable';
      if (!mayPass || signal.aborted || performance.now() > giveUpAtMs) throw error;
      await sleep(FIRST_ANSWER_PAUSE_MS, signal);
    }
  }
}

/**
 * The database's identity. A replica that is down is only warned about: its reads go to the primary.
 * @throws StartError when the primary does not answer or has no schema
 */
export async function requireDatabase(
  targets: DatabaseTargets,
  database: Database,
  logger: Logger,
): Promise<string> {
  const silence = await database.ping(AbortSignal.timeout(FIRST_ANSWER_MS)).then(
    () => null,
    (error: unknown) => error,
  );
  const limit = AbortSignal.timeout(FIRST_ANSWER_MS);
  const instanceId = await whileItComesUp(() => readInstanceId(database, limit), limit).catch(
    (error: unknown) => {
      throw silence === null
        ? withoutSchema(targets, error)
        : unreachable('POSTGRES_URI', targets.primaryUri, silence);
    },
  );
  if (silence !== null) {
    logger.warn(
      { reason: reasonOf(silence) },
      'POSTGRES_READ_URI does not answer; POSTGRES_URI takes its reads until it does',
    );
  }
  return instanceId;
}

/** What the operator reads when the primary fails during the start; what is no failure of it stays as it is. */
export function explainDatabaseFailure(targets: DatabaseTargets, error: unknown): unknown {
  return explain('POSTGRES_URI', targets.primaryUri, error);
}

/** The same for what goes over the direct connection. */
export function explainMigrateFailure(
  config: Config,
  targets: DatabaseTargets,
  error: unknown,
): unknown {
  const name = config.POSTGRES_MIGRATE_URI === null ? 'POSTGRES_URI' : 'POSTGRES_MIGRATE_URI';
  return explain(name, targets.migrateUri, error);
}

function explain(variable: string, uri: string, error: unknown): unknown {
  if (error instanceof AppError && error.code === 'database.not-writable') {
    return new StartError(
      `${variable}=${maskUrl(uri)} cannot write (${reasonOf(error)}): ` +
        'expected free space on its disk, and a server that takes writes',
    );
  }
  if (error instanceof AppError) return unreachable(variable, uri, error);
  if (codeOf(error) === undefined) return error;
  return new StartError(
    `${variable}=${maskUrl(uri)} refused a statement of the start (${reasonOf(error)}): ` +
      'expected a role that owns the database, and a schema of this version',
  );
}

function withoutSchema(targets: DatabaseTargets, error: unknown): StartError {
  return new StartError(
    `POSTGRES_URI=${maskUrl(targets.primaryUri)} has no schema of this version (${reasonOf(error)}): ` +
      'expected a migrated database (role migrate, or serve with MIGRATE_ON_START=true)',
  );
}

function unreachable(variable: string, uri: string, error: unknown): StartError {
  return new StartError(
    `${variable}=${maskUrl(uri)} does not answer (${reasonOf(error)}): ` +
      'expected a running PostgreSQL that accepts these credentials',
  );
}

/** The driver's or the server's own words, which are the cause of ours; neither quotes the password. */
function reasonOf(error: unknown): string {
  const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // Node.js leaves the message empty when it has tried several addresses of one name.
  if (cause.message === '') return 'code' in cause ? String(cause.code) : cause.name;
  return cause.message.split('\n')[0] ?? '';
}
