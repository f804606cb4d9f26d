/** The door of the profiler (`ENABLE_PROFILER`): rows of its own, and all others with `?_profile=1`. */
import type { Guards, Route } from '../../http/route.ts';
import type { Platform } from '../../platform/platform.ts';
import { Profiler } from '../../platform/profiler/profiler.ts';
import type { Feature } from '../feature.ts';
import { profiledRoute } from './profiled-routes.ts';
import { profilerRoutes } from './routes.ts';

export interface ProfilerFeature extends Feature {
  /** The row as the profiler needs it; the same while it is off. */
  readonly profiled: (route: Route) => Route;
}

export function createProfiler(
  { config }: Pick<Platform, 'config'>,
  { guards }: { readonly guards: Guards },
): ProfilerFeature {
  if (!config.ENABLE_PROFILER) return { profiled: (route) => route };
  const profiler = new Profiler(config.DATA_DIR);
  return {
    routes: profilerRoutes(profiler),
    profiled: (route) => profiledRoute(route, profiler, guards),
  };
}
