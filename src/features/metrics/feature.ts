/** The door of metrics: what Prometheus scrapes and operators see at a glance, for all processes of the instance together. */
import { openInstanceMetrics } from '../../platform/metrics/instance-metrics.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { ScrapeAccess } from './access.ts';
import { metricsAdminRoutes } from './admin-routes.ts';
import { metricsRoutes } from './routes.ts';
import { MetricsService } from './service.ts';

export function createMetrics({ config, metrics, redis }: Platform): Feature {
  const instance = openInstanceMetrics(metrics, config.HTTP_PROCESSES);
  const service = new MetricsService(metrics, instance);
  const access = new ScrapeAccess(config.METRICS_BEARER_TOKEN);
  return {
    routes: [
      ...(config.ENABLE_METRICS_ENDPOINT ? metricsRoutes(service, access) : []),
      ...metricsAdminRoutes(instance, redis),
    ],
    dispose: () => Promise.resolve(instance[Symbol.dispose]()),
  };
}
