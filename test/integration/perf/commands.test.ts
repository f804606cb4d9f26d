/** Protects the commands' manners: bad input is one clear line, and nothing is left running. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startSluice } from '../../../perf/harness/server-process.ts';

const PERF = join(import.meta.dirname, '../../../perf');

interface Ended {
  readonly code: number;
  readonly stderr: string;
}

function run(script: string, ...parameters: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PERF, script), ...parameters], { timeout: 30_000 }, (error, _stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr: stderr.trim() });
    });
  });
}

describe('bad input', () => {
  for (const [script, parameters, expected] of [
    ['run.js', ['nonsense'], /there is no scenario "nonsense"; there are manifest, .*overload/],
    ['run.js', [], /name one scenario or more, or all:\n {2}manifest /],
    ['run.js', ['manifest', '--rounds', '0'], /--rounds 0: expected a whole number from 1 to 100/],
    ['run.js', ['manifest', '--seconds', 'soon'], /--seconds soon: expected a whole number/],
    ['run.js', ['manifest', '--generator', 'hey'], /--generator hey: expected wrk, autocannon or sluice/],
    ['run.js', ['manifest', '--colour'], /--colour/],
    ['run.js', ['manifest', '--json', '/proc/nowhere/result.json'], /the folder \/proc\/nowhere is not there/],
    ['capacity.js', ['--slo', 'quick'], /--slo quick: expected one of p50, .*p95<5ms/],
    ['capacity.js', ['--scenario', 'premiere'], /"premiere" is no steady load; those are manifest, /],
  ] as const) {
    test(`${script} ${parameters.join(' ')}`, async () => {
      const { code, stderr } = await run(script, ...parameters);
      assert.equal(code, 1);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace');
    });
  }
});

describe('a server that does not start', () => {
  test('is told with its own words, and does not stay', async () => {
    const before = childrenOf(process.pid).length;
    await assert.rejects(startSluice({ environment: { PORT: '1', HTTP_IN_FLIGHT_MAX: 'many' } }), /the server ended: [^]*HTTP_IN_FLIGHT_MAX/);
    await assert.rejects(startSluice({ root: '/nowhere', environment: {} }), /the server ended: [^]*Cannot find module/);
    assert.equal(childrenOf(process.pid).length, before);
  });
});

function childrenOf(pid: number): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').includes(`) S ${pid} `);
    } catch {
      return false;
    }
  });
}
