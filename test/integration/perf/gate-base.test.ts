/** Protects how the base is built: from any revision, with a clear reason when it cannot be, and with nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openBaseData } from '../../../perf/gate/base-data.ts';
import { areEqual, buildBase, copyHead } from '../../../perf/gate/build.ts';
import { messageOf } from '../../../perf/gate/gate-error.ts';
import { Repository } from '../../../perf/gate/repository.ts';
import { openWorktrees } from '../../../perf/gate/worktrees.ts';
import { DisposeStack } from '../../../src/lib/async/dispose-stack.ts';
import { packagePath } from '../../../src/platform/config/package-root.ts';
import { eventually, listProcesses } from '../../support/processes.ts';

const CONFIGURATION = JSON.stringify({
  compilerOptions: {
    rootDir: '.',
    outDir: 'dist',
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    types: [],
  },
  include: ['src'],
});
const TINY = { name: 'tiny', version: '1.0.0' };
const LOCK = JSON.stringify({
  ...TINY,
  lockfileVersion: 3,
  requires: true,
  packages: { '': TINY },
});
const SOURCES = {
  'package.json': JSON.stringify({ ...TINY, type: 'module' }),
  'package-lock.json': LOCK,
  'tsconfig.json': CONFIGURATION,
  'src/main.ts': 'export const answer: number = 1;\n',
  '.gitignore': 'node_modules\ndist\n',
};

interface Tiny extends AsyncDisposable {
  readonly folder: string;
  /** Where the gate makes its temporary folders. */
  readonly scratch: string;
  git(...parameters: string[]): string;
  commit(files: Readonly<Record<string, string>>): Promise<void>;
}

