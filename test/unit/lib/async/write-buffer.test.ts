import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriteBuffer } from '../../../../src/lib/async/write-buffer.ts';
import { NEVER } from '../../../support/cache-parts.ts';

function buffer(waitingMax = 10) {
  const state = { isDown: false, written: [] as [string, number][][], lost: 0 };
  const buffered = new WriteBuffer<number>({
    waitingMax,
    merge: (first, second) => first * 10 + second,
    write: (values) => {
      if (state.isDown) return Promise.reject(new Error('down'));
      state.written.push([...values]);
      return Promise.resolve();
    },
    onLost: (count) => {
      state.lost = count;
    },
  });
  return { state, buffered };
}

test('values of one key are merged in their order, also around a write that failed', async () => {
  const { state, buffered } = buffer();
  buffered.add('a', 1);
  buffered.add('a', 2);
  state.isDown = true;
  const failing = buffered.flush(NEVER);
  buffered.add('a', 3);
  buffered.add('b', 4);
  await assert.rejects(failing);
  state.isDown = false;
  await buffered.flush(NEVER);
  await buffered.flush(NEVER);
  assert.deepEqual(state.written, [
    [
      ['a', 123],
      ['b', 4],
    ],
  ]);
});

test('more keys than may wait are dropped; what waits at the end is written once more', async () => {
  const { state, buffered } = buffer(2);
  for (const key of ['a', 'b', 'c']) buffered.add(key, 1);
  await buffered[Symbol.asyncDispose]();
  assert.deepEqual(state.written, [
    [
      ['a', 1],
      ['b', 1],
    ],
  ]);
  buffered.add('a', 1);
  state.isDown = true;
  await buffered[Symbol.asyncDispose]();
  assert.equal(state.lost, 1);
});
