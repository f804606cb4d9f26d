/** The features that operators ask. */
import { createDatabaseInsight } from '../features/database-insight/feature.ts';
import { createExceptions } from '../features/exceptions/feature.ts';
import type { Feature } from '../features/feature.ts';
import { createMetrics } from '../features/metrics/feature.ts';
import { createRequestMetrics } from '../features/request-metrics/feature.ts';
import type { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Platform } from '../platform/platform.ts';

export function composeOperating(platform: Platform, ring: KeyRing): readonly Feature[] {
  return [
    createMetrics(platform),
    createExceptions(platform),
    createRequestMetrics(platform, { ring }),
    createDatabaseInsight(platform),
  ];
}
