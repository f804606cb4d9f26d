/** The door of metrics: what Prometheus scrapes, for all processes of the instance together. */
import { openInstanceMetrics } from '../../platform/metrics/instance-metrics.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { ScrapeAccess } from './access.ts';
import { metricsRoutes } from './routes.ts';
import { MetricsService } from './service.ts';

export function createMetrics({ config, metrics }: Platform): Feature {
  if (!config.ENABLE_METRICS_ENDPOINT) return {};
  const instance = openInstanceMetrics(metrics, config.HTTP_PROCESSES);
  const service = new MetricsService(metrics, instance);
  return {
    routes: metricsRoutes(service, new ScrapeAccess(config.METRICS_BEARER_TOKEN)),
    dispose: () => Promise.resolve(instance[Symbol.dispose]()),
  };
}
