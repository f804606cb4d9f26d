/** Upkeep of features: it comes again after a failure, has a limit, and ends with the process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UpkeepRunner } from '../../../src/app/upkeep.ts';
import type { Upkeep } from '../../../src/features/feature.ts';
import { untilCancelled } from '../../../src/lib/async/wait.ts';
import { createTestLogger, type LoggedLine } from '../../support/test-logger.ts';

const HOUR_MS = 3_600_000;

/** Starts the work; resolves when `run` has resolved its argument. */
async function running(
  work: Omit<Upkeep, 'name'>,
  done: Promise<unknown>,
  lines: LoggedLine[] = [],
): Promise<void> {
  await using runner = new UpkeepRunner(
    [{}, { upkeep: [{ ...work, name: 'planted' }] }],
    createTestLogger(lines),
  );
  // The pause keeps no process alive; here something has to.
  const alive = setInterval(() => undefined, HOUR_MS);
  await done.finally(() => clearInterval(alive));
  assert.ok(runner);
}

test('upkeep that fails is logged with its name and runs again', async () => {
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
    lines.map(({ level, fields }) => [level, fields['upkeep']]),
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
