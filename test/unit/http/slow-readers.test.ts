/** Protects connections: a reader that stalls is cut off, one that makes progress is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlowReaders } from '../../../src/http/slow-readers.ts';

class Write {
  offset = 0;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }
}

test('only the write without progress is closed', async () => {
  using readers = new SlowReaders({ windowMs: 200, windowBytesMin: 1000 });
  const [stalled, trickling, steady, done] = [new Write(), new Write(), new Write(), new Write()];
  for (const write of [stalled, trickling, steady, done]) readers.add(write);
  readers.delete(done);
  const startedAtMs = performance.now();
  while (!(stalled.isClosed && trickling.isClosed) && performance.now() - startedAtMs < 60_000) {
    trickling.offset += 1;
    steady.offset += 1000;
    await sleep(5);
  }
  assert.deepEqual(
    [stalled, trickling, steady, done].map(({ isClosed }) => isClosed),
    [true, true, false, false],
  );
  assert.equal(readers.count, 1);
});

test('time in which the loop was blocked is not held against readers', async () => {
  using readers = new SlowReaders({ windowMs: 100, windowBytesMin: 1 });
  const write = new Write();
  readers.add(write);
  const blockedUntilMs = performance.now() + 300;
  while (performance.now() < blockedUntilMs);
  await sleep(1);
  assert.equal(write.isClosed, false);
});
