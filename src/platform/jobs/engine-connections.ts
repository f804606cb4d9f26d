/** The connections of Graphile Worker, which brings `pg` with it: to the hosts, and with the TLS, that all others have. */
import pg from 'pg';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { createHostChoice, writableHost } from '../db/host-probe.ts';
import type { Logger } from '../log/logger.ts';
import { EngineSocket } from './engine-socket.ts';

export interface EngineConnectionOptions {
  readonly uri: string;
  readonly connectTimeoutMs: number;
  readonly connectionsMax: number;
}

const IDLE_TIMEOUT_MS = 60_000;

/**
 * A pool that does not show its users that the database is away: Graphile Worker 0.17 and 0.18 take a statement that was
 * refused a connection for the end of a queue, and one that fails while they give jobs back ends the process.
 */
export class EngineConnections extends pg.Pool {
  readonly #life = new CancelController();

  /** With a callback, as the listener asks for one, it is a connection itself, which tells of its end. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (callback !== undefined) return super.connect(callback);
    const client = new PatientClient(() => super.connect(), this.#life.signal);
    // It has the two methods that statements are sent with.
    return Promise.resolve(client as unknown as pg.PoolClient);
  }

  /** Statements that wait for the database get an empty answer. */
  override async end(): Promise<void> {
    this.#life.abort(new Error('the job engine has stopped'));
    await super.end();
  }

  /** From now on nobody waits for a database that is away. */
  giveUpWaiting(): void {
    this.#life.abort(new Error('the job engine stops'));
  }
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0] & {};
type Query = string | pg.QueryConfig;

const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 2000;
const NOTHING = { rows: [], rowCount: 0 };
/** The server stops, crashed or starts; a connection failed. */
const AWAY =
  /^(?:57P0[123]|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|CONNECT_\w+)$/;
const LOST =
  /connection (?:terminated|error)|timeout exceeded when trying to connect|not queryable/i;

/** Sends each statement until the database answers. What the engine sends may be sent twice; transactions are not repeated. */
class PatientClient {
  readonly #open: () => Promise<pg.PoolClient>;
  readonly #signal: CancelSignal;
  #client: pg.PoolClient | null = null;
  #isInTransaction = false;

  constructor(open: () => Promise<pg.PoolClient>, signal: CancelSignal) {
    this.#open = open;
    this.#signal = signal;
  }

  async query(query: Query, values?: unknown[]): Promise<unknown> {
    const text = typeof query === 'string' ? query : query.text;
    if (/^\s*begin\b/i.test(text)) this.#isInTransaction = true;
    for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      try {
        this.#client ??= await this.#open();
        return await this.#client.query(query as string, values);
      } catch (error) {
        if (!isAway(error) || this.#isInTransaction) throw error;
        this.#drop(error);
      }
      await sleep(pauseMs, this.#signal).catch(() => undefined);
      if (this.#signal.aborted) return NOTHING;
    }
  }

  release(): void {
    this.#client?.release();
    this.#client = null;
  }

  #drop(error: unknown): void {
    this.#client?.release(error instanceof Error ? error : true);
    this.#client = null;
  }
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && AWAY.test(String(error.code))) || LOST.test(error.message);
}

export function openEngineConnections(
  { uri, connectTimeoutMs, connectionsMax }: EngineConnectionOptions,
  logger: Logger,
): EngineConnections {
  const target = parsePostgresUri(uri);
  const timeoutMs = target.connectTimeoutMs ?? connectTimeoutMs;
  const hosts = createHostChoice(target, writableHost(target), timeoutMs, logger);
  const { user, password, database, tls, applicationName, settings } = target;
  const [host] = target.hosts;
  const pool = new EngineConnections({
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { database }),
    // Of these two only passwords of ~/.pgpass are looked up by: the socket chooses among all hosts.
    ...(host === undefined ? {} : { host: host.name, port: host.port }),
    ...(settings['options'] === undefined ? {} : { options: settings['options'] }),
    // `pg` asks for nothing that a socket has and a duplex has not.
    stream: () =>
      new EngineSocket({
        chooseHost: () => hosts.choose(),
        tls,
        connectTimeoutMs: timeoutMs,
      }) as unknown as ReturnType<NonNullable<pg.ClientConfig['stream']>>,
    ssl: false,
    application_name: applicationName ?? 'sluice jobs',
    connectionTimeoutMillis: timeoutMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    max: connectionsMax,
  });
  const lost = (error: Error) => {
    hosts.forget();
    logger.debug({ err: error }, 'a connection of the job engine was lost');
  };
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
