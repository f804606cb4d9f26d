/** Leases over real processes: one load for all of them, and a quick successor when its leader is killed. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually, uniquePrefix } from '../support/cache-parts.ts';
import type { CacheOrder, CacheReport } from '../support/fixtures/cache-process.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];
const skip = redisUrl === undefined ? 'needs SLUICE_TEST_REDIS_URL' : false;
const FIXTURE = join(import.meta.dirname, '../support/fixtures/cache-process.js');

interface CacheProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly reports: CacheReport[];
  send(order: CacheOrder): void;
  answers(): Extract<CacheReport, { is: 'answers' }> | undefined;
  loads(): number;
}

async function startCacheProcess(keyPrefix: string): Promise<CacheProcess> {
  const child = fork(FIXTURE, [redisUrl ?? '', keyPrefix], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const reports: CacheReport[] = [];
  child.on('message', (report: CacheReport) => reports.push(report));
  const process_: CacheProcess = {
    child,
    reports,
    send: (order) => void child.send(order),
    answers: () => reports.find((report) => report.is === 'answers'),
    loads: () => reports.filter(({ is }) => is === 'loading').length,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.send({ do: 'dispose', key: '', count: 0, loadMs: 0 } satisfies CacheOrder);
      const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const [code] = await exited;
      clearTimeout(timer);
      assert.equal(code, 0, 'a disposed cache leaves nothing open, the process ends by itself');
    },
  };
  await eventually('a ready process', () => reports.some(({ is }) => is === 'ready'));
  return process_;
}

describe('one cold key over two processes', { skip }, () => {
  it('500 concurrent requests make one load', async () => {
    const prefix = uniquePrefix();
    await using first = await startCacheProcess(prefix);
    await using second = await startCacheProcess(prefix);
    const order: CacheOrder = { do: 'get', key: 'tt1254207', count: 250, loadMs: 150 };
    first.send(order);
    second.send(order);
    await eventually(
      'both answers',
      () => first.answers() !== undefined && second.answers() !== undefined,
    );
    assert.equal(first.loads() + second.loads(), 1);
    assert.deepEqual(first.answers()?.values, second.answers()?.values);
    const commands = (first.answers()?.commands ?? 0) + (second.answers()?.commands ?? 0);
    assert.ok(commands <= 40, `${commands} commands for 500 requests`);
  });

  it('when the process that loads is killed, the other follows within the lease, with one more load', async () => {
    const prefix = uniquePrefix();
    await using first = await startCacheProcess(prefix);
    await using second = await startCacheProcess(prefix);
    first.send({ do: 'get', key: 'k', count: 250, loadMs: 60_000 });
    await eventually('the leader', () => first.loads() === 1);
    second.send({ do: 'get', key: 'k', count: 250, loadMs: 50 });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(second.loads(), 0, 'a renewed lease outlives its first TTL');
    const killedAt = Date.now();
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await eventually('the answers of the successor', () => second.answers() !== undefined);
    assert.equal(first.loads() + second.loads(), 2);
    assert.deepEqual(second.answers()?.values, [`by ${second.child.pid}`]);
    const tookMs = Date.now() - killedAt;
    assert.ok(
      tookMs < 30_000,
      `took ${tookMs} ms; the lease ends after 2,000, the load of the killed one after 60,000`,
    );
  });
});
