/** DATA_DIR: created when missing, checked, and held by one running instance. */
import { access, constants, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { lockDataDir } from './lock.ts';
import { makeFolder } from './make-folder.ts';

export interface DataDir extends AsyncDisposable {
  /** Absolute, symbolic links resolved. */
  readonly path: string;
}

/** @throws StartError when it cannot be used, or another instance uses it */
export async function openDataDir(given: string): Promise<DataDir> {
  const path = await usableDirectory(given);
  const lock = await lockDataDir(path);
  return { path, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
}

async function usableDirectory(given: string): Promise<string> {
  const expected = 'expected a directory that can be created, read and written';
  try {
    await makeFolder(resolve(given));
    const path = await realpath(resolve(given));
    if (!(await stat(path)).isDirectory()) throw new Error('not a directory');
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    const reason =
      error instanceof Error
        ? 'code' in error
          ? String(error.code)
          : error.message
        : String(error);
    throw new StartError(
      `DATA_DIR=${JSON.stringify(given)} cannot be used (${reason}): ${expected}`,
    );
  }
}
