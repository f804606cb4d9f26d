/** The door of request metrics: who asked what, how it was answered, and what single requests did. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { requestMetricsRoutes } from './routes.ts';
import { RequestMetricsService } from './service.ts';
import { SharedStatistics } from './shared-statistics.ts';

export interface RequestMetricsPorts {
  readonly ring: KeyRing;
}

const FLUSH_EVERY_MS = 5000;
const FLUSH_TIMEOUT_MS = 2000;

export function createRequestMetrics(
  { redis, journal }: Platform,
  { ring }: RequestMetricsPorts,
): Feature {
  if (journal === null) return {};
  const service = new RequestMetricsService({
    journal,
    shared: redis === null ? null : new SharedStatistics(redis),
    digest: ring.digest,
  });
  return {
    routes: requestMetricsRoutes(service),
    upkeep: [
      {
        name: 'request-metrics.flush',
        everyMs: FLUSH_EVERY_MS,
        timeoutMs: FLUSH_TIMEOUT_MS,
        // A Redis that is away has its own warning.
        run: (signal) => service.flush(signal).catch(() => undefined),
      },
    ],
  };
}
