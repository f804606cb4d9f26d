/**
 * One database connection: a postgres.js instance with `max: 1` and a socket that we own. postgres.js can neither drop one
 * bad connection nor count its statements; a session lives exactly as long as its connection.
 */
import type { Socket } from 'node:net';
import postgres, { type Row, type Sql, type State } from 'postgres';
import { poll } from '../../lib/async/wait.ts';
import type { PostgresHost, PostgresTarget } from '../../lib/postgres-uri/postgres-uri.ts';
import type { Logger } from '../log/logger.ts';
import { registerArrayTypes } from './array-types.ts';
import type { BuildStatement } from './database.ts';
import { openSocket } from './socket.ts';

export interface SessionOptions {
  readonly target: PostgresTarget;
  /** Asked once, when the connection is opened. */
  readonly chooseHost: () => Promise<PostgresHost>;
  /** Unless the target has a name for it. */
  readonly applicationName: string;
  /** Named prepared statements; off behind PgBouncer in transaction mode. */
  readonly prepare: boolean;
  /** Limit of connecting, and again of the handshake after it, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Age at which the connection is replaced; each gets up to a tenth less, so that they do not go together. */
  readonly maxLifetimeMs: number;
  /** The server's own limit for every statement, as start-up parameter; undefined sends none (PgBouncer). */
  readonly statementTimeoutMs: number | undefined;
}

export interface SessionEvents {
  /** The server accepted us. */
  readonly opened: () => void;
  /** Called once, when no more statement can be sent; statements in flight fail right after. */
  readonly ended: (session: Session) => void;
  /** Of a channel that this session listens to. */
  readonly notified?: (payload: string) => void;
}

/** How long a polite goodbye may take before the socket is destroyed. */
const GOODBYE_MS = 500;

/** The server gives up on a statement a little before we do: then its connection stays usable. */
const SERVER_HEAD_START_MS_MAX = 100;
/** Of a transaction whose client is gone, the server learns only by this: we end ours before. */
const IDLE_TRANSACTION_GRACE_MS = 1000;

/** One answer of several to a message with several statements. */
type Result = Row & { readonly state: State };

/** The part of a postgres.js query that cancels, see `cancelRunning`. */
interface Canceller {
  readonly canceller?: (query: {
    readonly state: State;
    readonly active: true;
  }) => Promise<unknown>;
}

export class Session {
  readonly sql: Sql;
  /** Statements that were sent and have not settled. */
  inFlight = 0;
  /** True while one statement has the session for itself. */
  exclusive = false;
  /** Last time that a statement settled, or that the first one was sent. */
  progressAt = performance.now();
  #expiresAt: number;
  readonly #logger: Logger;
  readonly #events: SessionEvents;
  readonly #sockets = new Set<Socket>();
  #backend: State | undefined;
  #isOpened = false;
  #isEnded = false;
  /** Cancel requests go where the connection went. */
  #host: Promise<PostgresHost> | undefined;

