/** Protects every wait: it ends with its signal, once, and leaves neither a timer nor a listener behind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CancelController, type CancelSignal } from '../../../../src/lib/async/cancel.ts';
import { Deadline } from '../../../../src/lib/async/deadline.ts';
import {
  cancellable,
  orCancelled,
  poll,
  settledWithin,
  sleep,
  untilCancelled,
} from '../../../../src/lib/async/wait.ts';

const REASON = new Error('enough');
const LONG_MS = 60_000;

/** A signal that counts its listeners. */
function counted(): { signal: CancelSignal; abort: () => void; listeners: () => number } {
  const control = new CancelController();
  const { signal } = control;
  const present = new Set<() => void>();
  const counting: CancelSignal = {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    throwIfAborted: () => signal.throwIfAborted(),
    addEventListener: (type, listener) => {
      present.add(listener);
      signal.addEventListener(type, listener);
    },
    removeEventListener: (type, listener) => {
      present.delete(listener);
      signal.removeEventListener(type, listener);
    },
  };
  return { signal: counting, abort: () => control.abort(REASON), listeners: () => present.size };
}

describe('a cancellable wait', () => {
  test('ends as it is settled, by its signal, or at once; it is left exactly once', async () => {
    for (const end of ['resolve', 'reject', 'abort', 'twice', 'at once'] as const) {
      const { signal, abort, listeners } = counted();
      let left = 0;
      const wait = cancellable<string>(signal, (resolve, reject) => {
        if (end === 'at once') resolve('done');
        else {
          setImmediate(() => {
            if (end === 'resolve' || end === 'twice') resolve('done');
            if (end === 'reject' || end === 'twice') reject(new Error('failed'));
            abort();
          });
        }
        return () => {
          left += 1;
        };
      });
      const outcome = await wait.catch((error: unknown) => error);
      if (end === 'abort') assert.equal(outcome, REASON);
      else if (end === 'reject') assert.equal((outcome as Error).message, 'failed');
      else assert.equal(outcome, 'done');
      assert.deepEqual([left, listeners()], [1, 0], end);
    }
  });

  test('does not start under a signal that has aborted, and tells the failure that it was given', async () => {
    const { signal, abort } = counted();
    abort();
    const wait = cancellable(
      signal,
      () => assert.fail('started'),
      ({ reason }) => new Error('gone', { cause: reason }),
    );
    await assert.rejects(wait, { message: 'gone', cause: REASON });
    await untilCancelled(signal);
  });
});

test('promises and sleeps reject with the reason and let go of the signal', async () => {
  const { signal, abort, listeners } = counted();
  assert.equal(await orCancelled(Promise.resolve(1), signal), 1);
  await sleep(1, signal);
  assert.equal(listeners(), 0);
  const waits = [orCancelled(new Promise(() => undefined), signal), sleep(LONG_MS, signal)];
  assert.equal(listeners(), 2);
  const over = untilCancelled(signal);
  abort();
  for (const wait of waits) await assert.rejects(wait, REASON);
  await over;
});

test('a piece of work is settled in time, also by failing, or it is not', async () => {
  assert.equal(await settledWithin(Promise.resolve(), LONG_MS), true);
  assert.equal(await settledWithin(Promise.reject(REASON), LONG_MS), true);
  assert.equal(await settledWithin(new Promise(() => undefined), 1), false);
});

test('a condition is looked at first, then again, and given up', async () => {
  let looks = 0;
  assert.equal(await poll(() => true, { everyMs: LONG_MS, timeoutMs: 0 }), true);
  assert.equal(
    await poll(async () => (looks += 1) === 3, { everyMs: 1, timeoutMs: LONG_MS }),
    true,
  );
  assert.equal(looks, 3);
  assert.equal(await poll(() => false, { everyMs: LONG_MS, timeoutMs: 2 }), false);
});

describe('a deadline', () => {
  const failure = () => new Error('late');

  test('aborts when the time is over, with its parent, or when told', async () => {
    using soon = new Deadline({ timeoutMs: 1, failure });
    await untilCancelled(soon.signal);
    assert.equal((soon.signal.reason as Error).message, 'late');
    const { signal, abort } = counted();
    using child = new Deadline({ timeoutMs: LONG_MS, failure, parent: signal });
    abort();
    using late = new Deadline({ timeoutMs: LONG_MS, failure, parent: signal });
    using told = new Deadline({ timeoutMs: LONG_MS, failure });
    told.abort(REASON);
    assert.deepEqual(
      [child, late, told].map((one) => one.signal.reason),
      [REASON, REASON, REASON],
    );
  });

  test('lets go of its parent when disposed', () => {
    const { signal, abort, listeners } = counted();
    const deadline = new Deadline({ timeoutMs: LONG_MS, failure, parent: signal });
    assert.equal(listeners(), 1);
    deadline[Symbol.dispose]();
    assert.equal(listeners(), 0);
    abort();
    assert.equal(deadline.signal.aborted, false);
  });
});
