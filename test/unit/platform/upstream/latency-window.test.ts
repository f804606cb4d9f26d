/** Sub-budgets of sources are learnt from these. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyWindow } from '../../../../src/platform/upstream/latency-window.ts';

test('percentiles by nearest rank, of the newest samples only', () => {
  const window = new LatencyWindow();
  assert.equal(window.percentileMs(50), null);
  for (let ms = 1; ms <= 100; ms++) window.add(ms);
  assert.deepEqual(
    [0, 1, 50, 95, 99, 100].map((percent) => window.percentileMs(percent)),
    [1, 1, 50, 95, 99, 100],
  );
  for (let i = 0; i < 128; i++) window.add(7);
  assert.deepEqual([window.percentileMs(0), window.percentileMs(100)], [7, 7]);
});
