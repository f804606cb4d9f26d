/** A process id alone says nothing: ids are reused. In doubt a process is taken for running. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import {
  isRunning,
  startDateOf,
  startTimeOf,
} from '../../../../src/platform/data-dir/process-identity.ts';

describe('process identity', () => {
  test('our own is the same each time we look, and another start time is another process', async () => {
    const own = await startTimeOf(process.pid);
    assert.ok(own !== null && own !== '');
    assert.equal(await startTimeOf(process.pid), own);
    assert.equal(await isRunning(process.pid, own), true);
    assert.equal(await isRunning(process.pid, `${own}1`), false);
  });

  test(
    'the same ticks in another boot are another process',
    { skip: process.platform !== 'linux' },
    async () => {
      const [boot, ticks] = ((await startTimeOf(process.pid)) ?? '').split(':');
      assert.match(boot ?? '', /^[\da-f-]{36}$/);
      assert.equal(
        await isRunning(process.pid, `00000000-0000-0000-0000-000000000000:${ticks}`),
        false,
      );
    },
  );

  test('one that has ended is gone', async () => {
    const child = spawn('/bin/sh', ['-c', 'read -r _'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const pid = child.pid ?? 0;
    const startTime = await startTimeOf(pid);
    assert.ok(startTime !== null);
    child.stdin.end();
    await once(child, 'exit');
    assert.equal(await startTimeOf(pid), null);
    assert.equal(await isRunning(pid, startTime), false);
  });

  test('the way of systems without /proc tells the same', async () => {
    const date = await startDateOf(process.pid);
    assert.match(date ?? '', /^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
    assert.equal(await startDateOf(4_194_303), null);
  });
});
