/** Protects the commands' manners: bad input is one clear line, and nothing is left running. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startSluice } from '../../../perf/harness/server-process.ts';
import { eventually, listProcesses, type ProcessFacts } from '../../support/processes.ts';

const PERF = join(import.meta.dirname, '../../../perf');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, ...parameters: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PERF, script), ...parameters],
      { timeout: 300_000 },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          stdout: stdout.trim(),
          stderr: stderr.trim(),
        });
      },
    );
  });
}

describe('bad input', () => {
  for (const [script, parameters, expected] of [
    ['run.js', ['nonsense'], /there is no scenario "nonsense"; there are manifest, .*overload/],
    ['run.js', [], /name one scenario or more, or all:\n {2}manifest /],
    ['run.js', ['manifest', '--rounds', '0'], /--rounds 0: expected a whole number from 1 to 100/],
    ['run.js', ['manifest', '--seconds', 'soon'], /--seconds soon: expected a whole number/],
    [
      'run.js',
      ['manifest', '--generator', 'hey'],
      /--generator hey: expected wrk, autocannon or sluice/,
    ],
    [
      'run.js',
      ['manifest', '--colour'],
      /^Unknown option '--colour'; accepted: npm run perf .*--soak-minutes 10/,
    ],
    [
      'capacity.js',
      ['--colour'],
      /^Unknown option '--colour'; accepted: npm run perf:capacity .*--slo/,
    ],
    [
      'run.js',
      ['manifest', '--json', '/proc/nowhere/result.json'],
      /the folder \/proc\/nowhere is not there/,
    ],
    ['capacity.js', ['--slo', 'quick'], /--slo quick: expected one of p50, .*p95<5ms/],
    [
      'capacity.js',
      ['--scenario', 'premiere'],
      /"premiere" is no steady load; those are manifest, /,
    ],
  ] as const) {
    test(`${script} ${parameters.join(' ')}`, async () => {
      const { code, stderr } = await run(script, ...parameters);
      assert.equal(code, 1);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\n {4}at /, 'no stack trace');
    });
  }
});

describe('--help', () => {
  for (const script of ['run', 'capacity', 'compare', 'report', 'milestone', 'gate']) {
    test(`of ${script}.js says how it is called, on standard output`, async () => {
      const { code, stdout, stderr } = await run(`${script}.js`, '--help');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^npm run perf.* \[?--/);
    });
  }
});

describe('a server that does not start', () => {
  test('is told with its own words, and does not stay', async () => {
    const before = childrenOf(process.pid).length;
    await assert.rejects(
      startSluice({ environment: { PORT: '1', HTTP_IN_FLIGHT_MAX: 'many' } }),
      /the server ended: [^]*HTTP_IN_FLIGHT_MAX/,
    );
    await assert.rejects(
      startSluice({ root: '/nowhere', environment: {} }),
      /the server ended: [^]*Cannot find module/,
    );
    assert.equal(childrenOf(process.pid).length, before);
  });
});

/** Children, their children, and so on. */
async function descendantsOf(pid: number): Promise<readonly ProcessFacts[]> {
  const all = await listProcesses();
  const found: ProcessFacts[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter(({ parentPid }) => parents.includes(parentPid));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

describe('a run that is interrupted', () => {
  for (const [signal, said] of [
    ['SIGINT', 'Ctrl-C'],
    ['SIGHUP', 'a terminal that is closed'],
  ] as const) {
    test(`by ${said} ends in order and leaves no process behind`, async (t) => {
      const child = spawn(process.execPath, [join(PERF, 'run.js'), 'manifest', '--seconds', '30'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.stderr.resume();
      t.after(() => {
        child.kill('SIGKILL');
      });
      let started: readonly ProcessFacts[] = [];
      await eventually('server, database and load run', 240_000, async () => {
        started = await descendantsOf(child.pid ?? 0);
        return [/main\.js/, /postgres/, /wrk|autocannon|generator/].every((name) =>
          started.some(({ command }) => name.test(command)),
        );
      });
      child.kill(signal);
      assert.equal(await ended, 130);
      const pids = new Set(started.map(({ pid }) => pid));
      await eventually(
        'all have ended',
        60_000,
        async () => !(await listProcesses()).some(({ pid }) => pids.has(pid)),
      );
    });
  }
});

function childrenOf(pid: number): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').includes(`) S ${pid} `);
      } catch {
        return false;
      }
    });
}
