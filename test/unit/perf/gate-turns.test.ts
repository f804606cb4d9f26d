/** Protects the gate's figures: both servers get the same share of the same seconds, and neither stays stopped. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { inTurns } from '../../../perf/gate/turns.ts';
import { cpuMicrosOf } from '../../../perf/harness/process-use.ts';

const SIGSTOP_BIT = 1n << BigInt(constants.signals.SIGSTOP - 1);
/** Half a minute and more: a busy machine gives each a twentieth of a processor. */
const LOOKS_MAX = 6000;

describe(
  'processes in turn',
  { skip: process.platform === 'linux' ? false : 'reads /proc' },
  () => {
    const children: ChildProcess[] = [];
    before(async () => {
      for (let count = 0; count < 2; count++) {
        const child = spawn(process.execPath, ['-e', 'console.log(1); for (;;);'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        children.push(child);
        if (child.stdout !== null) await once(child.stdout, 'data');
      }
    });
    after(() => children.forEach((child) => child.kill('SIGKILL')));

    const pids = (): [number, number] => [children[0]?.pid ?? 0, children[1]?.pid ?? 0];
    const state = (pid: number) =>
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    /** Stopped, or about to be: a process that waits for a processor takes the signal when it gets one, before anything else. */
    const isHeld = (pid: number) => {
      const pending = BigInt(
        `0x${/^ShdPnd:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'}`,
      );
      return state(pid) === 'T' || (pending & SIGSTOP_BIT) !== 0n;
    };

    test('two that always want to run never do at the same time, and get about as much', async () => {
      const before = pids().map(cpuMicrosOf);
      const used = () => pids().map((pid, index) => cpuMicrosOf(pid) - (before[index] ?? 0));
      let [looks, bothRan] = [0, 0];
      const watched = (async () => {
        while (looks < LOOKS_MAX && (looks < 160 || used().some((micros) => micros < 500_000))) {
          looks++;
          if (!pids().some(isHeld)) bothRan++;
          await sleep(10);
        }
      })();
      await inTurns(pids(), watched);
      const [one = 0, other = 0] = used();
      assert.ok(
        one > 200_000 && other > 200_000 && one / other > 0.33 && one / other < 3,
        `${one} and ${other} µs`,
      );
      // One thread of a process takes the signal and the others follow: a look may fall between.
      assert.ok(bothRan <= looks / 10, `${bothRan} of ${looks} looks saw both running`);
      assert.deepEqual(
        pids().map((pid) => state(pid) === 'T'),
        [false, false],
      );
    });

    test('both run again when the work fails, and one that has ended does no harm', async () => {
      await assert.rejects(inTurns(pids(), Promise.reject(new Error('no'))), /no/);
      assert.deepEqual(
        pids().map((pid) => state(pid) === 'T'),
        [false, false],
      );
      const [first, second] = children;
      first?.kill('SIGKILL');
      if (first !== undefined && first.exitCode === null && first.signalCode === null)
        await once(first, 'exit');
      await inTurns(pids(), sleep(250));
      assert.equal(state(second?.pid ?? 0) === 'T', false);
    });
  },
);