/** A repository with a program of one file, built, and our packages. */
async function tinyRepository(): Promise<Tiny> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-tiny-'));
  const [folder, scratch] = [join(home, 'repository'), join(home, 'scratch')];
  await mkdir(folder);
  await mkdir(scratch);
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const commit = async (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    git('add', '-A');
    git(
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.org',
      'commit',
      '-q',
      '--no-verify',
      '-m',
      'a commit',
    );
  };
  git('init', '-q', '-b', 'main');
  await commit(SOURCES);
  await symlink(packagePath('node_modules'), join(folder, 'node_modules'));
  // Of the head, which is built already when the gate begins.
  await mkdir(join(folder, 'dist/src'), { recursive: true });
  await writeFile(join(folder, 'dist/src/main.js'), 'export const answer = 1;\n');
  return {
    folder,
    scratch,
    git,
    commit,
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** Everything that the gate does before it measures. */
async function build(
  tiny: Tiny,
  revision: string,
  act: (base: string, head: string) => Promise<void>,
  signal = new AbortController().signal,
) {
  await using stack = new DisposeStack();
  const repository = new Repository(tiny.folder, signal);
  stack.defer(() => repository.pruneWorktrees());
  const { folder } = stack.use(await openWorktrees(tiny.scratch));
  const context = { repository, headRoot: tiny.folder, folder, progress: () => undefined, signal };
  await act(
    await buildBase(await repository.commitOf(revision), context),
    await copyHead(context, 'head'),
  );
}

async function assertNothingLeft(tiny: Tiny): Promise<void> {
  assert.deepEqual(await readdir(tiny.scratch), []);
  assert.equal(tiny.git('worktree', 'list').trim().split('\n').length, 1);
}

async function complaint(tiny: Tiny, revision: string): Promise<string> {
  const said = await build(tiny, revision, () => Promise.resolve()).then(
    () => 'nothing was wrong',
    messageOf,
  );
  await assertNothingLeft(tiny);
  return said;
}

test('the base is built from its own sources, the head is a copy, and both are gone afterwards', async () => {
  await using tiny = await tinyRepository();
  await tiny.commit({ 'src/main.ts': 'export const answer: number = 2;\n' });
  await writeFile(join(tiny.folder, 'dist/src/main.js'), 'export const answer = 2;\n');
  await build(tiny, 'HEAD~1', async (base, head) => {
    assert.match(await readFile(join(base, 'dist/src/main.js'), 'utf8'), /answer = 1/);
    assert.match(await readFile(join(head, 'dist/src/main.js'), 'utf8'), /answer = 2/);
    assert.ok(
      existsSync(join(base, 'node_modules/typescript')),
      'packages are linked where the lock file is the same',
    );
    assert.equal(await areEqual(base, head), false);
    assert.equal(tiny.git('worktree', 'list').trim().split('\n').length, 2);
  });
  await assertNothingLeft(tiny);
});

test('builds that differ in documents only are the same server', async () => {
  await using tiny = await tinyRepository();
  await tiny.commit({ 'docs/a.md': 'text' });
  await build(tiny, 'HEAD~1', async (base, head) => assert.equal(await areEqual(base, head), true));
  await tiny.commit({ 'migrations/0001_a.sql': 'select 1;' });
  await build(tiny, 'HEAD~1', async (base, head) =>
    assert.equal(await areEqual(base, head), false),
  );
});

test('a revision that does not exist, in a whole clone and in a shallow one', async () => {
  await using tiny = await tinyRepository();
  assert.equal(await complaint(tiny, 'nowhere'), 'there is no revision "nowhere"');
  assert.equal(await complaint(tiny, '--force'), 'there is no revision "--force"');
  assert.equal(await complaint(tiny, 'HEAD^'), 'there is no revision "HEAD^"');
  await tiny.commit({ 'src/main.ts': 'export {};\n' });
  const shallow = join(tiny.scratch, '../shallow');
  execFileSync('git', ['clone', '-q', '--depth', '1', `file://${tiny.folder}`, shallow], {
    stdio: 'ignore',
  });
  const repository = new Repository(shallow, new AbortController().signal);
  await assert.rejects(
    repository.commitOf('HEAD^'),
    /there is no revision "HEAD\^": this clone is shallow \(git fetch --unshallow/,
  );
});

test('a folder that is no checkout', async () => {
  await using tiny = await tinyRepository();
  const repository = new Repository(tiny.scratch, new AbortController().signal);
  await assert.rejects(
    repository.commitOf('HEAD'),
    /this is no git checkout: there is no revision to compare with/,
  );
});

test('a base that does not compile is told with the end of what the compiler said', async () => {
  await using tiny = await tinyRepository();
  await tiny.commit({ 'src/main.ts': 'export const answer: number = "two";\n' });
  const said = await complaint(tiny, 'HEAD');
  assert.match(said, /^the base [0-9a-f]{10} \(a commit\) does not build: .*src\/main\.ts.*TS2322/);
  assert.ok(!said.includes('\n'));
});

test('a base that makes no server, one without a compiler, one whose packages do not install', async () => {
  await using tiny = await tinyRepository();
  tiny.git('mv', 'src/main.ts', 'src/other.ts');
  await tiny.commit({});
  assert.match(
    await complaint(tiny, 'HEAD'),
    /has no server: its build made no dist\/src\/main\.js$/,
  );
  await tiny.commit({ 'package-lock.json': `${LOCK}\n` });
  await writeFile(join(tiny.folder, 'package-lock.json'), LOCK);
  assert.match(
    await complaint(tiny, 'HEAD'),
    /does not build: it has no TypeScript among its packages$/,
  );
  await tiny.commit({ 'package-lock.json': 'no lock file' });
  await writeFile(join(tiny.folder, 'package-lock.json'), LOCK);
  assert.match(await complaint(tiny, 'HEAD'), /its packages could not be installed: /);
});

test('an interrupted build ends its programs and leaves nothing', async () => {
  await using tiny = await tinyRepository();
  const stop = new AbortController();
  const building = build(
    tiny,
    'HEAD',
    () => Promise.reject(new Error('it was not interrupted')),
    stop.signal,
  );
  await eventually('the compiler runs', 60_000, async () => (await compilersOf(tiny)) > 0);
  stop.abort(new Error('interrupted'));
  await assert.rejects(building, /^Error: interrupted$/);
  await assertNothingLeft(tiny);
  assert.equal(await compilersOf(tiny), 0);
});

async function compilersOf(tiny: Tiny): Promise<number> {
  return (await listProcesses()).filter(
    ({ command }) => command.includes(tiny.scratch) && command.includes('tsc'),
  ).length;
}

test('what a killed run left is taken away by the next one: folder, worktree, processes', async () => {
  await using tiny = await tinyRepository();
  const program = `
    import { openWorktrees } from ${JSON.stringify(packagePath('dist/perf/gate/worktrees.js'))};
    import { spawn } from 'node:child_process';
    const { folder } = await openWorktrees(${JSON.stringify(tiny.scratch)});
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder + '/x'], { detached: true, stdio: 'ignore' });
    console.log(JSON.stringify({ folder, pid: child.pid }));
    setInterval(() => {}, 1000);`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) =>
    killed.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString())),
  );
  const { folder, pid } = JSON.parse(line) as { folder: string; pid: number };
  tiny.git('worktree', 'add', '-q', '--detach', join(folder, 'base'), 'HEAD');
  await build(tiny, 'HEAD', () => Promise.resolve());
  assert.ok(existsSync(folder), 'a run that is alive is left alone');
  const ended = new Promise((resolve) => killed.once('exit', resolve));
  killed.kill('SIGKILL');
  await ended;
  await build(tiny, 'HEAD', () => Promise.resolve());
  await eventually(
    'the abandoned process ends',
    60_000,
    async () => !(await listProcesses()).some((one) => one.pid === pid),
  );
  await assertNothingLeft(tiny);
});

test('temporary files of a run lie in its folder, and elsewhere again afterwards', async () => {
  await using tiny = await tinyRepository();
  const before = tmpdir();
  const worktrees = await openWorktrees(tiny.scratch);
  assert.equal(tmpdir(), worktrees.folder);
  await worktrees[Symbol.asyncDispose]();
  assert.equal(tmpdir(), before);
  assert.ok(!existsSync(worktrees.folder));
});

test('a base with other migrations gets a database of its own, filled by its own code, or it is told why not', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-migrations-'));
  const roots = { base: join(home, 'base'), head: join(home, 'head') };
  const options = { seed: null, folder: null, needsRedis: false, progress: () => undefined };
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  };
  try {
    for (const side of ['base', 'head']) await write(`${side}/migrations/0001-a.sql`, 'SELECT 1');
    assert.equal(await openBaseData(roots, options), null, 'one for both');
    await write('head/migrations/0002-b.sql', 'SELECT 2');
    await assert.rejects(openBaseData(roots, options), (error: unknown) => {
      assert.match(messageOf(error), /its build made no dist\/perf\/harness\/bench-data\.js/);
      return true;
    });
    await write('base/package.json', JSON.stringify({ type: 'module' }));
    await write(
      'base/dist/perf/harness/bench-data.js',
      'export const openBenchData = async ({ seed }) => ({ postgresUri: `base ${seed}` });\n',
    );
    assert.equal((await openBaseData(roots, options))?.postgresUri, 'base null');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
