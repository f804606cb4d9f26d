/** A PgBouncer of a test's own, in transaction mode, in front of the test server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface PgBouncer extends AsyncDisposable {
  /** Without a database: `${baseUri}/${name}` leads to any database of the server. */
  readonly baseUri: string;
  readonly port: number;
}

export interface PgBouncerOptions {
  /** The server behind it; host, port and user are taken from it. */
  readonly serverUri: string;
  /** Server connections for each database and user: 1 makes every leak of session state visible. */
  readonly poolSize: number;
}

const EXECUTABLES = [
  '/usr/sbin/pgbouncer',
  '/usr/bin/pgbouncer',
  '/usr/local/bin/pgbouncer',
  '/opt/homebrew/bin/pgbouncer',
];
const executable = EXECUTABLES.find((path) => existsSync(path));
/** For `describe(…, { skip })`. */
export const skipWithoutPgBouncer = executable === undefined ? 'needs pgbouncer' : false;

const START_LIMIT_MS = 60_000;
/** PgBouncer refuses to run as root. */
const NOBODY = 65_534;
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Resolves when it accepts connections; dispose stops it and removes its files. */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  if (executable === undefined) throw new Error('pgbouncer is not installed');
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pgbouncer-'));
  await chmod(folder, 0o755);
  const configFile = join(folder, 'pgbouncer.ini');
  await writeFile(configFile, configuration(options, port));
  const child = spawn(executable, ['--quiet', configFile], {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const dispose = async () => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(child, port);
  } catch (error) {
    await dispose();
    throw error;
  }
  const user = new URL(options.serverUri).username;
  return { port, baseUri: `postgres://${user}@127.0.0.1:${port}`, [Symbol.asyncDispose]: dispose };
}

/**
 * Nothing is ignored or reset for us: `server_reset_query` is not run in transaction mode, and a
 * start-up parameter that PgBouncer does not know ends the login, as in a default installation.
 */
function configuration({ serverUri, poolSize }: PgBouncerOptions, port: number): string {
  const server = new URL(serverUri);
  return [
    '[databases]',
    `* = host=${server.hostname} port=${server.port} user=${server.username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 500',
    'max_db_connections = 0',
    'server_lifetime = 3600',
    'server_login_retry = 1',
    'ignore_startup_parameters =',
    '',
  ].join('\n');
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`pgbouncer did not start: ${log}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await ended;
}
