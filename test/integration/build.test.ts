import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const COMPILER_SETTINGS = { module: 'NodeNext', rootDir: '.', outDir: 'dist', sourceMap: true, skipLibCheck: true, types: [] };
/** Stands in for Vite, which takes seconds. */
const BUNDLER = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  mkdirSync('web/dist', { recursive: true });
  writeFileSync('web/dist/index.html', process.env.NODE_ENV);
`;

/** A small package with the real build script and the real compiler. */
class SmallPackage {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<SmallPackage> {
    const small = new SmallPackage(await mkdtemp(join(tmpdir(), 'sluice-build-')));
    await mkdir(join(small.root, 'node_modules'));
    await symlink(join(process.cwd(), 'node_modules/typescript'), join(small.root, 'node_modules/typescript'));
    await small.write('node_modules/vite/package.json', '{"type":"module"}');
    await small.write('node_modules/vite/bin/vite.js', BUNDLER);
    await mkdir(join(small.root, 'tools'));
    await cp('tools/build.mjs', join(small.root, 'tools/build.mjs'));
    await small.write('package.json', '{"type":"module"}');
    await small.write('package-lock.json', '{}');
    const base = { compilerOptions: COMPILER_SETTINGS, include: ['src', 'workers', 'native-bench', 'perf', 'test'] };
    await small.write('tsconfig.json', JSON.stringify(base));
    await small.write('tsconfig.server.json', JSON.stringify({ extends: './tsconfig.json', include: ['src', 'workers'] }));
    for (const folder of ['src', 'workers', 'native-bench', 'perf', 'test']) {
      await small.write(`${folder}/main.ts`, `export const folder: string = '${folder}';\n`);
    }
    await small.write('web/index.html', '<p>page</p>');
    return small;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): Promise<string> {
    return readFile(join(this.root, path), 'utf8');
  }

  remove(path: string): Promise<void> {
    return rm(join(this.root, path), { recursive: true });
  }

  build(what: 'server' | 'everything'): { code: number | null; built: string[]; said: string } {
    const run = spawnSync(process.execPath, ['tools/build.mjs', what], { cwd: this.root, encoding: 'utf8' });
    assert.equal(run.stdout, '', 'standard output belongs to the program that npm starts next');
    const built = [...run.stderr.matchAll(/^Building (.*) … [0-9.]+ s$/gm)].map(([, title = '']) => title);
    return { code: run.status, built, said: run.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

test('npm start compiles the server and the page only, and nothing at all when nothing has changed', async () => {
  await using small = await SmallPackage.create();
  assert.deepEqual(small.build('server').built, ['the server', 'the configure page']);
  assert.ok(small.has('dist/src/main.js') && small.has('dist/workers/main.js') && !small.has('dist/test/main.js'));
  assert.equal(await small.read('web/dist/index.html'), 'production');
  assert.deepEqual(small.build('server'), { code: 0, built: [], said: '' });
});

test('whatever is built for tests serves npm start, too, but not the other way round', async () => {
  await using small = await SmallPackage.create();
  assert.deepEqual(small.build('everything').built, ['server, tests and measurements', 'the configure page']);
  assert.ok(small.has('dist/test/main.js'));
  assert.deepEqual(small.build('server').built, []);
  await small.write('src/main.ts', 'export const changed = 1;\n');
  assert.deepEqual(small.build('server').built, ['the server']);
  assert.match(await small.read('dist/src/main.js'), /changed/);
  // Back to what the tests were compiled with: their stamp fits again, the server's output does not.
  await small.write('src/main.ts', "export const folder: string = 'src';\n");
  assert.deepEqual(small.build('everything').built, ['server, tests and measurements']);
  assert.match(await small.read('dist/src/main.js'), /folder/);
});

test('every input counts: sources, settings, the lock file, the page', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  await small.write('workers/more.ts', 'export const more = 1;\n');
  assert.deepEqual(small.build('server').built, ['the server']);
  await small.write('web/index.html', '<p>another page</p>');
  assert.deepEqual(small.build('server').built, ['the configure page']);
  await small.write('package-lock.json', '{"lockfileVersion":3}');
  assert.deepEqual(small.build('server').built, ['the server', 'the configure page']);
  await small.remove('dist');
  assert.deepEqual(small.build('server').built, ['the server']);
});

test('what was compiled from a source that is gone is removed', async () => {
  await using small = await SmallPackage.create();
  await small.write('test/old.ts', 'export const old = 1;\n');
  small.build('everything');
  assert.ok(small.has('dist/test/old.js'));
  await small.remove('test/old.ts');
  small.build('everything');
  assert.ok(!small.has('dist/test/old.js') && !small.has('dist/test/old.js.map') && small.has('dist/test/main.js'));
});

test('a build that fails says what the compiler said, and is not taken for one that was done', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  const sound = await small.read('src/main.ts');
  await small.write('src/main.ts', 'export const wrong: number = "text";\n');
  const failed = small.build('server');
  assert.equal(failed.code, 1);
  assert.match(failed.said, /src\/main\.ts\(1,14\): error TS2322/);
  await small.write('src/main.ts', sound);
  assert.deepEqual(small.build('server').built, ['the server'], 'although the sources are those of the last good build');
});

test('a package without compiler says in one line what to do, and needs none where everything is built', async () => {
  await using small = await SmallPackage.create();
  small.build('server');
  await small.remove('node_modules/typescript');
  assert.deepEqual(small.build('server'), { code: 0, built: [], said: '' });
  await small.write('src/main.ts', 'export const changed = 1;\n');
  const { code, said } = small.build('server');
  assert.equal(code, 1);
  assert.equal(said, 'the server cannot be built: node_modules/typescript/bin/tsc is missing, npm ci installs it\n');
});
