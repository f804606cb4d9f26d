/** Protects the event loop's share of its core: V8's helper threads go behind it, the loop and what it starts do not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MODULE = join(import.meta.dirname, '../../../../src/platform/runtime/thread-priority.js');
/** Niceness of every thread, main thread first (proc(5): field 19 of stat, counted behind the command's name). */
const PROGRAM = `
import { readFileSync, readdirSync } from 'node:fs';
import { putEventLoopFirst } from ${JSON.stringify(MODULE)};
const niceness = () => readdirSync('/proc/self/task').map((id) => {
  const fields = readFileSync('/proc/self/task/' + id + '/stat', 'utf8').split(') ').at(-1).split(' ');
  return Number(fields[16]);
});
const before = niceness();
putEventLoopFirst();
console.log(JSON.stringify([before, niceness()]));`;

test(
  'five threads of V8 are lowered by ten, the main thread and libuv keep theirs',
  {
    skip:
      process.platform === 'linux' ? false : 'threads have a priority of their own on Linux only',
  },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      PROGRAM,
    ]);
    const [before, after]: [number[], number[]] = JSON.parse(stdout);
    assert.ok(before.length > 6, `${before.length} threads`);
    const [own = 0] = before;
    assert.deepEqual(
      after,
      before.map((niceness, index) => (index >= 1 && index <= 5 ? 10 : niceness)),
    );
    assert.equal(after[0], own);
  },
);
