/** Protects the gate's figures: both servers get the same share of the same seconds, and neither stays stopped. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { inTurns } from '../../../perf/gate/turns.ts';
import { cpuMicrosOf } from '../../../perf/harness/process-use.ts';

describe('processes in turn', { skip: process.platform === 'linux' ? false : 'reads /proc' }, () => {
  const children: ChildProcess[] = [];
  before(async () => {
    for (let count = 0; count < 2; count++) {
      const child = spawn(process.execPath, ['-e', 'console.log(1); for (;;);'], { stdio: ['ignore', 'pipe', 'ignore'] });
      children.push(child);
      if (child.stdout !== null) await once(child.stdout, 'data');
    }
  });
  after(() => children.forEach((child) => child.kill('SIGKILL')));

  const pids = (): [number, number] => [children[0]?.pid ?? 0, children[1]?.pid ?? 0];
  const state = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];

  test('two that always want to run never do at the same time, and get about as much', async () => {
    const before = pids().map(cpuMicrosOf);
    let bothRan = 0;
    const watched = (async () => {
      for (let look = 0; look < 160; look++) {
        if (pids().every((pid) => state(pid) !== 'T')) bothRan++;
        await sleep(10);
      }
    })();
    await inTurns(pids(), watched);
    const [one = 0, other = 0] = pids().map((pid, index) => cpuMicrosOf(pid) - (before[index] ?? 0));
    assert.ok(one > 200_000 && other > 200_000 && one / other > 0.33 && one / other < 3, `${one} and ${other} µs`);
    // A look is at one after the other: it may fall on the change.
    assert.ok(bothRan <= 16, `${bothRan} looks saw both running`);
    assert.deepEqual(pids().map((pid) => state(pid) === 'T'), [false, false]);
  });

  test('both run again when the work fails, and one that has ended does no harm', async () => {
    await assert.rejects(inTurns(pids(), Promise.reject(new Error('no'))), /no/);
    assert.deepEqual(pids().map((pid) => state(pid) === 'T'), [false, false]);
    const [first, second] = children;
    first?.kill('SIGKILL');
    if (first !== undefined && first.exitCode === null && first.signalCode === null) await once(first, 'exit');
    await inTurns(pids(), sleep(250));
    assert.equal(state(second?.pid ?? 0) === 'T', false);
  });
});
