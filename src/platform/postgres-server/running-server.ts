/** The embedded server of another process on the same DATA_DIR, for those who only read. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { clusterProcesses, readPostmasterFile } from './cluster-processes.ts';
import { DATABASE_NAME, readPassword } from './cluster.ts';
import { findServerFiles } from './home.ts';

/**
 * Its URI; null when it does not run.
 * @throws StartError when DATA_DIR holds no database at all, or its password cannot be read
 */
export async function findRunningServer(dataDir: string): Promise<string | null> {
  const files = await findServerFiles(resolve(dataDir));
  if (!existsSync(files.cluster)) {
    throw new StartError(
      `DATA_DIR=${JSON.stringify(dataDir)} holds no database, and POSTGRES_URI is not set: expected one of them to lead to one`,
    );
  }
  const postmaster = await readPostmasterFile(files.cluster);
  if (
    postmaster?.status !== 'ready' ||
    !(await clusterProcesses(files.cluster)).includes(postmaster.pid)
  )
    return null;
  const password = await readPassword(files);
  return `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${postmaster.port}/${DATABASE_NAME}`;
}
