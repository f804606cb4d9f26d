/**
 * Jobs that do nothing, from the waiting row to the written end, beside the same number of ids through Graphile Worker alone;
 * and how long a single one takes from enqueue to start. `p50Us` of the first two is the time of one job of a batch.
 */
import { once, EventEmitter } from 'node:events';
import { Logger as EngineLogger, run } from 'graphile-worker';
import { Pool } from 'pg';
import { z } from 'zod';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { NEVER_CANCELLED } from '../src/lib/async/cancel.ts';
import { defineJob, handleJob } from '../src/platform/jobs/definition.ts';
import { installEngine } from '../src/platform/jobs/engine.ts';
import { StoredJobQueue } from '../src/platform/jobs/job-queue.ts';
import { JobStore } from '../src/platform/jobs/job-store.ts';
import { JobWorker } from '../src/platform/jobs/worker.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { openDatabase } from '../test/support/open-database.ts';
import { startTestPostgres } from '../test/support/postgres-server.ts';
import { createTestLogger } from '../test/support/test-logger.ts';
import type { Contender, ContenderSuite, Sample } from './suite.ts';

const BATCH = 5000;
const WARM_UP = 500;
const AT_ONCE = 16;
const SINGLE = 50;
const CONNECT_TIMEOUT_MS = 10_000;
const WHOLE = `${BATCH} jobs, ${AT_ONCE} at a time`;
const ALONE = `${BATCH} ids, Graphile Worker alone`;

const nothing = defineJob({
  name: 'bench.nothing',
  queue: 'default',
  payload: z.object({}),
  timeoutMs: 60_000,
});

export async function openJobQueueBench(): Promise<ContenderSuite> {
  const stack = new DisposeStack();
  try {
    const { uri } = stack.use(await startTestPostgres());
    await prepare(uri);
    return {
      name: 'Job queue, one worker',
      contenders: [...ours(uri, stack), alone(uri)],
      // Two statements more are waited for: 5 to 7 times on a busy machine.
      bars: [{ task: WHOLE, metric: 'p50Us', against: ALONE, ratioMax: 12 }],
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function prepare(uri: string): Promise<void> {
  const limits = { deadlineMs: 60_000, lockTimeoutMs: CONNECT_TIMEOUT_MS };
  const options = { ...limits, connectTimeoutMs: CONNECT_TIMEOUT_MS, signal: NEVER_CANCELLED };
  await migrate({ uri, directory: 'migrations', ...options }, createTestLogger());
  await installEngine({ uri, connectTimeoutMs: CONNECT_TIMEOUT_MS }, createTestLogger());
}

/** The whole path, in batches and one by one. */
function ours(uri: string, stack: DisposeStack): readonly Contender[] {
  const database = stack.use(openDatabase({ primaryUri: uri, connectionsMax: 8 }));
  const queue = new StoredJobQueue(new JobStore(database));
  const begun = new EventEmitter();
  const handler = handleJob(nothing, () => {
    begun.emit('job', performance.now());
    return Promise.resolve(undefined);
  });
  const start = async (): Promise<JobWorker> => {
    const queues = [{ name: 'default', concurrency: AT_ONCE }] as const;
    const worker = new JobWorker({
      database,
      engine: { uri, connectTimeoutMs: CONNECT_TIMEOUT_MS, isPooled: false, queues },
      handlers: [handler],
      scheduler: null,
      onEnded: () => undefined,
      onDeaf: () => undefined,
      logger: createTestLogger(),
    });
    await worker.start();
    return worker;
  };
  const batch = async (size: number): Promise<Sample> => {
    await queue.enqueueMany(
      nothing,
      Array.from({ length: size }, () => ({})),
      NEVER_CANCELLED,
    );
    const startedAt = performance.now();
    const all = seen(begun, size);
    // The end of the worker is a part of it: then the ends of all jobs are written.
    await using worker = await start();
    await all;
    await worker[Symbol.asyncDispose]();
    return perJob(performance.now() - startedAt, size);
  };
  return [
    {
      name: WHOLE,
      warmUp: () => batch(WARM_UP).then(() => undefined),
      measure: () => batch(BATCH),
    },
    {
      name: 'enqueue to start, one by one',
      warmUp: () => Promise.resolve(),
      measure: async () => {
        await using worker = await start();
        const times: number[] = [];
        while (times.length < SINGLE) {
          const startedAt = performance.now();
          const next = once(begun, 'job');
          await queue.enqueue(nothing, {}, NEVER_CANCELLED);
          const [at] = (await next) as [number];
          times.push((at - startedAt) * 1000);
        }
        await worker[Symbol.asyncDispose]();
        times.sort((one, other) => one - other);
        const at = (share: number) => times[Math.floor(SINGLE * share)] ?? null;
        return { p50Us: at(0.5), p99Us: at(0.99), loopUs: null, cpuUs: null, perS: null };
      },
    },
  ];
}

function alone(uri: string): Contender {
  const begun = new EventEmitter();
  const batch = async (size: number): Promise<Sample> => {
    const pool = new Pool({ connectionString: uri, max: 6 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    await pool.query(
      `select graphile_worker.add_jobs(array(
        select row('bench', '{}'::json, null, null, null, null, null, null)::graphile_worker.job_spec from generate_series(1, $1)))`,
      [size],
    );
    const startedAt = performance.now();
    const all = seen(begun, size);
    const runner = await run({
      pgPool: pool,
      logger: new EngineLogger(() => () => undefined),
      noHandleSignals: true,
      concurrency: AT_ONCE,
      parsedCronItems: [],
      taskList: { bench: () => void begun.emit('job', performance.now()) },
      preset: {
        worker: {
          localQueue: { size: AT_ONCE + 50, ttl: 1000 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
    await all;
    await runner.stop();
    const elapsedMs = performance.now() - startedAt;
    await pool.end();
    return perJob(elapsedMs, size);
  };
  return {
    name: ALONE,
    warmUp: () => batch(WARM_UP).then(() => undefined),
    measure: () => batch(BATCH),
  };
}

function seen(begun: EventEmitter, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    const one = () => {
      left -= 1;
      if (left > 0) return;
      begun.off('job', one);
      resolve();
    };
    begun.on('job', one);
  });
}

function perJob(elapsedMs: number, jobs: number): Sample {
  const p50Us = (elapsedMs * 1000) / jobs;
  return { p50Us, p99Us: null, loopUs: null, cpuUs: null, perS: (jobs / elapsedMs) * 1000 };
}
