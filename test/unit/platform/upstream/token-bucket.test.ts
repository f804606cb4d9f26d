/** Keeps calls within what a server allows: bursts, the rate in the long run, and pauses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from '../../../../src/platform/upstream/token-bucket.ts';

function bucketAt(intervalMs: number, burst: number) {
  const clock = { ms: 1000 };
  return { clock, bucket: new TokenBucket({ intervalMs, burst }, () => clock.ms) };
}

test('a burst at once, then one call each interval; time fills it again', () => {
  const { clock, bucket } = bucketAt(100, 3);
  const waits = Array.from({ length: 5 }, () => bucket.reserve(10_000).waitMs);
  assert.deepEqual(waits, [0, 0, 0, 100, 200]);
  clock.ms += 10_000;
  assert.deepEqual(
    Array.from({ length: 4 }, () => bucket.reserve(10_000).waitMs),
    [0, 0, 0, 100],
  );
});

test('what would start too late is refused and not paid for', () => {
  const { bucket } = bucketAt(100, 1);
  assert.equal(bucket.reserve(0).kind, 'granted');
  for (let call = 0; call < 10; call++)
    assert.deepEqual(bucket.reserve(99), { kind: 'busy', waitMs: 100 });
  assert.deepEqual(bucket.reserve(100), { kind: 'granted', waitMs: 100 });
});

test('a pause holds everybody; the longest one counts; whoever waits for its end goes on with the rate', () => {
  const { clock, bucket } = bucketAt(100, 2);
  bucket.pause(5000);
  bucket.pause(1000);
  assert.deepEqual(bucket.reserve(4999), { kind: 'paused', waitMs: 5000 });
  const waits = Array.from({ length: 4 }, () => bucket.reserve(60_000).waitMs);
  assert.deepEqual(waits, [5000, 5000, 5100, 5200]);
  clock.ms += 5000;
  assert.equal(bucket.pausedForMs, 0);
});

test('in no window more calls than burst and rate allow, whatever is asked when', () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.nat(400), waitMaxMs: fc.nat(1000), pauseMs: fc.nat(300) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), steps, (burst, asked) => {
      const intervalMs = 100;
      const { clock, bucket } = bucketAt(intervalMs, burst);
      const starts: number[] = [];
      for (const { afterMs, waitMaxMs, pauseMs } of asked) {
        clock.ms += afterMs;
        if (pauseMs > 250) bucket.pause(pauseMs);
        const { kind, waitMs } = bucket.reserve(waitMaxMs);
        if (kind === 'granted') starts.push(clock.ms + waitMs);
        assert.ok(kind !== 'granted' || waitMs <= waitMaxMs);
      }
      starts.sort((a, b) => a - b);
      for (let i = burst; i < starts.length; i++)
        assert.ok((starts[i] ?? 0) - (starts[i - burst] ?? 0) >= intervalMs - 1e-6);
    }),
  );
});
