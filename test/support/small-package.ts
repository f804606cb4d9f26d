/** A small package with the build scripts of `tools/` and the real compiler; Vite is stood in for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const COMPILER_SETTINGS = {
  module: 'NodeNext',
  rootDir: '.',
  outDir: 'dist',
  sourceMap: true,
  skipLibCheck: true,
  types: [],
};
/** Stands in for Vite, which takes seconds. */
const BUNDLER = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  mkdirSync('web/dist', { recursive: true });
  writeFileSync('web/dist/index.html', process.env.NODE_ENV);
`;

export class SmallPackage {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<SmallPackage> {
    const small = new SmallPackage(await mkdtemp(join(tmpdir(), 'sluice-build-')));
    await mkdir(join(small.root, 'node_modules'));
    await symlink(
      join(process.cwd(), 'node_modules/typescript'),
      join(small.root, 'node_modules/typescript'),
    );
    await small.write('node_modules/vite/package.json', '{"type":"module"}');
    await small.write('node_modules/vite/bin/vite.js', BUNDLER);
    await mkdir(join(small.root, 'tools'));
    for (const script of ['tools/build.mjs', 'tools/dev.mjs'])
      await cp(script, join(small.root, script));
    await small.write('package.json', '{"type":"module"}');
    await small.write('package-lock.json', '{}');
    const base = {
      compilerOptions: COMPILER_SETTINGS,
      include: ['src', 'workers', 'native-bench', 'perf', 'test'],
    };
    await small.write('tsconfig.json', JSON.stringify(base));
    await small.write(
      'tsconfig.server.json',
      JSON.stringify({ extends: './tsconfig.json', include: ['src', 'workers'] }),
    );
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
    const run = spawnSync(process.execPath, ['tools/build.mjs', what], {
      cwd: this.root,
      encoding: 'utf8',
    });
    assert.equal(run.stdout, '', 'standard output belongs to the program that npm starts next');
    const built = [...run.stderr.matchAll(/^Building (.*) … [0-9.]+ s$/gm)].map(
      ([, title = '']) => title,
    );
    return { code: run.status, built, said: run.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
