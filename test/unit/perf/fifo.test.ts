/** Protects the generator's queues: first in, first out, at any length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../../perf/harness/fifo.ts';

test('it gives back what was put in, in order, through thousands of items', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 3000 })), {
        maxLength: 8,
      }),
      (steps) => {
        const queue = new Fifo<number>();
        let [next, expected] = [0, 0];
        for (const [pushes, shifts] of steps) {
          for (let count = 0; count < pushes; count++) queue.push(next++);
          for (let count = 0; count < shifts; count++)
            assert.equal(queue.shift(), expected < next ? expected++ : undefined);
          assert.equal(queue.size, next - expected);
        }
      },
    ),
  );
});
