/** House rules that no linter has: file and folder names, words, docs that tell the truth. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ERRORS } from '../../src/lib/errors.ts';
import { trackedFiles } from '../support/tracked-files.ts';

const CODE = /^(src|workers|test|perf|native-bench)\/.*\.ts$/;

async function offenders(
  files: RegExp,
  pattern: RegExp,
  except: (path: string) => boolean = () => false,
) {
  const found: string[] = [];
  for (const path of await trackedFiles(files)) {
    if (except(path)) continue;
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines.forEach((line, index) => {
      if (pattern.test(line)) found.push(`${path}:${index + 1}: ${line.trim().slice(0, 100)}`);
    });
  }
  return found;
}

test('no barrels and no junk-drawer folders', async () => {
  const bad = (await trackedFiles(/./)).filter(
    (path) =>
      /(^|\/)index\.(ts|js)$/.test(path) || /(^|\/)(utils?|helpers?|common|shared)\//.test(path),
  );
  assert.deepEqual(bad, []);
});

test('file names are kebab-case and every source file says what lives there', async () => {
  for (const path of await trackedFiles(CODE)) {
    assert.match(path, /\/[a-z0-9.-]+\.ts$/);
    if (path.endsWith('.test.ts')) continue;
    const source = await readFile(path, 'utf8');
    assert.match(source, /^(#!.*\n)?\/\*\*/, `${path} starts with a comment on what lives in it`);
  }
});

test('no unfinished marks and no silenced compiler errors', async () => {
  const self = (path: string) => path === 'test/architecture/tidy.test.ts';
  assert.deepEqual(await offenders(CODE, /\b(TODO|FIXME|XXX|HACK)\b/, self), []);
  assert.deepEqual(await offenders(CODE, /@ts-(ignore|nocheck|expect-error)/, self), []);
});

test('lines stay within 130 characters, in tests and measurements within 150', async () => {
  assert.deepEqual(await offenders(/^(src|workers)\/.*\.ts$/, /^.{131,}$/u), []);
  assert.deepEqual(await offenders(CODE, /^.{151,}$/u), []);
});

test('the environment is read in one file of the program', async () => {
  const home = (path: string) => path === 'src/platform/config/env.ts';
  assert.deepEqual(await offenders(/^(src|workers)\/.*\.ts$/, /process\.env\b/, home), []);
});

test('only the response file writes to HttpResponse', async () => {
  const home = (path: string) => path.startsWith('src/http/');
  assert.deepEqual(
    await offenders(/^src\/.*\.ts$/, /\.(writeStatus|writeHeader|endWithoutBody|tryEnd)\(/, home),
    [],
  );
});

test('SQL stands in store files and the database platform only', async () => {
  const home = (path: string) =>
    /\/store(-[a-z-]+)?\.ts$/.test(path) || path.startsWith('src/platform/');
  const statement = /sql`|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+[a-z_*]+/;
  assert.deepEqual(await offenders(/^src\/.*\.ts$/, statement, home), []);
});

test('our code never answers 5xx except 503, and every error code is documented', async () => {
  const docs = await readFile('docs/errors.md', 'utf8');
  for (const [code, spec] of Object.entries(ERRORS)) {
    assert.ok(spec.status < 500 || spec.status === 503, `${code} has status ${spec.status}`);
    assert.ok(docs.includes(`\`${code}\``), `docs/errors.md explains ${code}`);
  }
});

test('the image gives Node.js the flags that npm start gives it', async () => {
  const { scripts }: { scripts: { start: string } } = JSON.parse(
    await readFile('package.json', 'utf8'),
  );
  const entrypoint = /^ENTRYPOINT (.*)$/m.exec(await readFile('Dockerfile', 'utf8'))?.[1] ?? '[]';
  assert.equal(
    ['exec', ...(JSON.parse(entrypoint) as string[])].join(' '),
    scripts.start.split(' && ').at(-1),
  );
});

test('a decision has at most 600 words; what else matters stands on the page of its topic', async () => {
  for (const path of await trackedFiles(/^docs\/decisions\/.*\.md$/)) {
    const words = (await readFile(path, 'utf8')).split(/\s+/).filter((word) => word !== '').length;
    assert.ok(words <= 600, `${path} has ${words} words`);
  }
});

test('nothing is cited that is not in the repository: documents by name, sections of unnamed ones', async () => {
  const files = await trackedFiles(/./);
  const exists = (cited: string) =>
    files.some((path) => `/${path}`.endsWith(`/${cited.replace(/^(\.\.?\/)+/, '')}`));
  const missing: string[] = [];
  for (const path of await trackedFiles(/\.(ts|tsx|mjs|md|sql)$/)) {
    if (path.endsWith('.test.ts') || path.startsWith('perf/results/')) continue;
    // Commands name files that they make.
    const text = (await readFile(path, 'utf8')).replaceAll(
      path.endsWith('.md') ? /```[^]*?```|`[^`]*`/g : /(?!)/g,
      '',
    );
    const documents = [...text.matchAll(/(?<![\w:/.<>-])[\w./-]*\w\.md\b/g)]
      .map(([name]) => name)
      .filter((name) => !exists(name));
    const decisions = [...text.matchAll(/docs\/decisions\/\d{4}\b(?!-)/g)].map(
      ([name]) => `${name} (no whole name)`,
    );
    const sections = [
      ...text.matchAll(/\b(?:reference|design|dependencies):? sections? [\d.]+/gi),
    ].map(([name]) => name);
    missing.push(...[...documents, ...decisions, ...sections].map((name) => `${path}: ${name}`));
  }
  assert.deepEqual(missing, []);
});

/** Lines of comments that say something: not blank ones, tags of docstrings, and usage, which is indented. */
const SAYS_SOMETHING = /^\s*(?:\/\/|\/?\*+)\s{0,2}[^\s/@*]/;

test('a comment has two lines at most, the one at the top of a file four', async () => {
  const long: string[] = [];
  for (const path of await trackedFiles(CODE)) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    let start = 0;
    for (let at = 0; at <= lines.length; at++) {
      if (at < lines.length && /^\s*(?:\/\*\*|\*|\/\/)/.test(lines[at] ?? '')) continue;
      const count = lines.slice(start, at).filter((line) => SAYS_SOMETHING.test(line)).length;
      if (count > (start === 0 ? 4 : 2)) long.push(`${path}:${start + 1}: ${count} lines`);
      start = at + 1;
    }
  }
  assert.deepEqual(long, []);
});
