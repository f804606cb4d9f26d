/** `/api/v1/admin/metrics`: the state of the instance, and of its Redis. */
import { adminRoute } from '../../http/admin-route.ts';
import type { Route } from '../../http/route.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { InstanceMetrics } from '../../platform/metrics/instance-metrics.ts';
import type { RedisClient } from '../../platform/redis/client.ts';
import { overviewOf } from './overview.ts';
import { redisReport } from './redis-report.ts';

const PATH = '/api/v1/admin/metrics';

/** @param redis null: there is none */
export function metricsAdminRoutes(
  instance: InstanceMetrics,
  redis: RedisClient | null,
): readonly Route[] {
  return [
    adminRoute({
      name: 'admin-metrics',
      pattern: PATH,
      answer: async ({ signal }) => overviewOf(await instance.collect(signal)),
    }),
    adminRoute({
      name: 'admin-metrics-redis',
      pattern: `${PATH}/redis`,
      answer: ({ signal }) => redisState(redis, signal),
    }),
  ];
}

async function redisState(redis: RedisClient | null, signal: CancelSignal): Promise<object> {
  if (redis === null) return { configured: false, connected: false };
  try {
    return { configured: true, connected: true, ...redisReport(await redis.info(signal)) };
  } catch {
    signal.throwIfAborted();
    return { configured: true, connected: false };
  }
}
