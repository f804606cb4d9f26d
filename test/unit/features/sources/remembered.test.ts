/** Protects what servers say of themselves from being asked again and again: one load for all, kept, and given up by all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from '../../../../src/features/sources/providers/remembered.ts';
import {
  CancelController,
  NEVER_CANCELLED,
  type CancelSignal,
} from '../../../../src/lib/async/cancel.ts';
import { AppError } from '../../../../src/lib/errors.ts';

interface Load {
  readonly signal: CancelSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

function remembered(lifetimeMs = 60_000, timeoutMs = 60_000) {
  const loads: Load[] = [];
  const value = new Remembered<string>({
    lifetimeMs,
    timeoutMs,
    load: (signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        loads.push({ signal, resolve, reject });
      }),
  });
  return { value, loads };
}

test('one load for everybody, and none while the value is new', async () => {
  const { value, loads } = remembered();
  const both = [value.value(NEVER_CANCELLED), value.value(NEVER_CANCELLED)];
  assert.equal(value.latest, undefined);
  loads[0]?.resolve('a');
  assert.deepEqual(await Promise.all(both), ['a', 'a']);
  assert.equal(await value.value(NEVER_CANCELLED), 'a');
  assert.equal(value.latest, 'a');
  assert.equal(loads.length, 1);
});

test('a failure is for those who waited; the next one asks again', async () => {
  const { value, loads } = remembered();
  const failed = [value.value(NEVER_CANCELLED), value.value(NEVER_CANCELLED)];
  loads[0]?.reject(new AppError('fetch.failed', 'no'));
  for (const one of failed) await assert.rejects(one, /no/);
  const next = value.value(NEVER_CANCELLED);
  loads[1]?.resolve('b');
  assert.equal(await next, 'b');
});

test('an old value does when there is no newer one', async () => {
  const { value, loads } = remembered(0);
  const first = value.value(NEVER_CANCELLED);
  loads[0]?.resolve('old');
  await first;
  const second = value.value(NEVER_CANCELLED);
  loads[1]?.reject(new AppError('fetch.failed', 'no'));
  assert.equal(await second, 'old');
});

test('who leaves does not end the load of others; the last one does', async () => {
  const { value, loads } = remembered();
  const [early, late] = [new CancelController(), new CancelController()];
  const both = [value.value(early.signal), value.value(late.signal)];
  early.abort(new Error('early'));
  await assert.rejects(both[0] ?? Promise.resolve(), /early/);
  assert.equal(loads[0]?.signal.aborted, false);
  late.abort(new Error('late'));
  await assert.rejects(both[1] ?? Promise.resolve(), /late/);
  assert.equal(loads[0]?.signal.aborted, true);
  const after = value.value(NEVER_CANCELLED);
  assert.equal(loads.length, 2);
  loads[1]?.resolve('c');
  assert.equal(await after, 'c');
});

test('a load has a limit of its own', async () => {
  const { value } = remembered(60_000, 5);
  await assert.rejects(
    value.value(NEVER_CANCELLED),
    (error) => error instanceof AppError && error.code === 'fetch.timeout',
  );
});
