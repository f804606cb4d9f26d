/**
 * Starts the real program as a child process, in one of the modes that the integration suite runs in,
 * on a database and a Redis prefix of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { createTestDatabase } from './template-db.ts';

/** `embedded`: PostgreSQL of its own, no Redis. `external-n`: PgBouncer and Redis, n HTTP processes. */
export type AppMode = 'embedded' | 'external-1' | 'external-2';

export interface RunningApp extends AsyncDisposable {
  readonly baseUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly mode: AppMode;
  /** Direct URI of the database; null in embedded mode. */
  readonly databaseUri: string | null;
  readonly redisPrefix: string;
  /** Everything printed so far. */
  output(): string;
  /** Sends the signal and resolves with the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
  readonly mode?: AppMode;
  readonly environment?: Readonly<Record<string, string>>;
  /** External modes: connect straight to PostgreSQL instead of through PgBouncer. */
  readonly directDatabase?: boolean;
  /** Answers 200 when the program is up; `/ready` unless a part is meant to be missing. */
  readonly readyPath?: '/ready' | '/health';
}

const MAIN = join(import.meta.dirname, '../../src/main.js');
const START_TIMEOUT_MS = 240_000;
/** Longer than any drain takes: only what hangs is killed. */
const STOP_TIMEOUT_MS = 120_000;

/** The modes that this machine can run; `SLUICE_TEST_*` variables are set by `test/run.ts`. */
export function appModes(): readonly AppMode[] {
  const external =
    process.env['SLUICE_TEST_PGBOUNCER'] !== undefined &&
    process.env['SLUICE_TEST_REDIS_URL'] !== undefined;
  return external ? ['embedded', 'external-1', 'external-2'] : ['embedded'];
}

/** Resolves when `/ready` answers 200. Rejects with the program's output when it exits before. */
export async function startApp(options: StartOptions = {}): Promise<RunningApp> {
  const mode = options.mode ?? 'embedded';
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-app-'));
  // Reachable for the user of the embedded PostgreSQL, or its files would go to a place outside.
  await chmod(dataDir, 0o755);
  const port = await freePort();
  const redisPrefix = `t${randomBytes(6).toString('hex')}:`;
  const database = mode === 'embedded' ? null : await createTestDatabase();
  const environment: Record<string, string> = {
    ...cleanEnvironment(),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_FORMAT: 'text',
    // A process more for each of hundreds of servers; tests of jobs turn it on.
    WORKER_SINGLE_MODE: 'false',
    // Tests ask from one address, as fast as they can.
    RATE_LIMIT_PER_MINUTE: '0',
    ...(database === null
      ? {}
      : externalEnvironment(mode, database, options.directDatabase === true, redisPrefix)),
    ...options.environment,
  };
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watch = watchChild(child);
  const dispose = async () => {
    await watch.stop('SIGTERM', STOP_TIMEOUT_MS);
    await database?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  };
  const scheme = environment['TLS_CERT'] === undefined ? 'http' : 'https';
  const baseUrl = `${scheme}://127.0.0.1:${port}`;
  try {
    await untilReady(`${baseUrl}${options.readyPath ?? '/ready'}`, watch);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    baseUrl,
    port,
    mode,
    redisPrefix,
    pid: child.pid ?? 0,
    databaseUri: database?.uri ?? null,
    output: watch.output,
    stop: (signal = 'SIGTERM') => watch.stop(signal, STOP_TIMEOUT_MS),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Our own variables and those of the test runner must not leak into the program under test. */
function cleanEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function externalEnvironment(
  mode: AppMode,
  database: { readonly name: string; readonly uri: string },
  direct: boolean,
  redisPrefix: string,
): Record<string, string> {
  return {
    POSTGRES_URI: direct
      ? database.uri
      : `${process.env['SLUICE_TEST_PGBOUNCER'] ?? ''}/${database.name}`,
    POSTGRES_MIGRATE_URI: database.uri,
    POSTGRES_USE_PGBOUNCER: direct ? 'false' : 'true',
    REDIS_URL: process.env['SLUICE_TEST_REDIS_URL'] ?? '',
    REDIS_KEY_PREFIX: redisPrefix,
    HTTP_PROCESSES: mode === 'external-2' ? '2' : '1',
  };
}

interface ChildWatch {
  output(): string;
  readonly exited: Promise<number | null>;
  stop(signal: NodeJS.Signals, killAfterMs: number): Promise<number | null>;
}

function watchChild(child: ChildProcess): ChildWatch {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  return {
    output: () => output,
    exited,
    async stop(signal, killAfterMs) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}

async function untilReady(url: string, watch: ChildWatch): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended = false;
  void watch.exited.then(() => {
    ended = true;
  });
  while (Date.now() < deadline) {
    if (ended) throw new Error(`the program ended before it was ready:\n${watch.output()}`);
    const ready = url.startsWith('https')
      ? watch.output().includes('Sluice is ready')
      : await fetch(url)
          .then(async (response) => {
            await response.arrayBuffer();
            return response.status === 200;
          })
          .catch(() => false);
    if (ready && watch.output().includes('Sluice is ready')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not ready within ${START_TIMEOUT_MS} ms:\n${watch.output()}`);
}
