/** `serve` with its worker beside it: jobs run, a killed worker comes back, and all of it stops together. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { JobStore } from '../../../src/platform/jobs/job-store.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { NO_ABORT, openDatabase } from '../../support/open-database.ts';
import { childrenOf, eventually } from '../../support/processes.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const LIMIT_MS = 120_000;
const KEY = { 'x-api-key': 'correct-horse-battery' };
const modes = appModes().filter((mode) => mode !== 'embedded');

for (const mode of modes) {
  describe(`the worker of serve, ${mode}`, () => {
    let app: RunningApp;
    before(async () => {
      app = await startApp({
        mode,
        environment: { WORKER_SINGLE_MODE: 'true', API_PASSWORD: KEY['x-api-key'] },
      });
    });
    after(() => app[Symbol.asyncDispose]());

    const workers = async () =>
      (await childrenOf(app.pid)).filter(({ command }) => command.endsWith('main.js worker'));
    const taskOf = async (id: string) =>
      jsonOf(await rawRequest(`${app.baseUrl}/api/v1/admin/tasks/${id}`, { headers: KEY }));

    /** A job that no version has: that a worker says so shows that one works. */
    const isWorked = async () => {
      await using database = openDatabase({ primaryUri: app.databaseUri ?? '' });
      const common = { name: 'test.nothing', queue: 'priority', owner: null, attemptsMax: 1 };
      const jobs = [{ payload: {}, key: null }];
      const [job] = await new JobStore(database).enqueue(
        { ...common, runAt: null, jobs },
        NO_ABORT,
      );
      const isFailed = async () => (await taskOf(job?.id ?? ''))['state'] === 'failed';
      assert.ok(await poll(isFailed, { everyMs: 100, timeoutMs: LIMIT_MS }), app.output());
    };

    test('runs jobs', async () => {
      assert.match(app.output(), /Worker {5}beside the server/);
      await isWorked();
      assert.equal((await workers()).length, 1);
      const counted = /^job_duration_seconds_count\{job="test.nothing",result="failed"\} 1$/m;
      await eventually('its time is measured', LIMIT_MS, async () =>
        counted.test((await rawRequest(`${app.baseUrl}/metrics`)).body.toString()),
      );
    });

    test('is started again when it is killed', async () => {
      const [{ pid } = { pid: 0 }] = await workers();
      process.kill(pid, 'SIGKILL');
      await eventually('another one', LIMIT_MS, async () => {
        const [next] = await workers();
        return next !== undefined && next.pid !== pid;
      });
      const exceptions = await rawRequest(`${app.baseUrl}/api/v1/admin/exceptions`, {
        headers: KEY,
      });
      if (mode === 'external-1')
        assert.match(exceptions.body.toString(), /a process ended unexpectedly/);
      await isWorked();
    });

    test('stops with the server', async () => {
      const [{ pid } = { pid: 0 }] = await workers();
      assert.equal(await app.stop(), 0);
      assert.throws(() => process.kill(pid, 0));
    });
  });
}
