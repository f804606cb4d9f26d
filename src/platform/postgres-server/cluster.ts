/** The cluster on disk: made once by initdb, checked on every start. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ServerHome } from './home.ts';
import type { ServerUser } from './server-user.ts';

/** Role and database that Sluice uses. */
export const DATABASE_NAME = 'sluice';

const ERROR_CHARS_MAX = 600;

/**
 * Makes the cluster when there is none; true when it did. It is made beside its place and renamed, so
 * that a start which was killed half-way leaves no half cluster.
 * @throws StartError for a cluster of another major version, and when initdb fails (disk full)
 */
export async function ensureCluster(home: ServerHome, binaries: PostgresBinaries, user: ServerUser): Promise<boolean> {
  if (existsSync(join(home.cluster, 'PG_VERSION'))) {
    await checkVersion(home, binaries);
    return false;
  }
  const draft = await mkdtemp(`${home.cluster}.new-`);
  if (user !== null) await chown(draft, user.uid, user.gid);
  const password = randomBytes(24).toString('base64url');
  const passwordCopy = join(draft, '..', `.password-${process.pid}`);
  try {
    await writeFile(passwordCopy, password, { mode: 0o600 });
    if (user !== null) await chown(passwordCopy, user.uid, user.gid);
    // Without a sync here and with one behind the first start (`syncCluster`): 0.3 s sooner.
    await run(binaries, 'initdb', [
      '-D', draft, '-U', DATABASE_NAME, '-A', 'scram-sha-256', `--pwfile=${passwordCopy}`, '-E', 'UTF8',
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-sync', '--no-instructions',
    ], user);
    await run(binaries, 'postgres', ['--single', '-D', draft, 'postgres'], user, `CREATE DATABASE ${DATABASE_NAME}\n`);
    await writeFile(home.passwordFile, password, { mode: 0o600 });
    await chmod(home.passwordFile, 0o600);
    await rm(home.cluster, { recursive: true, force: true });
    await rename(draft, home.cluster);
  } finally {
    await rm(passwordCopy, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
  return true;
}

/** Writes a new cluster's files through to the disk; meant to run behind the first start. */
export function syncCluster(home: ServerHome, binaries: PostgresBinaries, user: ServerUser): Promise<void> {
  return run(binaries, 'initdb', ['--sync-only', '-D', home.cluster], user);
}

/** @throws StartError when the file has gone: the password is stored nowhere else */
export async function readPassword(home: ServerHome): Promise<string> {
  try {
    return (await readFile(home.passwordFile, 'utf8')).trim();
  } catch {
    throw new StartError(
      `${home.passwordFile} cannot be read: expected the password of the embedded PostgreSQL, written on its first start`,
    );
  }
}

async function checkVersion(home: ServerHome, binaries: PostgresBinaries): Promise<void> {
  const found = (await readFile(join(home.cluster, 'PG_VERSION'), 'utf8')).trim();
  const major = binaries.version.split('.')[0] ?? '';
  if (found === major) return;
  throw new StartError(
    `DATA_DIR holds a cluster of PostgreSQL ${found} in ${home.cluster}, this build brings ${major}: ` +
      'expected the same major version (dump with the old build, restore with this one)',
  );
}

function run(
  binaries: PostgresBinaries, program: string, parameters: readonly string[], user: ServerUser, input = '',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(binaries.root, 'bin', program), parameters, {
      ...user, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, stdio: ['pipe', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => { errors = (errors + chunk.toString()).slice(-ERROR_CHARS_MAX); });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error) => reject(new StartError(`PostgreSQL's ${program} cannot be run: ${error.message}`)));
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`PostgreSQL's ${program} failed: ${errors.trim().replaceAll('\n', ' | ')}`));
    });
  });
}
