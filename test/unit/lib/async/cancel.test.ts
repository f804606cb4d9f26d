/** Protects waits of the hot path: the light signal is to those who wait what Node's own is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { CancelController, allowManyListeners } from '../../../../src/lib/async/cancel.ts';

const REASON = new Error('enough');

describe('light signals beside those of Node', () => {
  for (const [name, open] of [['light', () => new CancelController()], ['Node', () => new AbortController()]] as const) {
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

    test(`${name}: listeners hear it once, in order; not those that left, came twice, late or for something else`, () => {
      const control = open();
      const { signal } = control;
      const heard: string[] = [];
      const listener = (word: string) => () => { heard.push(word); };
      const [first, second, third] = [listener('first'), listener('second'), listener('third')];
      const later = { handleEvent: listener('object') };
      for (const each of [first, second, second, third, later]) signal.addEventListener('abort', each, { once: true });
      signal.addEventListener('change', listener('other'));
      signal.removeEventListener('abort', first);
      signal.removeEventListener('abort', first);
      signal.addEventListener('abort', first);
      signal.removeEventListener('abort', third);
      control.abort(REASON);
      control.abort(REASON);
      signal.addEventListener('abort', listener('late'));
      assert.deepEqual(heard, ['second', 'object', 'first']);
    });

    test(`${name}: what Node itself waits with takes it`, async () => {
      const control = open();
      const slept = sleep(60_000, undefined, { signal: control.signal });
      const waited = once(new EventTarget(), 'never', { signal: control.signal });
      control.abort(REASON);
      await assert.rejects(slept, { name: 'AbortError', cause: REASON });
      await assert.rejects(waited, { name: 'AbortError', cause: REASON });
      await assert.rejects(sleep(60_000, undefined, { signal: control.signal }), { name: 'AbortError' });
    });
  }

  test('only the controller aborts, and many may listen', () => {
    const { signal } = new CancelController();
    assert.throws(() => signal.dispatchEvent(new Event('abort')), TypeError);
    allowManyListeners(signal);
    allowManyListeners(new AbortController().signal);
    assert.equal(signal.aborted, false);
  });
});
