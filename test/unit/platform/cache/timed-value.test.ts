import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servableUntilMs, timed } from '../../../../src/platform/cache/timed-value.ts';

const lifetimes = {
  freshMs: 10_000,
  staleMs: 5000,
  negativeMs: { first: 1000, max: 6000, growth: 2 },
};

describe('timed', () => {
  it('shortens freshness by a tenth at most, and not by the same amount for all', () => {
    const spans = Array.from({ length: 200 }, () => {
      const before = Date.now();
      const entry = timed('x', 3, lifetimes);
      assert.equal(entry.negativeCount, 0);
      assert.equal(servableUntilMs(entry) - entry.freshUntilMs, 5000);
      return entry.freshUntilMs - before;
    });
    assert.ok(Math.min(...spans) >= 9000 && Math.max(...spans) < 11_000);
    assert.ok(Math.max(...spans) - Math.min(...spans) > 300, 'spread');
  });

  it('a value may be fresh for less time than the others, never for more', () => {
    const freshFor = (freshMs: number) =>
      timed('x', 0, lifetimes, freshMs).freshUntilMs - Date.now();
    assert.ok(freshFor(2000) <= 2000);
    assert.ok(freshFor(99_000) <= 10_000);
  });

  it('negative answers live longer each time, up to the maximum, and are never served stale', () => {
    const ttls = [0, 1, 2, 3, 4, 400].map((before) => {
      const start = Date.now();
      const entry = timed(null, before, lifetimes);
      assert.equal(servableUntilMs(entry), entry.freshUntilMs);
      assert.ok(entry.expiresAtMs > entry.freshUntilMs, 'the count outlives the answer');
      assert.ok(entry.negativeCount <= 255);
      return Math.ceil((entry.freshUntilMs - start) / 1000);
    });
    assert.deepEqual(ttls, [1, 2, 4, 6, 6, 6]);
  });
});
