/** Protects `npm test` itself: whatever a test file does, what ran is counted and what did not is named. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { eventually, processesMentioning } from '../support/processes.ts';

const PROGRAM = join(import.meta.dirname, '../support/fixtures/run-suite.js');
const HEAD = `import { after, describe, test } from 'node:test'; import assert from 'node:assert/strict';
  import { setImmediate as turn } from 'node:timers/promises';\n`;
const NEVER_ENDS = `setInterval(() => undefined, 1000); await new Promise(() => undefined);`;
const meets = (own: string, other: string) => `test('the other one runs, too', async () => {
    const { writeFile, access } = await import('node:fs/promises');
    await writeFile(new URL('${own}.here', import.meta.url), '');
    while (!(await access(new URL('${other}.here', import.meta.url)).then(() => true, () => false))) await turn();
  });`;
const FILES = {
  good: `describe('all well', () => { test('one', () => {}); test('two', () => {}); test('put aside', { skip: 'no engine' }, () => {}); });`,
  fails: `test('right', () => {});
    describe('a group', () => { test('wrong', () => { console.log('printed before'); assert.equal(1, 2); }); test('also right', () => {}); });`,
  crashes: `test('before', () => {}); test('ends the process', async () => { await turn(); process.exit(3); }); test('after', () => {});`,
  dies: `test('killed', async () => { await turn(); process.kill(process.pid, 'SIGKILL'); ${NEVER_ENDS} });`,
  hangs: `test('quick', () => {}); describe('deep', () => { test('waits for ever', async () => { ${NEVER_ENDS} }); test('next', () => {}); });
    test('last', () => {});`,
  spins: `test('spins', async () => { await turn(); for (;;); });`,
  'does-not-load': `throw new Error('no such part');`,
  'stays-open': `test('fine', () => {}); setInterval(() => undefined, 1000);`,
  'hook-fails': `describe('hooked', () => { after(() => { throw new Error('cannot clean up'); }); test('inside', () => {}); });`,
  'fails-late': `test('passes', () => { setTimeout(() => { throw new Error('after the end'); }, 5); });`,
  subtests: `test('parent', async (t) => { await t.test('child a', () => {}); await t.test('child b', () => { assert.fail('no'); }); });`,
  'meets-main': meets('main', 'aside'),
  'meets-aside': meets('aside', 'main'),
};
type FileName = keyof typeof FILES;

async function folderOf(names: readonly FileName[]): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-runner-test-'));
  for (const [index, name] of names.entries())
    await writeFile(join(path, `${index}-${name}.test.mjs`), HEAD + FILES[name]);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function start(folder: string, silenceMs: number) {
  const child = spawn(process.execPath, [PROGRAM, String(silenceMs), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output };
}

/** The closing line, the list of what failed above it, and everything. */
async function runOf(names: readonly FileName[], silenceMs = 60_000) {
  await using folder = await folderOf(names);
  const run = start(folder.path, silenceMs);
  const code = await run.ended;
  const lines = run.output().trimEnd().split('\n');
  const failures = lines.indexOf('What failed:');
  return {
    code,
    closing: lines.at(-1),
    bad: failures < 0 ? [] : lines.slice(failures + 1, -2),
    output: run.output(),
  };
}

describe('the test runner', () => {
  test('all well: everything is counted, the reason of a skip is said', async () => {
    const { code, closing, bad, output } = await runOf(['good']);
    assert.equal(code, 0);
    assert.equal(closing, '2 passed, 0 failed, 1 skipped');
    assert.deepEqual(bad, []);
    assert.match(output, /﹣ all well › put aside # no engine/);
  });

  test('a failed test is named with its file and groups, its error and what was printed are shown', async () => {
    const { code, closing, bad, output } = await runOf(['fails', 'good']);
    assert.equal(code, 1);
    assert.equal(closing, '4 passed, 1 failed, 1 skipped');
    assert.deepEqual(bad, ['✖ 0-fails: a group › wrong']);
    assert.match(output, /1 !== 2/);
    assert.match(output, /printed before/);
  });

  test('a file whose process ends in the middle: what passed counts, what did not end or begin is named', async () => {
    const { code, closing, bad } = await runOf(['crashes', 'dies', 'good']);
    assert.equal(code, 1);
    assert.equal(closing, '3 passed, 2 failed, 1 skipped');
    assert.deepEqual(bad, [
      "✖ 0-crashes: the file's process ended with code 3",
      '✖ 0-crashes: had begun and did not end: ends the process',
      '✖ 0-crashes: did not begin: after',
      "✖ 1-dies: the file's process ended by SIGKILL",
      '✖ 1-dies: had begun and did not end: killed',
    ]);
  });

  test('a file that hangs, spins or stays open is cut off and named; the others run', async () => {
    const { code, closing, bad } = await runOf(['hangs', 'spins', 'stays-open', 'good'], 3000);
    assert.equal(code, 1);
    assert.equal(closing, '4 passed, 3 failed, 1 skipped');
    assert.deepEqual(bad, [
      '✖ 0-hangs: cut off: no test began or ended for 3 s',
      '✖ 0-hangs: had begun and did not end: deep › waits for ever',
      '✖ 0-hangs: did not begin: last',
      '✖ 0-hangs: did not begin: deep › next',
      '✖ 1-spins: cut off: no test began or ended for 3 s',
      '✖ 1-spins: had begun and did not end: spins',
      '✖ 2-stays-open: cut off: no test began or ended for 3 s',
      '✖ 2-stays-open: no test of it is known to be unfinished: something keeps its process open or busy',
    ]);
  });

  test('failures outside of tests count, failures of subtests count once', async () => {
    const { code, closing, bad, output } = await runOf([
      'does-not-load',
      'hook-fails',
      'fails-late',
      'subtests',
      'good',
    ]);
    assert.equal(code, 1);
    assert.equal(closing, '5 passed, 4 failed, 1 skipped');
    assert.deepEqual(bad, [
      "✖ 0-does-not-load: the file's process ended with code 1",
      '✖ 1-hook-fails: hooked',
      "✖ 2-fails-late: the file's process ended with code 1",
      '✖ 3-subtests: parent › child b',
    ]);
    for (const text of [/no such part/, /cannot clean up/, /after the end/])
      assert.match(output, text);
  });

  test('a file that mostly waits runs beside the others', async () => {
    const { closing, bad } = await runOf(['meets-main', 'meets-aside', 'good']);
    assert.deepEqual([closing, bad], ['4 passed, 0 failed, 1 skipped', []]);
  });

  test('a run that is told to stop says what ran, what was cut off and what never began, and leaves no process', async () => {
    await using folder = await folderOf(['good', 'hangs', 'fails']);
    const run = start(folder.path, 600_000);
    await eventually('the first file has ended', 60_000, () => run.output().includes('0-good'));
    // The second file hangs once its first test has passed; nothing of that is printed before it ends.
    await eventually(
      'the second file runs',
      60_000,
      async () => (await processesMentioning(`${folder.path}/1-hangs`)).length > 0,
    );
    run.child.kill('SIGTERM');
    assert.equal(await run.ended, 1);
    const lines = run.output().trimEnd().split('\n');
    assert.match(lines.at(-1) ?? '', /^[23] passed, [12] failed, 1 skipped$/);
    assert.ok(lines.includes('✖ 1-hangs: cut off: the run was ended by SIGTERM'), run.output());
    assert.ok(lines.includes('✖ 2-fails: the file never began'));
    assert.deepEqual(await processesMentioning(folder.path), []);
  });
});
