/** Protects perf:capacity: objectives are read or refused, and the search ends near the true capacity. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { searchCapacity } from '../../../perf/capacity-search.ts';
import { keepsObjective, readObjective } from '../../../perf/objective.ts';

describe('readObjective', () => {
  test('reads percentiles and units', () => {
    assert.deepEqual(readObjective('p95<5ms'), {
      text: 'p95<5ms',
      percentile: 'p95',
      limitMicros: 5000,
    });
    assert.equal(readObjective('p99.9 <= 1.5s').limitMicros, 1_500_000);
    assert.equal(readObjective('p99.9<1s').percentile, 'p999');
    assert.equal(readObjective('max<250us').limitMicros, 250);
  });

  test('refuses what it does not know, and says what it does', () => {
    for (const text of [
      '',
      'p95',
      'p95>5ms',
      'p42<5ms',
      'p95<5',
      'p95<-5ms',
      'p95<0ms',
      'avg<5ms',
    ]) {
      assert.throws(() => readObjective(text), /expected one of p50, .*: p95<5ms/, text);
    }
  });

  test('a round in which nobody was served keeps none', () => {
    assert.equal(keepsObjective(readObjective('p95<5ms'), null), false);
  });
});

describe('searchCapacity', () => {
  for (const capacity of [1, 7, 100, 4321, 250_000]) {
    for (const first of [1, 1000, 60_000]) {
      test(`finds ${capacity} from ${first}`, async () => {
        const { capacityPerS, steps } = await searchCapacity(first, (rate) =>
          Promise.resolve(rate <= capacity),
        );
        assert.ok(capacityPerS !== null && capacityPerS <= capacity, String(capacityPerS));
        const isAtTheEnd = steps.length === 24;
        assert.ok(
          isAtTheEnd || capacityPerS >= capacity / 1.06 - 1,
          `${capacityPerS} of ${capacity}`,
        );
        assert.ok(steps.length <= 24);
      });
    }
  }

  test('says null when no rate holds', async () => {
    const { capacityPerS } = await searchCapacity(100, () => Promise.resolve(false));
    assert.equal(capacityPerS, null);
  });
});
