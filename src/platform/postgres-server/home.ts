/**
 * Where the embedded server keeps its files. Usually DATA_DIR/postgres; outside of it when we are root
 * and the server's user cannot reach DATA_DIR (a clone under /root), remembered in DATA_DIR.
 */
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isReachableFor, type ServerUser } from './server-user.ts';

export interface ServerHome {
  /** The cluster itself. */
  readonly cluster: string;
  readonly logs: string;
  /** For binaries that have to be copied; readable by the server's user. */
  readonly shared: string;
  /** Owner-only file with the password of the role `sluice`. */
  readonly passwordFile: string;
}

/** Survives reboots, unlike the temporary folders. */
const SYSTEM_HOME = '/var/lib/sluice';

export async function openServerHome(dataDir: string, user: ServerUser): Promise<ServerHome> {
  const base = await baseFolder(dataDir, user);
  const own = join(base, 'postgres');
  await mkdir(own, { recursive: true });
  await chmod(own, 0o700);
  if (user !== null) await chown(own, user.uid, user.gid);
  return {
    cluster: join(own, 'cluster'),
    logs: join(own, 'log'),
    shared: base,
    // Beside the cluster, which may lie outside of DATA_DIR: one is useless without the other.
    passwordFile: join(base, 'postgres-password'),
  };
}

async function baseFolder(dataDir: string, user: ServerUser): Promise<string> {
  const note = join(dataDir, 'postgres-location');
  const remembered = await readFile(note, 'utf8').then((text) => text.trim(), () => '');
  if (remembered !== '') {
    await mkdir(remembered, { recursive: true });
    return remembered;
  }
  if (await isReachableFor(user, dataDir)) return dataDir;
  const outside = join(SYSTEM_HOME, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  await mkdir(outside, { recursive: true, mode: 0o755 });
  await writeFile(note, `${outside}\n`);
  return outside;
}
