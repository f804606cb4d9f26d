/**
 * Import boundaries with dependency-cruiser. It cannot parse TypeScript 7, so it is given two views
 * that it can read: every source file reduced to its imports (types included) for the boundary
 * rules, and the compiled program for run-time cycles.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { trackedFiles } from '../support/tracked-files.ts';

const IMPORT = /^\s*(?:import|export)\s(?:type\s)?(?:[^'"]*?\sfrom\s)?'([^']+)';/gm;
const DYNAMIC = /\bimport\('([^']+)'\)/g;

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** The file as a list of plain imports, types included. */
export function importsOnly(source: string): string {
  const specifiers = [...source.matchAll(IMPORT), ...source.matchAll(DYNAMIC)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => `import '${specifier.replace(/\.ts$/, '.js')}';\n`).join('');
}

async function cruise(folder: string, rules: 'boundaries' | 'cycles'): Promise<string[]> {
  const binary = join(process.cwd(), 'node_modules/.bin/depcruise');
  const config = join(process.cwd(), '.dependency-cruiser.cjs');
  const folders =
    rules === 'boundaries'
      ? ['src', 'workers']
      : ['src', 'workers', 'test', 'perf', 'native-bench'];
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      binary,
      ['--config', config, '--output-type', 'json', ...folders],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        stdout === '' ? reject(error ?? new Error(stderr)) : resolve(stdout),
    );
  });
  const { summary } = JSON.parse(output) as {
    summary: { violations: Violation[]; totalCruised: number };
  };
  assert.ok(summary.totalCruised > 10, 'dependency-cruiser saw the tree');
  return summary.violations
    .filter(({ rule }) => (rule.name === 'no-cycles') === (rules === 'cycles'))
    .map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`);
}

async function withImportView(
  files: ReadonlyMap<string, string>,
  run: (folder: string) => Promise<void>,
) {
  // Inside the repository, so that packages resolve; `.build` is ignored by git.
  await mkdir('.build', { recursive: true });
  const folder = await mkdtemp(join(process.cwd(), '.build/imports-'));
  try {
    for (const [path, source] of files) {
      const target = join(folder, path.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, importsOnly(source));
    }
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of await trackedFiles(/^(src|workers|test|perf|native-bench)\/.*\.ts$/)) {
    files.set(path, await readFile(path, 'utf8'));
  }
  return files;
}

test('imports keep the direction app → features → (platform, http) → lib', async () => {
  await withImportView(await sources(), async (folder) => {
    assert.deepEqual(await cruise(folder, 'boundaries'), []);
  });
});

test('there is no import cycle at run time', async () => {
  assert.deepEqual(await cruise(join(import.meta.dirname, '../..'), 'cycles'), []);
});

test('the boundary rules see a planted violation of each kind', async () => {
  const planted = new Map([
    ...(await sources()),
    ['src/lib/planted.ts', `import type { Logger } from '../platform/log/logger.ts';`],
    ['src/platform/planted.ts', `import type { Route } from '../http/route.ts';`],
    ['src/http/planted.ts', `import postgres from 'postgres';`],
    ['src/features/planted/service.ts', `import { X } from '../../platform/db/database.ts';`],
    ['src/features/planted/rows.ts', `import { createAddon } from '../addon/feature.ts';`],
    ['src/features/planted/settings.ts', `import type { Api } from '../../app/api.ts';`],
    ['src/app/planted.ts', `import { AddonService } from '../features/addon/service.ts';`],
    ['workers/planted.ts', `import type { Logger } from '../src/platform/log/logger.ts';`],
  ]);
  await withImportView(planted, async (folder) => {
    const rules = (await cruise(folder, 'boundaries')).map((line) => line.replace(/: .*→.*/, ''));
    for (const rule of [
      'lib-is-a-leaf',
      'platform-knows-no-feature',
      'sql-only-in-stores',
      'workers-use-lib-only',
      'only-app-opens-the-door',
      'app-enters-by-the-door',
      'features-see-platform-http-and-lib',
    ]) {
      assert.ok(rules.includes(rule), `${rule} in ${rules.join(', ')}`);
    }
    assert.ok(
      rules.some((rule) => rule.startsWith('one-home-per-driver')),
      rules.join(', '),
    );
  });
});

test('every feature has its door, and app/compose*.ts opens it', async () => {
  const files = await trackedFiles(/^src\/app\/compose[a-z-]*\.ts$/);
  const texts = await Promise.all([...files].map((file) => readFile(file, 'utf8')));
  const compose = texts.join('\n');
  const folders = new Set(
    (await trackedFiles(/^src\/features\/[^/]+\//)).map((path) => path.split('/')[2]),
  );
  assert.ok(folders.size >= 7, [...folders].join(', '));
  for (const folder of folders) {
    assert.ok(compose.includes(`'../features/${folder}/feature.ts'`), `${folder} is not composed`);
  }
});
