/** Protects the machine of whoever measures: a server ends with us, and stopping it is heard by nobody else. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { test } from 'node:test';
import { leaveServerCore } from '../../../perf/harness/pinned.ts';
import { startServer } from '../../../perf/harness/server-process.ts';
import { startFixture } from '../../support/child-lines.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually, listProcesses } from '../../support/processes.ts';

const PROGRAM =
  "require('node:http').createServer((_, answer) => answer.end()).listen(+process.argv[1], '127.0.0.1')";

async function groupOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

test('a server has a process group of its own: a shell that ends sends SIGHUP to groups in which somebody is stopped', async () => {
  const port = await freePort();
  await using server = await startServer(['-e', PROGRAM, String(port)], port, '/', {});
  assert.equal(await groupOf(server.pid), server.pid);
  assert.notEqual(await groupOf(process.pid), server.pid);
});

test('a server does not outlive a program that leaves without closing it', async () => {
  const owner = startFixture('perf-server-owner', []);
  const pid = Number(await owner.firstLine);
  assert.ok(pid > 0);
  assert.equal(await owner.exited, 130);
  await eventually(
    'the server has ended',
    60_000,
    async () => !(await listProcesses()).some((one) => one.pid === pid),
  );
});

async function coresOf(pid: number): Promise<string> {
  return (
    /^Cpus_allowed_list:\s*(\S+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  );
}

const canPin = cpus().length > 1 && existsSync('/usr/bin/taskset');

test(
  'a server has its core to itself',
  { skip: canPin ? false : 'one core, or no taskset' },
  async () => {
    leaveServerCore();
    leaveServerCore();
    const last = cpus().length - 1;
    assert.equal(await coresOf(process.pid), last === 1 ? '1' : `1-${last}`);
    const port = await freePort();
    await using server = await startServer(['-e', PROGRAM, String(port)], port, '/', {});
    assert.equal(await coresOf(server.pid), '0');
  },
);
