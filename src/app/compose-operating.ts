/** The features that operators ask. */
import { createDatabaseInsight } from '../features/database-insight/feature.ts';
import { createExceptions } from '../features/exceptions/feature.ts';
import type { Feature } from '../features/feature.ts';
import { createMetrics } from '../features/metrics/feature.ts';
import { createProfiler } from '../features/profiler/feature.ts';
import { createRequestMetrics } from '../features/request-metrics/feature.ts';
import { createTasks } from '../features/tasks/feature.ts';
import type { Guards, Route } from '../http/route.ts';
import type { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Platform } from '../platform/platform.ts';

export interface OperatingPorts {
  readonly ring: KeyRing;
  readonly guards: Guards;
  /** The features whose jobs operators see. */
  readonly working: readonly Feature[];
}

export interface Operating {
  readonly features: readonly Feature[];
  /** Rows of the route table as the profiler needs them. */
  readonly profiled: (route: Route) => Route;
}

export function composeOperating(
  platform: Platform,
  { ring, guards, working }: OperatingPorts,
): Operating {
  const profiler = createProfiler(platform, { guards });
  const features = [
    createMetrics(platform),
    createExceptions(platform),
    createRequestMetrics(platform, { ring }),
    createDatabaseInsight(platform),
    createTasks(platform, working),
    profiler,
  ];
  return { features, profiled: profiler.profiled };
}
