/** The embedded server of another process on the same DATA_DIR, for those who only read. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { clusterProcesses, readPostmasterFile } from './cluster-processes.ts';
import { DATABASE_NAME, readPassword } from './cluster.ts';
import { findServerFiles } from './home.ts';

/** Whether DATA_DIR holds the files of an embedded server, running or not. */
export async function holdsServer(dataDir: string): Promise<boolean> {
  return existsSync((await findServerFiles(resolve(dataDir))).cluster);
}

/**
 * Its URI; null when it does not run.
 * @throws StartError when its password cannot be read
 */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  const files = await findServerFiles(resolve(dataDir));
  if (!existsSync(files.cluster)) return null;
  const postmaster = await readPostmasterFile(files.cluster);
  if (
    postmaster?.status !== 'ready' ||
    !(await clusterProcesses(files.cluster)).includes(postmaster.pid)
  )
    return null;
  const password = await readPassword(files);
  return `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${postmaster.port}/${DATABASE_NAME}`;
}
