/** The registry of the whole program, made without a database: families are described, never read. */
import { composeFeatures } from '../../src/app/compose.ts';
import { HttpMetrics } from '../../src/http/http-metrics.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { KeyRing } from '../../src/lib/install-token/key-ring.ts';
import type { MetricSpec } from '../../src/lib/metrics/metric-family.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import type { MeasuredDatabase } from '../../src/platform/db/database.ts';
import { ReportedDurations } from '../../src/platform/jobs/worker-metrics.ts';
import { openPlatform } from '../../src/platform/platform.ts';
import { createTestLogger } from './test-logger.ts';

/** All families, by name. */
export async function composedMetrics(): Promise<readonly MetricSpec[]> {
  const stack = new DisposeStack();
  try {
    const { config } = loadConfig({});
    const database = Object.freeze({}) as MeasuredDatabase;
    const platform = openPlatform(
      { targets: { migrateUri: '' }, config, database, redis: null, logger: createTestLogger() },
      stack,
    );
    const ring = new KeyRing(['any secret of this test']);
    const features = await composeFeatures(platform, ring, stack);
    platform.metrics.add([
      ...new HttpMetrics().families,
      ...new ReportedDurations().families,
      ...features.all.flatMap(({ metrics = [] }) => metrics),
    ]);
    return platform.metrics.specs.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } finally {
    await stack[Symbol.asyncDispose]();
  }
}
