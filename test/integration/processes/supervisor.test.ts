/** The supervisor: respawn, backoff, drain, and no orphans. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertPortFree } from '../../../src/platform/processes/port-free.ts';
import { superviseChildren, type Supervisor } from '../../../src/platform/processes/supervisor.ts';
import { startFixture } from '../../support/child-lines.ts';
import { freePort } from '../../support/free-port.ts';
import { childrenOf, eventually, processesMentioning } from '../../support/processes.ts';
import { createTestLogger } from '../../support/test-logger.ts';

function supervise(behaviour: string, tag: string): Promise<Supervisor> {
  return superviseChildren({
    count: 2, module: join(import.meta.dirname, '../../support/fixtures/supervised-child.js'), parameters: [behaviour, tag],
    environment: { PATH: process.env['PATH'] ?? '' }, readyTimeoutMs: 10_000, logger: createTestLogger(),
  });
}

const own = async (tag: string) => (await childrenOf(process.pid)).filter(({ command }) => command.includes(tag));

describe('supervisor', () => {
  test('starts a killed child again, and drains all', async () => {
    const tag = randomUUID();
    const supervisor = await supervise('obedient', tag);
    const [victim] = await own(tag);
    assert.ok(victim);
    process.kill(victim.pid, 'SIGKILL');
    await eventually('two children, the dead one replaced', 5000, async () => {
      const now = await own(tag);
      return now.length === 2 && now.every(({ pid }) => pid !== victim.pid);
    });
    await supervisor.drain(5000);
    assert.deepEqual(await own(tag), []);
  });

  test('kills children that do not end by the deadline', async () => {
    const tag = randomUUID();
    const supervisor = await supervise('stubborn', tag);
    const startedAt = performance.now();
    await supervisor.drain(300);
    assert.ok(performance.now() - startedAt >= 290);
    assert.deepEqual(await own(tag), []);
  });

  test('fails as a whole when a child ends before it is ready', async () => {
    const tag = randomUUID();
    await assert.rejects(supervise('fail', tag), /ended before it was ready \(exit code 3\)/);
    assert.deepEqual(await own(tag), []);
  });

  test('children do not outlive a supervisor that is killed', async () => {
    const tag = randomUUID();
    const parent = startFixture('supervisor-parent', [tag]);
    assert.equal(await parent.firstLine, 'ready');
    assert.equal((await childrenOf(parent.child.pid ?? 0)).length, 2);
    parent.child.kill('SIGKILL');
    await parent.exited;
    await eventually('the children have ended', 5000, async () => (await processesMentioning(tag)).length === 0);
  });

  test('a port in use is refused by name before processes share it', async () => {
    const port = await freePort();
    await assertPortFree('127.0.0.1', port);
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await assert.rejects(assertPortFree('127.0.0.1', port), new RegExp(`PORT=${port} .*is in use`));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
