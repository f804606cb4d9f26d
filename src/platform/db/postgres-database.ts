/** `Database` over postgres.js: lanes, deadlines, retries, and a replica that may come and go. */
import type { Row, Sql } from 'postgres';
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { failureOf } from '../../lib/trace/request-trace.ts';
import type { Logger } from '../log/logger.ts';
import type {
  BuildStatement,
  DatabaseMeasures,
  DatabaseStats,
  Lane,
  MeasuredDatabase,
  StatementOptions,
} from './database.ts';
import { isReadOnlyRefusal, isServerRefusal, toAppError } from './failure.ts';
import { withRetries } from './retry.ts';
import { Server, type ServerOptions } from './server.ts';
import type { Session } from './session.ts';
import { splitShare } from './split-budget.ts';
import { StatementRecorder } from './statement-recorder.ts';
import type { StatementLimits } from './statement.ts';
import { WriteOutage } from './write-outage.ts';

export interface PostgresDatabaseOptions {
  readonly primaryUri: string;
  /** Reads go there while it answers. */
  readonly readUri?: string | undefined;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** This process's share, see `shareOfInstance`. */
  readonly connectionsMax: number;
  /** The URIs lead to PgBouncer in transaction mode: no prepared statements, no start-up parameters. */
  readonly pgBouncer: boolean;
  /** Wait for a free connection before `database.exhausted`. */
  readonly acquireTimeoutMs: number;
  /** Statements that may wait in one lane; more are refused at once. */
  readonly waitingMax: number;
  /** Default limit of a statement in the lanes `page` and `rest`. */
  readonly statementTimeoutMs: number;
  /** Default limit of a statement in the lane `hot`. */
  readonly hotStatementTimeoutMs: number;
  /** All attempts and sleeps of one read in the lane `rest`. */
  readonly totalRetryDeadlineMs: number;
  /** The same for the lanes `hot` and `page`, where a user waits; an outage longer than this fails every lane at once. */
  readonly userRetryDeadlineMs: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
}

/** Of the five seconds that disposal may take. */
const DRAIN_MS = 4000;

/**
 * Opens nothing until the first statement.
 * @throws StartError when `connectionsMax` is too small for the lanes; PostgresUriError
 */
export function createPostgresDatabase(
  options: PostgresDatabaseOptions,
  logger: Logger,
): MeasuredDatabase {
  return new PostgresDatabase(options, logger);
}

class PostgresDatabase implements MeasuredDatabase {
  readonly #options: PostgresDatabaseOptions;
  readonly #logger: Logger;
  readonly #primary: Server;
  readonly #replica: Server | undefined;
  readonly #recorder: StatementRecorder;
  readonly #writes: WriteOutage;

