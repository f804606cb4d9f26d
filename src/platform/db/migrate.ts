/**
 * Brings the schema up to date, forward only: one process at a time, each file in one transaction,
 * everything recorded in `schema_migration`.
 */
import type { Row } from 'postgres';
import { sleep } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Logger } from '../log/logger.ts';
import type { BuildStatement } from './database.ts';
import { toAppError } from './failure.ts';
import { createHostChoice, writableHost } from './host-probe.ts';
import {
  pendingMigrations,
  readMigrationFiles,
  statementsOf,
  type AppliedMigration,
  type MigrationFile,
} from './migration-files.ts';
import { Session } from './session.ts';
import { supervise } from './statement.ts';

export interface MigrateOptions {
  /** A direct connection: never PgBouncer, where the lock would belong to nobody. */
  readonly uri: string;
  readonly directory: string;
  /** Limit of everything, waiting for another process included. */
  readonly deadlineMs: number;
  /** How long a statement may wait for a table that others use, before it gives up and lets them through. */
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly signal: CancelSignal;
}

/** Any fixed number; advisory locks are per database, so that it need not be unique on the server. */
const ADVISORY_LOCK = 7_405_813_296;
/**
 * Polled rather than waited for inside the server: a waiting `pg_advisory_lock` holds a snapshot, and
 * `CREATE INDEX CONCURRENTLY` of the process that has the lock would wait for that in turn.
 */
const LOCK_POLL_MS = 100;

/**
 * Applies the migrations that are missing and returns their names in order.
 * @throws StartError when files or database are not what they should be, or a file fails (named).
 * @throws AppError `database.unavailable` or `database.timeout`; the signal's reason when it aborts.
 */
export async function migrate(options: MigrateOptions, logger: Logger): Promise<readonly string[]> {
  const files = await readMigrationFiles(options.directory);
  const run = new MigrationRun(options, logger);
  try {
    return await run.apply(files);
  } catch (error) {
    throw toAppError(error, 'migrate');
  } finally {
    await run.close();
  }
}

class MigrationRun {
  readonly #options: MigrateOptions;
  readonly #logger: Logger;
  readonly #session: Session;
  readonly #endsAt: number;

  constructor(options: MigrateOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#endsAt = performance.now() + options.deadlineMs;
    const target = parsePostgresUri(options.uri);
    const connectTimeoutMs = target.connectTimeoutMs ?? options.connectTimeoutMs;
    const hosts = createHostChoice(target, writableHost(target), connectTimeoutMs, logger);
    this.#session = new Session(
      {
        target,
        chooseHost: () => hosts.choose(),
        applicationName: 'sluice migrate',
        prepare: false,
        connectTimeoutMs,
        maxLifetimeMs: Infinity,
        statementTimeoutMs: undefined,
      },
      { opened: () => undefined, ended: () => undefined },
      logger,
    );
  }

  async apply(files: readonly MigrationFile[]): Promise<readonly string[]> {
    await this.#lock();
    await this.#query(
      (sql) => sql`set lock_timeout = ${sql.unsafe(String(this.#options.lockTimeoutMs))}`,
    );
    await this.#query(
      (sql) => sql`
      create table if not exists schema_migration (
        name text primary key, checksum text not null, applied_at timestamptz not null default now()
      )`,
    );
    const applied = await this.#query(
      (sql) => sql<(AppliedMigration & Row)[]>`
      select name, checksum from schema_migration order by name`,
    );
    const pending = pendingMigrations(files, applied);
    for (const file of pending) await this.#applyFile(file);
    return pending.map((file) => file.name);
  }

  /** Ending the connection gives the lock back, whatever state it is in. */
  async close(): Promise<void> {
    await this.#session.destroy();
  }

  async #lock(): Promise<void> {
    let isToldToWait = false;
    for (;;) {
      const rows = await this.#query(
        (sql) => sql<{ locked: boolean }[]>`
        select pg_try_advisory_lock(${ADVISORY_LOCK}::bigint) as locked`,
      );
      if (rows[0]?.locked === true) return;
      if (!isToldToWait) this.#logger.info({}, 'waiting for another process to migrate');
      isToldToWait = true;
      await sleep(LOCK_POLL_MS, this.#options.signal).catch(() => undefined);
    }
  }

  async #applyFile(file: MigrationFile): Promise<void> {
    const startedAt = performance.now();
    try {
      if (file.inTransaction) await this.#applyInTransaction(file);
      else await this.#applyOutsideTransaction(file);
    } catch (error) {
      throw this.#explain(error, file);
    }
    const durationMs = Math.round(performance.now() - startedAt);
    this.#logger.debug({ migration: file.name, durationMs }, 'migration applied');
  }

  #applyInTransaction(file: MigrationFile): Promise<unknown> {
    return this.#supervised(false, (timeoutMs) =>
      this.#session.transaction(timeoutMs, async (tx) => {
        await tx.unsafe(file.sql);
        await tx`insert into schema_migration (name, checksum) values (${file.name}, ${file.checksum})`;
      }),
    );
  }

  /** May be cut off in the middle: such files must be repeatable (`IF NOT EXISTS`). */
  async #applyOutsideTransaction(file: MigrationFile): Promise<void> {
    for (const statement of statementsOf(file))
      await this.#query((sql) => sql.unsafe<Row[]>(statement));
    await this.#query(
      (sql) => sql`
      insert into schema_migration (name, checksum) values (${file.name}, ${file.checksum})`,
    );
  }

  #query<T extends readonly Row[]>(build: BuildStatement<T>): Promise<T> {
    return this.#supervised(true, () => this.#session.query(build));
  }

  async #supervised<T>(cancellable: boolean, start: (timeoutMs: number) => Promise<T>): Promise<T> {
    const timeoutMs = this.#leftMs();
    const limits = { name: 'migrate', timeoutMs, signal: this.#options.signal, cancellable };
    return supervise(this.#session, limits, start(timeoutMs), () => undefined);
  }

  #leftMs(): number {
    this.#options.signal.throwIfAborted();
    const leftMs = Math.floor(this.#endsAt - performance.now());
    if (leftMs <= 0)
      throw new AppError('database.timeout', 'The migrations did not finish in time.');
    return leftMs;
  }

  /** Errors of the SQL itself are the operator's to see, with the file's name. */
  #explain(error: unknown, file: MigrationFile): unknown {
    const mapped = toAppError(error, 'migrate');
    const isSql =
      mapped instanceof Error &&
      !(mapped instanceof AppError) &&
      mapped !== this.#options.signal.reason;
    if (!isSql) return mapped;
    return new StartError(`migration ${file.name} failed: ${mapped.message}`, { cause: error });
  }
}