  constructor(options: SessionOptions, events: SessionEvents, logger: Logger) {
    this.#expiresAt = this.progressAt + options.maxLifetimeMs * (1 - Math.random() / 10);
    this.#events = events;
    this.#logger = logger;
    this.sql = postgres(this.#driverOptions(options));
    registerArrayTypes(this.sql);
  }

  /** The server accepted the connection, and it was not lost since. */
  get isOpen(): boolean {
    return this.#isOpened && !this.#isEnded;
  }

  /** The server accepted the connection at some time. */
  get wasOpened(): boolean {
    return this.#isOpened;
  }

  /** Time to be replaced, as soon as nothing is in flight. */
  get isOld(): boolean {
    return performance.now() > this.#expiresAt;
  }

  /** To be replaced as soon as nothing is in flight. */
  retire(): void {
    this.#expiresAt = -Infinity;
  }

  /** A statement has been answered here: only then may a running one be cancelled, see `cancelRunning`. */
  get isProven(): boolean {
    return this.#backend !== undefined;
  }

  /** Sends the statement and remembers which backend answered. */
  async query<T extends readonly Row[]>(build: BuildStatement<T>): Promise<T> {
    const rows = await build(this.sql);
    this.#backend ??= rows.state;
    return rows;
  }

  /**
   * BEGIN, `run`, COMMIT; ROLLBACK when `run` throws; limits by `SET LOCAL`, also behind PgBouncer. Not `sql.begin`, which
   * ends the process when the connection is lost in it (postgres 3.4.9).
   */
  async transaction<R>(timeoutMs: number, run: (sql: Sql) => Promise<R>): Promise<R> {
    const idleTimeoutMs = timeoutMs + IDLE_TRANSACTION_GRACE_MS;
    const [begun] = await this.sql.unsafe<Result[]>(
      `begin; set local statement_timeout = ${serverTimeoutMs(timeoutMs)}; ` +
        `set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`,
    );
    this.#backend ??= begun?.state;
    let result: R;
    try {
      result = await run(this.sql);
    } catch (error) {
      await this.#rollback();
      throw error;
    }
    await this.#commit();
    return result;
  }

  /**
   * Asks the server, over a second connection, to cancel what runs here; for a session that is proven, since postgres.js
   * never recovers from a cancelled first query. Not `query.cancel()`, which drops its promise (postgres 3.4.9).
   */
  cancelRunning(): void {
    const state = this.#backend;
    const { canceller } = this.sql`select` as unknown as Canceller;
    if (state === undefined || canceller === undefined) return;
    canceller({ state, active: true }).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'a statement could not be cancelled');
    });
  }

  /**
   * After a COPY to the client: when its last rows filled the stream, postgres.js leaves the socket paused for ever,
   * because only a further read would resume it (3.4.9, `CopyData`).
   */
  resumeAfterCopy(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  /** Ends the session at once: statements in flight fail with CONNECTION_DESTROYED. */
  async destroy(): Promise<void> {
    const wasIdle = this.inFlight === 0 && this.#isOpened;
    this.#end();
    // A first `end` without timeout can hang for ever, and no later one helps.
    await this.sql.end({ timeout: 0 });
    if (wasIdle) await this.#goodbye();
    for (const socket of this.#sockets) socket.destroy();
  }

  #driverOptions(options: SessionOptions): postgres.Options<Record<string, never>> {
    const { target, statementTimeoutMs } = options;
    const known: postgres.Options<Record<string, never>> = {
      ...credentialsOf(target),
      ssl: false,
      max: 1,
      prepare: options.prepare,
      connect_timeout: options.connectTimeoutMs / 1000,
      // Age and idleness are the lane's business: its choice and ours must not race.
      idle_timeout: 0,
      max_lifetime: null,
      backoff: false,
      fetch_types: false,
      onnotice: (notice: postgres.Notice) =>
        this.#logger.debug({ notice }, 'notice of the database'),
      onparameter: () => this.#opened(),
      onclose: () => {
        void this.destroy();
      },
      connection: {
        ...(statementTimeoutMs === undefined
          ? {}
          : { statement_timeout: serverTimeoutMs(statementTimeoutMs) }),
        ...target.settings,
        application_name: target.applicationName ?? options.applicationName,
      },
    };
    // The types of postgres.js know none of these. More than one host would confuse it; which one, is ours to choose.
    const [host] = target.hosts;
    return Object.assign(known, {
      host: [host?.name],
      port: [host?.port],
      socket: () => this.#openSocket(options),
      onnotify: (_channel: string, payload: string) => this.#events.notified?.(payload),
    });
  }

  /**
   * postgres.js calls this to connect, again for every cancel request, and again when a connection
   * was lost before the first statement was answered (in a tight loop, hence the end of the session).
   */
  async #openSocket({ target, chooseHost, connectTimeoutMs }: SessionOptions): Promise<Socket> {
    const isFirst = this.#host === undefined;
    this.#host ??= chooseHost();
    try {
      const host = await this.#host;
      if (this.#isEnded) throw destroyed();
      const adopt = (opening: Socket) => this.#adopt(opening);
      const socket = await openSocket(host, {
        tls: target.tls,
        timeoutMs: connectTimeoutMs,
        adopt,
      });
      if (isFirst)
        socket.once('close', () => {
          void this.destroy();
        });
      if (!this.#isEnded) return socket;
      socket.destroy();
      throw destroyed();
    } catch (error) {
      if (isFirst) void this.destroy();
      throw error;
    }
  }

  #adopt(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#isEnded) socket.destroy();
  }

  async #commit(): Promise<void> {
    const { command } = await this.sql.unsafe('commit');
    // PostgreSQL answers so when a statement had failed and `run` did not pass the error on.
    if (command === 'ROLLBACK')
      throw new Error('the transaction was rolled back: one of its statements had failed');
  }

  async #rollback(): Promise<void> {
    try {
      await this.sql.unsafe('rollback');
    } catch {
      // Whatever state it is in, nobody else may get it.
      void this.destroy();
    }
  }

  #opened(): void {
    if (this.#isOpened || this.#isEnded) return;
    this.#isOpened = true;
    this.#events.opened();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.ended(this);
  }

  async #goodbye(): Promise<void> {
    await poll(() => this.#sockets.size === 0, { everyMs: 10, timeoutMs: GOODBYE_MS });
  }
}

/** The limit that the server gets for a statement that we give `timeoutMs`. */
function serverTimeoutMs(timeoutMs: number): number {
  return Math.max(1, timeoutMs - Math.min(SERVER_HEAD_START_MS_MAX, Math.ceil(timeoutMs / 10)));
}

/** What is left out, the driver takes from the environment and the system, as libpq does. */
function credentialsOf({ user, password, database }: PostgresTarget) {
  return {
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { pass: password }),
    ...(database === null ? {} : { database }),
  };
}

function destroyed(): Error {
  return Object.assign(new Error('the session has ended'), { code: 'CONNECTION_DESTROYED' });
}