  constructor(options: PostgresDatabaseOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#recorder = new StatementRecorder(
      options.readUri === undefined ? ['primary'] : ['primary', 'replica'],
    );
    const budget = splitShare(options.connectionsMax, options.readUri !== undefined);
    this.#primary = new Server(
      {
        ...serverOptions(options, options.primaryUri),
        role: 'primary',
        budget: budget.primary,
        outageGraceMs: options.userRetryDeadlineMs,
      },
      logger,
    );
    const probe: StatementOptions = { name: 'write-probe', lane: 'rest', signal: NEVER_CANCELLED };
    this.#writes = new WriteOutage(
      (run) => this.#runTransaction(this.#primary, probe, run, this.#timeoutMs(probe)),
      logger,
    );
    if (options.readUri !== undefined && budget.replica !== undefined) {
      this.#replica = new Server(
        {
          ...serverOptions(options, options.readUri),
          role: 'replica',
          budget: budget.replica,
          outageGraceMs: 0,
        },
        logger,
      );
    }
  }

  async read<T extends readonly Row[]>(
    options: StatementOptions,
    build: BuildStatement<T>,
  ): Promise<T> {
    const { totalRetryDeadlineMs, userRetryDeadlineMs } = this.#options;
    const deadlineMs = options.lane === 'rest' ? totalRetryDeadlineMs : userRetryDeadlineMs;
    try {
      const retries = { deadlineMs, signal: options.signal };
      return await withRetries(retries, (leftMs) => this.#readOnce(options, build, leftMs));
    } catch (error) {
      throw toAppError(error, options.name);
    }
  }

  async write<T extends readonly Row[]>(
    options: StatementOptions,
    build: BuildStatement<T>,
  ): Promise<T> {
    try {
      return await this.#runStatement(
        this.#primary,
        'exclusive',
        options,
        build,
        this.#timeoutMs(options),
      );
    } catch (error) {
      throw this.#writeFailure(error, options.name);
    }
  }

  async transaction<R>(options: StatementOptions, run: (sql: Sql) => Promise<R>): Promise<R> {
    try {
      return await this.#runTransaction(this.#primary, options, run, this.#timeoutMs(options));
    } catch (error) {
      throw this.#writeFailure(error, options.name);
    }
  }

  async ping(signal: CancelSignal): Promise<void> {
    await Promise.all(this.#servers().map((server) => server.ping(signal)));
    this.#writes.throwIfDown();
  }

  stats(): DatabaseStats {
    const uses = this.#servers().map((server) => server.use());
    return {
      statements: this.#recorder.total,
      statementsByName: this.#recorder.byName(),
      checkedOut: uses.reduce((sum, use) => sum + use.checkedOut, 0),
      waiting: uses.reduce((sum, use) => sum + use.waiting, 0),
    };
  }

  measures(): DatabaseMeasures {
    const uses = this.#servers().map((server) => ({ role: server.role, ...server.use() }));
    return {
      engines: uses.map(({ role, waiting, connectionsMax, connectionsOpen, connectionsInUse }) => ({
        engine: role,
        connectionsMax,
        connectionsOpen,
        connectionsInUse,
        waiting,
        ...this.#recorder.engine(role),
      })),
      waits: this.#recorder.waits(),
      durations: this.#recorder.durations(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new AppError('server.draining', 'The server is shutting down.');
    this.#writes.close();
    await Promise.all(this.#servers().map((server) => server.close(reason, DRAIN_MS)));
    const { statements, statementsByName } = this.stats();
    this.#logger.debug(
      { statements, byName: Object.fromEntries(statementsByName) },
      'the database is closed',
    );
  }

  #writeFailure(error: unknown, statement: string): unknown {
    if (isReadOnlyRefusal(error)) this.#primary.isReadOnly();
    this.#writes.failed(error);
    return toAppError(error, statement);
  }

  /** The replica while it can be reached; the primary answers what it refused. */
  async #readOnce<T extends readonly Row[]>(
    options: StatementOptions,
    build: BuildStatement<T>,
    leftMs: number,
  ): Promise<T> {
    const timeoutMs = Math.min(this.#timeoutMs(options), leftMs);
    const need = options.lane === 'hot' ? 'shared' : 'exclusive';
    if (this.#replica?.isReachable(options.lane) === true) {
      try {
        return await this.#runStatement(this.#replica, need, options, build, timeoutMs);
      } catch (error) {
        if (!isServerRefusal(error)) throw error;
      }
    }
    return this.#runStatement(this.#primary, need, options, build, timeoutMs);
  }

  #runStatement<T extends readonly Row[]>(
    server: Server,
    need: 'shared' | 'exclusive',
    options: StatementOptions,
    build: BuildStatement<T>,
    timeoutMs: number,
  ): Promise<T> {
    if (timeoutMs > this.#laneTimeoutMs(options.lane)) {
      // The connection's own limit is shorter: only SET LOCAL can lift it.
      return this.#runTransaction(server, options, async (sql) => await build(sql), timeoutMs);
    }
    const start = (session: Session) => session.query(build);
    return this.#run(server, need, options, timeoutMs, true, start);
  }

  #runTransaction<R>(
    server: Server,
    options: StatementOptions,
    run: (sql: Sql) => Promise<R>,
    timeoutMs: number,
  ): Promise<R> {
    const start = (session: Session) => session.transaction(timeoutMs, run);
    return this.#run(server, 'exclusive', options, timeoutMs, false, start);
  }

  async #run<T>(
    server: Server,
    need: 'shared' | 'exclusive',
    options: StatementOptions,
    timeoutMs: number,
    cancellable: boolean,
    start: (session: Session) => Promise<T>,
  ): Promise<T> {
    const limits: StatementLimits = {
      name: options.name,
      timeoutMs,
      signal: options.signal,
      cancellable,
    };
    const { name } = options;
    const askedAtMs = performance.now();
    let startedAtMs = NaN;
    try {
      if (!server.isReachable(options.lane))
        throw new AppError('database.unavailable', 'The database is not available.');
      const result = await server.lanes[options.lane].run(need, limits, (session) => {
        startedAtMs = performance.now();
        this.#recorder.started(server.role, name, startedAtMs - askedAtMs);
        return start(session);
      });
      options.signal.trace?.add('query', name, askedAtMs, server.role);
      return result;
    } catch (error) {
      options.signal.trace?.add('query', name, askedAtMs, failureOf(error));
      if (!options.signal.aborted) this.#recorder.failed(server.role, name, error);
      throw error;
    } finally {
      if (!Number.isNaN(startedAtMs)) this.#recorder.ended(name, performance.now() - startedAtMs);
    }
  }

  #timeoutMs(options: StatementOptions): number {
    return options.timeoutMs ?? this.#laneTimeoutMs(options.lane);
  }

  #laneTimeoutMs(lane: Lane): number {
    return lane === 'hot' ? this.#options.hotStatementTimeoutMs : this.#options.statementTimeoutMs;
  }

  #servers(): readonly Server[] {
    return this.#replica === undefined ? [this.#primary] : [this.#primary, this.#replica];
  }
}

function serverOptions(
  options: PostgresDatabaseOptions,
  uri: string,
): Omit<ServerOptions, 'role' | 'budget' | 'outageGraceMs'> {
  const { applicationName, acquireTimeoutMs, waitingMax, idleTimeoutMs, maxLifetimeMs } = options;
  const target = parsePostgresUri(uri);
  return {
    target,
    applicationName,
    acquireTimeoutMs,
    waitingMax,
    idleTimeoutMs,
    maxLifetimeMs,
    pgBouncer: options.pgBouncer || target.isPooled,
    connectTimeoutMs: target.connectTimeoutMs ?? options.connectTimeoutMs,
    timeoutMs: {
      hot: options.hotStatementTimeoutMs,
      page: options.statementTimeoutMs,
      rest: options.statementTimeoutMs,
    },
  };
}
