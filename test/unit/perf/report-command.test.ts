/** Protects `npm run perf:report` as it is typed: where its files go, and one line with exit code 1 for what it cannot do. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sampleResult } from '../../support/perf-result.ts';

const COMMAND = join(import.meta.dirname, '../../../perf/report.js');
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-report-'));
  await writeFile(join(folder, 'a.json'), JSON.stringify(sampleResult(1)));
  await writeFile(join(folder, 'b.json'), JSON.stringify(sampleResult(2)));
});
after(() => rm(folder, { recursive: true, force: true }));

function report(
  ...parameters: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, ...parameters],
      { cwd: folder, timeout: 240_000 },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
        });
      },
    );
  });
}

test('both files lie beside the first result, in a folder, or under the name that was asked for', async () => {
  await mkdir(join(folder, 'there'));
  const cases: [string[], string][] = [
    [['a.json'], 'a'],
    [['a.json', 'b.json'], 'a-vs-b'],
    [['a.json', '--out', 'there'], 'there/a'],
    [['a.json', 'b.json', '--out', 'new/'], 'new/a-vs-b'],
    [['--out', 'deep/er/name', 'a.json'], 'deep/er/name'],
    [['a.json', '--out', 'named.html'], 'named'],
  ];
  for (const [parameters, base] of cases) {
    const { code, stdout, stderr } = await report(...parameters);
    assert.deepEqual([code, stdout, stderr], [0, `${base}.md\n${base}.html\n`, '']);
    assert.match(
      await readFile(join(folder, `${base}.md`), 'utf8'),
      /^# Sluice performance report/,
    );
    assert.match(await readFile(join(folder, `${base}.html`), 'utf8'), /<\/html>\n$/);
  }
});

test('bad input is one line and exit code 1, and leaves nothing half-written', async () => {
  await writeFile(join(folder, 'file'), '');
  const before = (await readdir(folder)).toSorted();
  const cases: [string[], RegExp][] = [
    [[], /^0 result files are named, expected one or two: npm run perf:report -- A\.json/],
    [['a.json', 'b.json', 'a.json'], /^3 result files are named/],
    [['a.json', '--colour'], /^Unknown option '--colour'/],
    [['none.json'], /^none\.json does not exist/],
    [['file'], /^file is not JSON/],
    [['a.json', '--out', 'file/name'], /^file\/name\.md cannot be written: /],
  ];
  for (const [parameters, message] of cases) {
    const { code, stdout, stderr } = await report(...parameters);
    const [line = '', ...rest] = stderr.trim().split('\n');
    assert.deepEqual([code, stdout, rest], [1, '', []]);
    assert.match(line, message);
  }
  assert.deepEqual((await readdir(folder)).toSorted(), before);
});
