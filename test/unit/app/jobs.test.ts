/** Jobs of features: they come again after a failure, have a limit, and end with the process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobRunner } from '../../../src/app/jobs.ts';
import type { Job } from '../../../src/features/feature.ts';
import { untilCancelled } from '../../../src/lib/async/wait.ts';
import { createTestLogger, type LoggedLine } from '../../support/test-logger.ts';

const HOUR_MS = 3_600_000;

/** Starts the job; resolves when `run` has resolved its argument. */
async function running(
  job: Omit<Job, 'name'>,
  done: Promise<unknown>,
  lines: LoggedLine[] = [],
): Promise<void> {
  await using runner = new JobRunner(
    [{}, { jobs: [{ ...job, name: 'planted' }] }],
    createTestLogger(lines),
  );
  // A job's pause keeps no process alive; here something has to.
  const alive = setInterval(() => undefined, HOUR_MS);
  await done.finally(() => clearInterval(alive));
  assert.ok(runner);
}

test('a job that fails is logged with its name and runs again', async () => {
  const { promise, resolve } = withResolvers();
  const lines: LoggedLine[] = [];
  let runs = 0;
  await running(
    {
      everyMs: 1,
      timeoutMs: HOUR_MS,
      async run() {
        runs += 1;
        if (runs === 1) throw new Error('planted');
        resolve();
      },
    },
    promise,
    lines,
  );
  assert.ok(runs >= 2);
  assert.deepEqual(
    lines.map(({ level, fields }) => [level, fields['job']]),
    [['warn', 'planted']],
  );
});

test('a run that takes too long is aborted', async () => {
  const { promise, resolve } = withResolvers();
  await running(
    { everyMs: 1, timeoutMs: 5, run: (signal) => untilCancelled(signal).then(resolve) },
    promise,
  );
});

test('the end of the process aborts a run, is no failure, and no other run follows', async () => {
  const lines: LoggedLine[] = [];
  const started = withResolvers();
  let runs = 0;
  await running(
    {
      everyMs: 1,
      timeoutMs: HOUR_MS,
      async run(signal) {
        runs += 1;
        started.resolve();
        await untilCancelled(signal);
        throw signal.reason;
      },
    },
    started.promise,
    lines,
  );
  assert.deepEqual([runs, lines], [1, []]);
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
