/** Memory of what features build from cached values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CacheRegistry } from '../../../../src/platform/cache/cache-registry.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

test('shares of derived bytes are of the memory for caches, and a half of it at most', async () => {
  const { config } = loadConfig({ CACHE_MEMORY_BYTES: '80000000' });
  await using caches = new CacheRegistry({ config, redis: null }, createTestLogger());
  assert.equal(caches.derivedBytes(1 / 8), 10_000_000);
  assert.equal(caches.derivedBytes(3 / 8), 30_000_000);
  assert.throws(
    () => caches.derivedBytes(1 / 8),
    /shares of derived bytes sum to 0\.625: expected 0\.5 at most/,
  );
});
