/**
 * Where the embedded server keeps its files. Usually DATA_DIR/postgres; outside of it when we are root
 * and the server's user cannot reach DATA_DIR (a clone under /root), remembered in DATA_DIR.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { lockDataDir } from '../data-dir/lock.ts';
import { makeFolder } from '../data-dir/make-folder.ts';
import { isReachableFor, serverUser, type ServerUser } from './server-user.ts';

export interface ServerHome extends AsyncDisposable {
  /** Who runs the server. */
  readonly user: ServerUser;
  /** The user's own folder, which holds the two below. */
  readonly own: string;
  /** The cluster itself. */
  readonly cluster: string;
  readonly logs: string;
  /** For binaries that have to be copied; the user can read there. */
  readonly shared: string;
  /** Owner-only file with the password of the role `sluice`. */
  readonly passwordFile: string;
}

/** Survives reboots, unlike the temporary folders. */
const SYSTEM_HOME = '/var/lib/sluice';
/** In DATA_DIR, only when the files are outside of it. */
const LOCATION_NOTE = 'postgres-location';

/** @throws StartError when there is no place that the server's user can use */
export async function openServerHome(dataDir: string): Promise<ServerHome> {
  const base = await baseFolder(dataDir);
  // A copy of DATA_DIR leads to the same place outside: one of the two may run.
  const lock = base === dataDir ? null : await lockDataDir(base);
  try {
    const own = join(base, 'postgres');
    const user = await serverUser(own);
    await takeFolder(own, user);
    return {
      user,
      own,
      cluster: join(own, 'cluster'),
      logs: join(own, 'log'),
      shared: base,
      // Beside the cluster, which may lie outside of DATA_DIR: one is useless without the other.
      passwordFile: join(base, 'postgres-password'),
      async [Symbol.asyncDispose]() {
        await lock?.[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lock?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where the files of an installation are, whether or not there are any; nothing is made. */
export async function findServerFiles(
  dataDir: string,
): Promise<Pick<ServerHome, 'cluster' | 'passwordFile'>> {
  const remembered = await readFile(join(dataDir, LOCATION_NOTE), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  const base =
    remembered === ''
      ? await realpath(dataDir).catch(() => dataDir)
      : await rememberedFolder(dataDir, remembered);
  return { cluster: join(base, 'postgres/cluster'), passwordFile: join(base, 'postgres-password') };
}

async function baseFolder(dataDir: string): Promise<string> {
  const remembered = await readFile(join(dataDir, LOCATION_NOTE), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (remembered !== '') return rememberedFolder(dataDir, remembered);
  const user = await serverUser(join(dataDir, 'postgres'));
  if (await isReachableFor(user, dataDir)) return dataDir;
  if (existsSync(join(dataDir, 'postgres/cluster'))) throw outOfReach(dataDir, user);
  return outsideFolder(dataDir, user);
}

async function rememberedFolder(dataDir: string, remembered: string): Promise<string> {
  try {
    return await realpath(remembered);
  } catch (error) {
    throw new StartError(
      `DATA_DIR=${JSON.stringify(dataDir)} keeps its database in ${remembered}, which cannot be read ` +
        `(${codeOf(error)}): expected it there; remove ${join(dataDir, LOCATION_NOTE)} to begin with an empty one`,
    );
  }
}

/** One per DATA_DIR, named after its path. The umask of a cautious root must not close it. */
async function outsideFolder(dataDir: string, user: ServerUser): Promise<string> {
  const given = join(SYSTEM_HOME, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  const expected =
    'expected a DATA_DIR whose parents others may enter (chmod o+x), or POSTGRES_URI';
  try {
    await makeFolder(given);
    await chmod(SYSTEM_HOME, 0o755);
    await chmod(given, 0o755);
  } catch (error) {
    throw new StartError(
      `DATA_DIR=${JSON.stringify(dataDir)} is closed to the user of PostgreSQL, and ${given} cannot be made ` +
        `(${codeOf(error)}): ${expected}`,
    );
  }
  const outside = await realpath(given);
  if (!(await isReachableFor(user, outside))) throw outOfReach(outside, user);
  await writeFile(join(dataDir, LOCATION_NOTE), `${outside}\n`);
  return outside;
}

async function takeFolder(own: string, user: ServerUser): Promise<void> {
  try {
    await makeFolder(own);
    await chmod(own, 0o700);
    if (user !== null) await chown(own, user.uid, user.gid);
  } catch (error) {
    throw new StartError(
      `the folder ${own} of the embedded PostgreSQL cannot be used (${codeOf(error)}): ` +
        'expected Sluice to be started by the user who started it first, or by root',
    );
  }
}

function outOfReach(folder: string, user: ServerUser): StartError {
  return new StartError(
    `DATA_DIR: user ${String(user?.uid)}, who runs the embedded PostgreSQL, cannot enter ${folder}: ` +
      'expected it and its parents to be open to others (chmod o+rx)',
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
