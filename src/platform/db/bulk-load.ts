/** One connection for loads that take minutes: COPY and statements without the limits of requests. */
import type { Pool, PoolClient } from 'pg';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { openEngineConnections } from '../jobs/engine-connections.ts';
import type { Logger } from '../log/logger.ts';
import { copyRows } from './copy-in.ts';
import { toAppError } from './failure.ts';

export interface BulkLoadOptions {
  /** A direct connection: temporary tables live as long as it does. */
  readonly uri: string;
  readonly connectTimeoutMs: number;
  /** Ends the connection, and what it runs. */
  readonly signal: CancelSignal;
}

export type BulkRow = Readonly<Record<string, unknown>>;

/** Rejections: AppError `database.…`, the signal's reason, and the server's error for what is wrong with a statement. */
export interface BulkLoad extends AsyncDisposable {
  /** `int8` comes as text. */
  query<R extends BulkRow>(
    statement: string,
    parameters?: readonly unknown[],
  ): Promise<readonly R[]>;
  /** @param statement `COPY … FROM STDIN` @param rows in COPY's text format; nothing is sent without any */
  copy(statement: string, rows: Uint8Array): Promise<void>;
  /** BEGIN, `work`, COMMIT; ROLLBACK when it throws. */
  transaction<R>(work: () => Promise<R>): Promise<R>;
}

const SETTINGS = `
SET application_name = 'sluice import'; SET statement_timeout = 0; SET lock_timeout = '60s';
SET idle_in_transaction_session_timeout = '10min';
SET synchronous_commit = off; SET work_mem = '64MB'; SET temp_buffers = '64MB'; SET jit = off;
SET gin_pending_list_limit = '64MB'`;

export async function openBulkLoad(options: BulkLoadOptions, logger: Logger): Promise<BulkLoad> {
  const { uri, connectTimeoutMs, signal } = options;
  const pool = openEngineConnections({ uri, connectTimeoutMs, connectionsMax: 1 }, logger);
  try {
    const client = await orCancelled(connectionOf(pool), signal);
    await client.query(SETTINGS);
    return new ClientLoad(pool, client, signal);
  } catch (error) {
    void pool.end().catch(() => undefined);
    signal.throwIfAborted();
    throw toAppError(error, 'bulk load');
  }
}

/** The connection itself, which is lost when the server goes: what the pool gives a promise for waits and repeats. */
function connectionOf(pool: Pool): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (client === undefined) reject(error ?? new Error('no connection'));
      else resolve(client);
    });
  });
}

class ClientLoad implements BulkLoad {
  readonly #pool: Pool;
  readonly #client: PoolClient;
  readonly #signal: CancelSignal;
  readonly #lost = new CancelController();
  readonly #abort = () => this.#release();
  #isReleased = false;

  constructor(pool: Pool, client: PoolClient, signal: CancelSignal) {
    this.#pool = pool;
    this.#client = client;
    this.#signal = signal;
    client.on('error', (cause) => {
      this.#lost.abort(new AppError('database.unavailable', 'the connection was lost', { cause }));
    });
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  async query<R extends BulkRow>(
    statement: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly R[]> {
    const { rows } = await this.#run(statement.trim().slice(0, 40), () =>
      this.#client.query<R>(statement, [...parameters]),
    );
    return rows;
  }

  async copy(statement: string, rows: Uint8Array): Promise<void> {
    if (rows.byteLength === 0) return;
    await this.#run(statement.slice(0, 40), () => copyRows(this.#client, statement, rows));
  }

  async transaction<R>(work: () => Promise<R>): Promise<R> {
    await this.query('BEGIN');
    try {
      const result = await work();
      await this.query('COMMIT');
      return result;
    } catch (error) {
      await this.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    this.#release();
    await this.#pool.end().catch(() => undefined);
  }

  /** Closes the connection: what it runs is rolled back. */
  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#client.release(true);
  }

  /** A connection that is lost while nothing listens is heard of by whoever waits. */
  async #run<T>(what: string, start: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    try {
      const running = start();
      return await orCancelled(orCancelled(running, this.#lost.signal), this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      throw toAppError(error, what);
    }
  }
}
