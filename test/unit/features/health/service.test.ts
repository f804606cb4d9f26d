import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HealthService } from '../../../../src/features/health/service.ts';
import { AppError } from '../../../../src/lib/errors.ts';

const fine = { name: 'redis', check: () => Promise.resolve() };

test('ready when every part answers', async () => {
  assert.deepEqual(await new HealthService([fine], 500).readiness(), {
    ready: true,
    parts: { redis: 'ok' },
    load: { stage: 'normal', level: 0, reasons: [] },
  });
});

test('a failing part is named with its code and without its message, which may hold addresses', async () => {
  const broken = {
    name: 'database',
    check: () =>
      Promise.reject(new AppError('database.unavailable', 'connect 10.0.0.7:5432 refused')),
  };
  const { ready, parts } = await new HealthService([fine, broken], 500).readiness();
  assert.equal(ready, false);
  assert.deepEqual(parts, { redis: 'ok', database: 'failed: database.unavailable' });
});

test('a part that never answers does not hold the answer', async () => {
  const silent = { name: 'database', check: () => new Promise<void>(() => undefined) };
  // An unreferenced timer alone would let the test process end first.
  const keepAlive = setTimeout(() => undefined, 5000);
  const { parts } = await new HealthService([silent], 20).readiness();
  clearTimeout(keepAlive);
  assert.deepEqual(parts, { database: 'no answer in time' });
});

test('a draining instance is not ready', async () => {
  const service = new HealthService([fine], 500);
  service.startDraining();
  assert.equal((await service.readiness()).ready, false);
});
