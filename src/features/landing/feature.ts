/** The door of the landing page and the icons. */
import { packagePath } from '../../platform/config/package-root.ts';
import { configuredSources } from '../../platform/config/configured-sources.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { iconRoutes, readIcons } from './icon-routes.ts';
import { landingRoute, type LandingRouteOptions } from './routes.ts';

export type LandingPorts = Omit<LandingRouteOptions, 'timeoutMs' | 'sourceCount'>;

export async function createLanding({ config }: Platform, ports: LandingPorts): Promise<Feature> {
  const icons = await readIcons(packagePath('assets'));
  return {
    routes: [
      landingRoute({
        ...ports,
        sourceCount: configuredSources(config).length,
        timeoutMs: config.REQUEST_TIMEOUT_MS,
      }),
      ...iconRoutes(icons),
    ],
  };
}
