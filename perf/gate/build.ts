/** The two programs that are compared, each a folder with `dist/src/main.js`: the base built in a worktree, the head copied. */
import { cp, lstat, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createHash, type Hash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import { GateError, lastLines } from './gate-error.ts';
import type { Commit, Repository } from './repository.ts';
import { runProgram } from './run-program.ts';

export interface BuildContext {
  readonly repository: Repository;
  /** Of this checkout, built. */
  readonly headRoot: string;
  /** A temporary one. */
  readonly folder: string;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

const INSTALL_TIMEOUT_MS = 10 * 60_000;
const COMPILE_TIMEOUT_MS = 5 * 60_000;
const MAIN = 'dist/src/main.js';
/** Of this checkout: not needed by a server that is measured. */
const LEFT_OUT = new Set([
  '.git',
  '.build',
  'data',
  'node_modules',
  'docs',
  'test',
  join('dist', 'test'),
]);

/** A copy, so that building again while the gate runs changes nothing. */
export async function copyHead(
  { headRoot, folder }: Pick<BuildContext, 'headRoot' | 'folder'>,
  name: string,
): Promise<string> {
  if (!existsSync(join(headRoot, MAIN)))
    throw new GateError('broken', `${MAIN} is missing: npm run build makes it`);
  const root = join(folder, name);
  await cp(headRoot, root, {
    recursive: true,
    filter: (source) => {
      const path = relative(headRoot, source);
      return !LEFT_OUT.has(path) && !path.endsWith(`${sep}node_modules`);
    },
  });
  await linkModules(headRoot, root);
  return root;
}

/**
 * Checks the commit out and compiles it; `git worktree prune` forgets the worktree once its folder is gone.
 * @throws GateError with the end of what failed
 */
export async function buildBase(commit: Commit, context: BuildContext): Promise<string> {
  const { repository, headRoot, folder, progress, signal } = context;
  const root = join(folder, 'base');
  progress(`checking out ${commit.id.slice(0, 10)}`);
  await repository.addWorktree(root, commit.id);
  if (await hasEqualFile(headRoot, root, 'package-lock.json')) await linkModules(headRoot, root);
  else {
    progress(`installing the packages of ${commit.id.slice(0, 10)}, which are others than ours`);
    await runStep(
      'its packages could not be installed',
      commit,
      'npm',
      ['ci', '--no-audit', '--no-fund'],
      root,
      INSTALL_TIMEOUT_MS,
      signal,
    );
  }
  progress(`building ${commit.id.slice(0, 10)}`);
  const compiler = join(root, 'node_modules/.bin/tsc');
  if (!existsSync(compiler))
    throw new GateError(
      'broken',
      `${nameOf(commit)} does not build: it has no TypeScript among its packages`,
    );
  await runStep(
    'does not build',
    commit,
    compiler,
    ['-p', 'tsconfig.json'],
    root,
    COMPILE_TIMEOUT_MS,
    signal,
  );
  if (!existsSync(join(root, MAIN)))
    throw new GateError(
      'incomparable',
      `${nameOf(commit)} has no server: its build made no ${MAIN}`,
    );
  await copyPage(headRoot, root);
  return root;
}

/** Whether both would run the same: compiled code, migrations and packages. Then there is nothing to measure. */
export async function areEqual(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([fingerprint(one), fingerprint(other)]);
  return first === second;
}

/** Whether a server of one works on the database of the other. */
export async function haveEqualMigrations(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map(async (root) => {
      const hash = createHash('sha1');
      await addFiles(hash, root, ['migrations']);
      return hash.digest('hex');
    }),
  );
  return first === second;
}

async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha1');
  await addFiles(hash, root, ['dist/src', 'dist/workers', 'migrations']);
  hash.update(await readFile(join(root, 'package-lock.json')).catch(() => ''));
  return hash.digest('hex');
}

/** Names and contents. */
async function addFiles(hash: Hash, root: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.toSorted())
      hash
        .update(relative(root, file))
        .update('\0')
        .update(await readFile(file))
        .update('\0');
  }
}

/** The configure page is not measured, but it lies in memory: both sides serve the head's. */
async function copyPage(headRoot: string, root: string): Promise<void> {
  const page = join(headRoot, 'web/dist');
  if (existsSync(page)) await cp(page, join(root, 'web/dist'), { recursive: true });
}

async function linkModules(headRoot: string, root: string): Promise<void> {
  const modules = join(headRoot, 'node_modules');
  if ((await lstat(modules).catch(() => null)) !== null)
    await symlink(await realpath(modules), join(root, 'node_modules'));
}

async function hasEqualFile(one: string, other: string, name: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((root) => readFile(join(root, name), 'utf8').catch(() => null)),
  );
  return first === second;
}

async function runStep(
  failure: string,
  commit: Commit,
  command: string,
  parameters: readonly string[],
  folder: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = await runProgram(command, parameters, { folder, timeoutMs, signal });
  if (end.code !== 0)
    throw new GateError('broken', `${nameOf(commit)} ${failure}: ${lastLines(end.output)}`);
}

function nameOf({ id, subject }: Commit): string {
  return `the base ${id.slice(0, 10)} (${subject})`;
}
