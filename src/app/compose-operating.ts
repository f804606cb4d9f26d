/** The features that operators ask. */
import { createDatabaseInsight } from '../features/database-insight/feature.ts';
import { createExceptions } from '../features/exceptions/feature.ts';
import type { Feature } from '../features/feature.ts';
import { createMetrics } from '../features/metrics/feature.ts';
import { createRequestMetrics } from '../features/request-metrics/feature.ts';
import { createTasks } from '../features/tasks/feature.ts';
import type { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Platform } from '../platform/platform.ts';

/** @param working the features whose jobs operators see */
export function composeOperating(
  platform: Platform,
  ring: KeyRing,
  working: readonly Feature[],
): readonly Feature[] {
  return [
    createMetrics(platform),
    createExceptions(platform),
    createRequestMetrics(platform, { ring }),
    createDatabaseInsight(platform),
    createTasks(platform, working),
  ];
}
