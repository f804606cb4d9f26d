/** The cluster on disk: made once by initdb, checked on every start. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { StartError } from '../../lib/start-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ServerHome } from './home.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

/** Role and database that Sluice uses. */
export const DATABASE_NAME = 'sluice';

const SETUP_PREFIX = 'setup-';

/**
 * Makes the cluster when there is none; true when it did. It is made beside its place and renamed, so
 * that a start which was killed half-way leaves no half cluster.
 * @throws StartError for a cluster of another major version, and when initdb fails (disk full)
 */
export async function ensureCluster(
  home: ServerHome,
  binaries: PostgresBinaries,
  signal: CancelSignal,
): Promise<boolean> {
  await removeSetupFolders(home);
  if (existsSync(home.cluster)) {
    await checkVersion(home, binaries);
    return false;
  }
  const setupFolder = await mkdtemp(join(home.own, SETUP_PREFIX));
  try {
    if (home.user !== null) await chown(setupFolder, home.user.uid, home.user.gid);
    const password = randomBytes(24).toString('base64url');
    await makeCluster(setupFolder, password, home, binaries, signal);
    await writeDurably(home.passwordFile, password, null);
    await rename(join(setupFolder, 'cluster'), home.cluster);
  } finally {
    await rm(setupFolder, { recursive: true, force: true });
  }
  return true;
}

/**
 * Neither program syncs, which takes 0.3 s off the first start here and far more off one on a slow disk:
 * `syncCluster` does so behind the running server.
 */
async function makeCluster(
  setupFolder: string,
  password: string,
  { user }: ServerHome,
  { root }: PostgresBinaries,
  signal: CancelSignal,
): Promise<void> {
  const draft = join(setupFolder, 'cluster');
  const passwordFile = join(setupFolder, 'password');
  const inputFile = join(setupFolder, 'create-database');
  await writeDurably(passwordFile, password, user);
  await writeDurably(inputFile, `CREATE DATABASE ${DATABASE_NAME}\n`, user);
  await runProgram(
    {
      executable: join(root, 'bin/initdb'),
      user,
      parameters: [
        '-D',
        draft,
        '-U',
        DATABASE_NAME,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ],
    },
    signal,
  );
  await runProgram(
    {
      executable: join(root, 'bin/postgres'),
      user,
      inputFile,
      parameters: ['--single', '-F', '-c', 'exit_on_error=on', '-D', draft, 'postgres'],
    },
    signal,
  );
}

/** Writes a new cluster's files through to the disk. */
export async function syncCluster(
  home: ServerHome,
  binaries: PostgresBinaries,
  signal: CancelSignal,
): Promise<void> {
  const executable = join(binaries.root, 'bin/initdb');
  await runProgram(
    { executable, user: home.user, parameters: ['--sync-only', '-D', home.cluster] },
    signal,
  );
  await syncFolder(home.own);
}

/** @throws StartError when the file has gone: the password is stored nowhere else */
export async function readPassword(home: Pick<ServerHome, 'passwordFile'>): Promise<string> {
  try {
    return (await readFile(home.passwordFile, 'utf8')).trim();
  } catch {
    throw new StartError(
      `${home.passwordFile} cannot be read: expected the password of the embedded PostgreSQL, written on its first start`,
    );
  }
}

async function checkVersion({ cluster }: ServerHome, binaries: PostgresBinaries): Promise<void> {
  const found = await readFile(join(cluster, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
  const major = binaries.version.split('.')[0] ?? '';
  if (found === major) return;
  throw new StartError(
    found === null
      ? `DATA_DIR: ${cluster} has no readable PG_VERSION: expected a whole PostgreSQL cluster, or no such folder`
      : `DATA_DIR holds a cluster of PostgreSQL ${found} in ${cluster}, this build brings ${major}: ` +
          'expected the same major version (dump with the old build, restore with this one)',
  );
}

/** Of starts that were killed; one of their programs may still be ending. */
async function removeSetupFolders({ own }: ServerHome): Promise<void> {
  const names = (await readdir(own)).filter((name) => name.startsWith(SETUP_PREFIX));
  await Promise.all(
    names.map((name) =>
      rm(join(own, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
    ),
  );
}

/** For the owner's eyes only: `user`, or ourselves when null. */
async function writeDurably(path: string, text: string, user: ServerUser): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (user !== null) await file.chown(user.uid, user.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
