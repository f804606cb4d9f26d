/** Protects waits of the hot path: the light signal is to those who wait what Node's own is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import {
  CancelController,
  abortSignalOf,
  allowManyListeners,
} from '../../../../src/lib/async/cancel.ts';

const REASON = new Error('enough');

describe('light signals beside those of Node', () => {
  for (const [name, open] of [
    ['light', () => new CancelController()],
    ['Node', () => new AbortController()],
  ] as const) {
    test(`${name}: flag, reason and throwing`, () => {
      const control = open();
      const { signal } = control;
      assert.deepEqual([signal.aborted, signal.reason], [false, undefined]);
      signal.throwIfAborted();
      control.abort(REASON);
      control.abort(new Error('later'));
      assert.deepEqual([signal.aborted, signal.reason, control.signal], [true, REASON, signal]);
      assert.throws(() => signal.throwIfAborted(), REASON);
    });

    test(`${name}: listeners hear it once, in order; not those that left, came twice or late`, () => {
      const control = open();
      const { signal } = control;
      const heard: string[] = [];
      const listener = (word: string) => () => {
        heard.push(word);
      };
      const [first, second, third] = [listener('first'), listener('second'), listener('third')];
      for (const each of [first, second, second, third])
        signal.addEventListener('abort', each, { once: true });
      signal.removeEventListener('abort', first);
      signal.removeEventListener('abort', first);
      signal.addEventListener('abort', first);
      signal.removeEventListener('abort', third);
      control.abort(REASON);
      control.abort(REASON);
      signal.addEventListener('abort', listener('late'));
      assert.deepEqual(heard, ['second', 'first']);
    });

    test(`${name}: what Node itself waits with takes its real signal`, async () => {
      const control = open();
      const signal = abortSignalOf(control.signal);
      const slept = sleep(60_000, undefined, { signal });
      const waited = once(new EventTarget(), 'never', { signal });
      control.abort(REASON);
      await assert.rejects(slept, { name: 'AbortError', cause: REASON });
      await assert.rejects(waited, { name: 'AbortError', cause: REASON });
      await assert.rejects(sleep(60_000, undefined, { signal }), { name: 'AbortError' });
    });
  }

  test('many may listen, and the real signal of one that has aborted has, too', () => {
    const { signal } = new CancelController();
    allowManyListeners(signal);
    allowManyListeners(new AbortController().signal);
    assert.equal(signal.aborted, false);
    const control = new CancelController();
    control.abort(REASON);
    assert.equal(abortSignalOf(control.signal).reason, REASON);
    const real = new AbortController().signal;
    assert.equal(abortSignalOf(real), real);
  });
});
