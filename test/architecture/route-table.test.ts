/** The route table as a golden file: every public change shows in review. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeFeatures } from '../../src/app/compose.ts';
import { routeTable, socketTable } from '../../src/app/routes.ts';
import { methodsOf } from '../../src/http/route.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { KeyRing } from '../../src/lib/install-token/key-ring.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import type { MeasuredDatabase } from '../../src/platform/db/database.ts';
import { openPlatform } from '../../src/platform/platform.ts';
import { assertGolden } from '../support/golden.ts';
import { createTestLogger } from '../support/test-logger.ts';

test('the route table is the one in routes.golden.txt', async () => {
  // Rows are made without a statement, so that no database has to run for this.
  const database = Object.freeze({}) as MeasuredDatabase;
  const stack = new DisposeStack();
  try {
    const { config } = loadConfig({ ENABLE_PROFILER: 'true' });
    const platform = openPlatform(
      { targets: { migrateUri: '' }, config, database, redis: null, logger: createTestLogger() },
      stack,
    );
    const features = await composeFeatures(
      platform,
      new KeyRing(['any secret of this test']),
      stack,
    );
    const rows = routeTable(features.all).map((route) =>
      [
        route.name,
        `${methodsOf(route).join(', ')} ${route.pattern}`,
        `${route.timeoutMs} ms`,
        route.uncapped === true ? 'uncapped' : 'capped',
        route.access,
        route.traffic,
        route.cachePolicy,
      ].join(' | '),
    );
    const sockets = socketTable(features.all).map(
      ({ name, pattern, timeoutMs, access, traffic, protocol }) =>
        [name, `WebSocket ${pattern}`, `${timeoutMs} ms`, protocol, access, traffic].join(' | '),
    );
    await assertGolden(
      'test/architecture/routes.golden.txt',
      `${[...rows, ...sockets].sort().join('\n')}\n`,
    );
  } finally {
    await stack[Symbol.asyncDispose]();
  }
});

test('two rows of one name are refused', () => {
  const row = {
    pattern: '/a',
    name: 'a',
    access: 'open' as const,
    traffic: 'exempt' as const,
    cachePolicy: 'no-store',
    timeoutMs: 1,
    handler: () => {
      throw new Error('never called');
    },
  };
  assert.throws(
    () => routeTable([{ routes: [row] }, { routes: [{ ...row, pattern: '/b' }] }]),
    /are called a$/,
  );
});
