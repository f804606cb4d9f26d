/** A worker that runs apart says how it is, at an address of its own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { JobStore } from '../../../src/platform/jobs/job-store.ts';
import { freePort } from '../../support/free-port.ts';
import { rawRequest } from '../../support/http-client.ts';
import { createJobKit, type JobKit } from '../../support/job-kit.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { startProgram, type OwnProgram } from '../../support/own-program.ts';
import { eventually } from '../../support/processes.ts';
import { promtoolFindings, skipWithoutPrometheus } from '../../support/prometheus.ts';
import { runProgram } from '../../support/run-program.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.js');
const LIMIT_MS = 60_000;

describe('WORKER_METRICS_PORT', { skip: skipWithoutPostgres }, () => {
  let kit: JobKit;
  let worker: OwnProgram;
  let port: number;
  const environment = () => ({
    POSTGRES_URI: kit.testDatabase.uri,
    SECRET_KEY: 'secret-key-of-the-worker',
    WORKER_METRICS_PORT: String(port),
  });
  const ask = (path: string) => rawRequest(`http://127.0.0.1:${port}${path}`);

  before(async () => {
    kit = await createJobKit();
    port = await freePort();
    worker = await startProgram(
      process.execPath,
      [MAIN, 'worker'],
      environment(),
      async () => (await ask('/ready')).status === 200,
    );
  });
  after(async () => {
    await worker[Symbol.asyncDispose]();
    await kit[Symbol.asyncDispose]();
  });

  test('its jobs, connections and memory are told at /metrics', async () => {
    const job = { name: 'test.nothing', queue: 'priority', owner: null, attemptsMax: 1 } as const;
    const jobs = [{ payload: {}, key: null }];
    await new JobStore(kit.database).enqueue({ ...job, runAt: null, jobs }, NO_ABORT);
    const counted = /^job_duration_seconds_count\{job="test.nothing",result="failed"\} 1$/m;
    let text = '';
    await eventually('the job is counted', LIMIT_MS, async () => {
      text = (await ask('/metrics')).body.toString();
      return counted.test(text);
    });
    assert.match(text, /^process_resident_memory_bytes \d{7,}$/m);
    assert.match(text, /^db_pool_size\{engine="primary"\} 6$/m);
    assert.match(text, /^metrics_processes\{state="answered"\} 1$/m);
    // Servers tell of the database what is the same for all; a worker's nothing would look like an empty queue.
    assert.doesNotMatch(text, /^job_queue_depth/m);
    if (skipWithoutPrometheus === false) assert.equal(promtoolFindings(Buffer.from(text)), '');
  });

  test('nothing else of the server is there', async () => {
    assert.equal((await ask('/health')).status, 200);
    for (const path of ['/manifest.json', '/api/v1/admin/metrics', '/'])
      assert.equal((await ask(path)).status, 404, path);
  });

  test('a port that is taken stops the start, in a line that names the variable', async () => {
    const second = await runProgram(['worker'], environment());
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`WORKER_METRICS_PORT=${port} is in use`));
  });
});
