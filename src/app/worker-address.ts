/** Where a worker says how it is: to Prometheus, and to whatever starts it again. Loaded by workers that are told a port. */
import { startHttpServer, type HttpServer } from '../http/server.ts';
import { readEnvironment } from '../platform/config/env.ts';
import type { Platform } from '../platform/platform.ts';
import type { Features } from './compose.ts';
import { routeTable } from './routes.ts';
import { tlsFiles } from './settings.ts';

/** Rows of the route table that say something of this process. */
const OWN_ROUTES: ReadonlySet<string> = new Set(['metrics', 'health', 'ready']);

/** @throws StartError naming WORKER_METRICS_PORT when it cannot be opened */
export function openWorkerAddress(
  { config, logger }: Platform,
  features: Features,
  port: number,
): Promise<HttpServer> {
  return startHttpServer({
    routes: routeTable(features.all).filter(({ name }) => OWN_ROUTES.has(name)),
    guards: features.guards,
    host: config.HOST,
    port,
    portVariable: 'WORKER_METRICS_PORT',
    tls: tlsFiles(config),
    exclusivePort: true,
    trustedProxies: config.TRUSTED_PROXIES,
    hostUrl: null,
    inFlightMax: config.HTTP_IN_FLIGHT_MAX,
    environment: readEnvironment(),
    logger,
  });
}
