/** The one connection that loads, and the way to stop what it is doing. */
import pg from 'pg';

const CONNECT_TIMEOUT_MS = 5000;
/** How long a table that somebody else reads may keep us waiting. */
const LOCK_TIMEOUT_MS = 5000;
const MAINTENANCE_MEMORY = '512MB';

export interface LoadSession extends AsyncDisposable {
  /** Runs the work; when the signal aborts, ends the session and rejects with the signal's reason. */
  run<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Writes everything to the disk now rather than while somebody measures or stops the server; superusers only. */
  checkpoint(): Promise<void>;
}

/** @throws the driver's error when the database does not answer */
export async function openLoadSession(
  uri: string,
  signal: AbortSignal | undefined,
): Promise<LoadSession> {
  const client = await connect(uri);
  const {
    rows: [session],
  } = await client.query<{ pid: number; isSuperuser: boolean }>(
    'SELECT pg_backend_pid() AS pid, current_setting(\'is_superuser\')::boolean AS "isSuperuser"',
  );
  await client.query(`
    SET synchronous_commit = off; SET lock_timeout = ${LOCK_TIMEOUT_MS}; SET statement_timeout = 0;
    SET idle_in_transaction_session_timeout = 0; SET maintenance_work_mem = '${MAINTENANCE_MEMORY}'`);
  if (session?.isSuperuser === true)
    await client.query('SET wal_compression = off; SET wal_init_zero = off');
  const terminate = () => void end(uri, session?.pid ?? 0, client);
  return {
    async run(work) {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', terminate, { once: true });
      try {
        return await work(client);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener('abort', terminate);
      }
    },
    async checkpoint() {
      if (session?.isSuperuser === true) await client.query('CHECKPOINT');
    },
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
}

async function connect(uri: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: uri,
    application_name: 'sluice seed',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Whoever waits for a statement is told; a connection that is lost between two is found by the next.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A server that builds an index does not notice that its client has gone: it is told. */
async function end(uri: string, pid: number, client: pg.Client): Promise<void> {
  try {
    const other = await connect(uri);
    await other.query('SELECT pg_terminate_backend($1)', [pid]);
    await other.end();
  } catch {
    await client.end().catch(() => undefined);
  }
}
