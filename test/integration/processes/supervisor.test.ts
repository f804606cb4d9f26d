/** The supervisor: respawn, backoff, drain, and no orphans. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { StartError } from '../../../src/lib/start-error.ts';
import { assertPortFree } from '../../../src/platform/processes/port-free.ts';
import { superviseChildren, type Supervisor } from '../../../src/platform/processes/supervisor.ts';
import { startFixture } from '../../support/child-lines.ts';
import { freePort } from '../../support/free-port.ts';
import { childrenOf, eventually, processesMentioning } from '../../support/processes.ts';
import { createTestLogger, type LoggedLine } from '../../support/test-logger.ts';

interface Supervision {
  readonly lines?: LoggedLine[];
  readonly readyTimeoutMs?: number;
}

function supervise(
  behaviour: string,
  tag: string,
  { lines = [], readyTimeoutMs = 120_000 }: Supervision = {},
): Promise<Supervisor> {
  return superviseChildren({
    count: 2,
    module: join(import.meta.dirname, '../../support/fixtures/supervised-child.js'),
    parameters: [behaviour, tag],
    environment: { PATH: process.env['PATH'] ?? '' },
    readyTimeoutMs,
    logger: createTestLogger(lines),
  });
}

const own = async (tag: string) =>
  (await childrenOf(process.pid)).filter(({ command }) => command.includes(tag));

/** Kills one child and waits until another has taken its place. */
async function replaceOne(tag: string): Promise<void> {
  const [victim] = await own(tag);
  assert.ok(victim);
  process.kill(victim.pid, 'SIGKILL');
  await eventually('two children, the dead one replaced', 60_000, async () => {
    const now = await own(tag);
    return now.length === 2 && now.every(({ pid }) => pid !== victim.pid);
  });
}

describe('supervisor', () => {
  test('starts a killed child again, later each time while it dies young, and drains all', async () => {
    const tag = randomUUID();
    const lines: LoggedLine[] = [];
    const supervisor = await supervise('obedient', tag, { lines });
    // Three of two places: one place at least has lost its child twice.
    for (let round = 0; round < 3; round += 1) await replaceOne(tag);
    await supervisor.drain(5000);
    assert.deepEqual(await own(tag), []);
    assert.ok(
      lines.every(({ fields }) => fields['reason'] === 'SIGKILL'),
      JSON.stringify(lines),
    );
    const pauses = lines.map(({ fields }) => Number(fields['respawnInMs']));
    assert.equal(pauses[0], 100);
    assert.ok(Math.max(...pauses) >= 200, pauses.join());
  });

  test('kills children that do not end by the deadline', async () => {
    const tag = randomUUID();
    const supervisor = await supervise('stubborn', tag);
    const startedAt = performance.now();
    await supervisor.drain(300);
    assert.ok(performance.now() - startedAt >= 290);
    assert.deepEqual(await own(tag), []);
  });

  test('draining ends a child that is just being started again', async () => {
    const tag = randomUUID();
    const lines: LoggedLine[] = [];
    const supervisor = await supervise('obedient', tag, { lines });
    const [victim] = await own(tag);
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await eventually('its death was noticed', 60_000, () => lines.length === 1);
    // Between 0 and 125 ms later: within the pause, in the fork, before the child is ready.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 125));
    await supervisor.drain(5000);
    assert.deepEqual(await own(tag), []);
  });

  test('fails as a whole when a child ends before it is ready', async () => {
    const tag = randomUUID();
    await assert.rejects(supervise('fail', tag), /ended before it was ready \(exit code 3\)/);
    assert.deepEqual(await own(tag), []);
  });

  test('fails as a whole, without leftovers, when one of two fails', async () => {
    const tag = randomUUID();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-one-fails-'));
    await assert.rejects(supervise(`one-fails:${join(folder, 'taken')}`, tag), /\(exit code 4\)/);
    assert.deepEqual(await own(tag), []);
    await rm(folder, { recursive: true });
  });

  test('fails as a whole when children never say that they are ready', async () => {
    const tag = randomUUID();
    await assert.rejects(
      supervise('silent', tag, { readyTimeoutMs: 400 }),
      /not ready within 400 ms/,
    );
    assert.deepEqual(await own(tag), []);
  });

  for (const behaviour of ['obedient', 'hangs', 'silent']) {
    test(`children that are ${behaviour} do not outlive a supervisor that is killed`, async () => {
      const tag = randomUUID();
      const parent = startFixture('supervisor-parent', [tag, behaviour]);
      parent.firstLine.catch(() => undefined);
      await eventually(
        'two children',
        60_000,
        async () => (await childrenOf(parent.child.pid ?? 0)).length === 2,
      );
      if (behaviour !== 'silent') assert.equal(await parent.firstLine, 'ready');
      parent.child.kill('SIGKILL');
      await parent.exited;
      await eventually(
        'the children have ended',
        60_000,
        async () => (await processesMentioning(tag)).length === 0,
      );
    });
  }
});

describe('a port that processes are to share', () => {
  test('in use is refused by name, on every address that overlaps', async () => {
    const port = await freePort();
    for (const [listener, wanted] of [
      ['127.0.0.1', '127.0.0.1'],
      ['0.0.0.0', '127.0.0.1'],
      ['127.0.0.1', '0.0.0.0'],
    ] as const) {
      await assertPortFree(wanted, port);
      const server = createServer().listen(port, listener);
      await once(server, 'listening');
      await assert.rejects(assertPortFree(wanted, port), new RegExp(`PORT=${port} .*is in use`));
      server.close();
      await once(server, 'close');
    }
  });

  test('on an address that is not of this machine is refused', async () => {
    await assert.rejects(
      assertPortFree('203.0.113.7', 8000),
      (error) =>
        error instanceof StartError &&
        /HOST=203\.0\.113\.7 cannot be taken \(EADDRNOTAVAIL\)/.test(error.message),
    );
  });
});
