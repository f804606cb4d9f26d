/** The key that a self-hoster never has to choose: generated once, kept in DATA_DIR, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { makeFolder } from './make-folder.ts';

const FILE = 'secret-key';
const KEY_BYTES = 32;

/**
 * The key in `dataDir`, made now if there is none. Processes that start together get the same one.
 * @throws StartError when the folder cannot be written, or the file holds no key
 */
export async function readSecretKey(dataDir: string): Promise<string> {
  const path = join(resolve(dataDir), FILE);
  try {
    await makeFolder(resolve(dataDir));
    const key = (await readExisting(path)) ?? (await createKey(path));
    if (/^[\w-]{16,512}$/.test(key)) return key;
  } catch (error) {
    const reason =
      error instanceof Error
        ? 'code' in error
          ? String(error.code)
          : error.message
        : String(error);
    throw new StartError(
      `SECRET_KEY is not set, and none can be kept in ${path} (${reason}): expected SECRET_KEY, or another DATA_DIR`,
    );
  }
  throw new StartError(
    `SECRET_KEY is not set, and ${path} holds no key: set SECRET_KEY, or remove the file (installed addresses die)`,
  );
}

async function readExisting(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Written beside and linked into place: nobody reads half a key, and the first of several wins. */
async function createKey(path: string): Promise<string> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    await link(mine, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(mine);
  }
  return (await readExisting(path)) ?? '';
}
