/** One process that answers HTTP: the platform, then the features, then the server; the stack closes them in reverse. */
import { HttpMetrics } from '../http/http-metrics.ts';
import { startHttpServer, type HttpServer } from '../http/server.ts';
import type { Brownout } from '../lib/admission/brownout.ts';
import { BrownoutTimer } from '../lib/admission/brownout-timer.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import type { MetricFamily } from '../lib/metrics/metric-family.ts';
import type { Config } from '../platform/config/config.ts';
import { readEnvironment } from '../platform/config/env.ts';
import { openKeyRing } from '../platform/data-dir/key-ring.ts';
import { openDatabase, requireDatabase, type DatabaseTargets } from '../platform/db/targets.ts';
import type { ExceptionLog } from '../platform/log/exception-log.ts';
import type { Logger } from '../platform/log/logger.ts';
import { openPlatform, type Platform } from '../platform/platform.ts';
import { openRedis } from '../platform/redis/open-redis.ts';
import { composeFeatures, type Features } from './compose.ts';
import { disposeQuietly, type Drainable } from './drain.ts';
import { PoolCompressor } from './pool-compressor.ts';
import { routeTable, socketTable } from './routes.ts';
import { tlsFiles } from './settings.ts';
import { listenToTitleNews } from './title-news.ts';
import { UpkeepRunner } from './upkeep.ts';

const MB = 1024 * 1024;

/** One process that answers HTTP. */
export interface Api extends Drainable {
  readonly port: number;
  /** Reads again what may change while it runs: the TLS files. What came of it is in the log. */
  reload(): void;
}

/** What the caller has begun before: its log may have had warnings by now. */
export interface Begun {
  readonly logger: Logger;
  /** Counts what `logger` warns of. */
  readonly exceptions: ExceptionLog;
  /** Families that the worker of this server fills. */
  readonly ofWorker: readonly MetricFamily[];
}

/**
 * @throws StartError naming the variable when a part cannot be built
 */
export async function composeApi(
  config: Config,
  targets: DatabaseTargets,
  { logger, exceptions, ofWorker }: Begun,
): Promise<Api> {
  const stack = new DisposeStack();
  try {
    const database = stack.use(openDatabase(config, targets, logger));
    const instanceId = await requireDatabase(targets, database, logger);
    const redis = await openRedis(config, instanceId, logger);
    if (redis !== null) stack.use(redis);
    const platform = openPlatform({ config, targets, database, redis, exceptions, logger }, stack);
    const ring = await openKeyRing(config, logger);
    const features = await composeFeatures(platform, ring, stack);
    if (redis === null) stack.use(listenToTitleNews(config, targets, features.all, logger));
    const metrics = config.ENABLE_METRICS_ENDPOINT ? new HttpMetrics() : null;
    platform.metrics.add([...(metrics?.families ?? []), ...featureMetrics(features), ...ofWorker]);
    const http = stack.use(await listen(platform, features, metrics));
    if (config.ENABLE_BROWNOUT) readSignals(platform.brownout, stack);
    stack.use(new UpkeepRunner(features.all, logger));
    return new ComposedApi(http, features, stack);
  } catch (error) {
    await disposeQuietly(stack, logger);
    throw error;
  }
}

/** From now on the process makes way when it cannot keep up. */
function readSignals(brownout: Brownout, stack: DisposeStack): void {
  const timer = new BrownoutTimer(brownout);
  stack.defer(() => timer[Symbol.dispose]());
}

function featureMetrics({ all }: Features): readonly MetricFamily[] {
  return all.flatMap(({ metrics = [] }) => metrics);
}

function listen(
  { config, pool, brownout, journal, logger }: Platform,
  features: Features,
  metrics: HttpMetrics | null,
): Promise<HttpServer> {
  return startHttpServer({
    routes: routeTable(features.all).map(features.profiled),
    sockets: socketTable(features.all),
    guards: features.guards,
    host: config.HOST,
    port: config.PORT,
    tls: tlsFiles(config),
    exclusivePort: config.HTTP_PROCESSES === 1,
    trustedProxies: config.TRUSTED_PROXIES,
    hostUrl: config.HOST_URL,
    inFlightMax: config.HTTP_IN_FLIGHT_MAX,
    bodyBytesMax: config.HTTP_BODIES_MAX_MB * MB,
    turnBudgetMs: config.HTTP_TURN_BUDGET_MS,
    brownout,
    largeBodies: new PoolCompressor(pool),
    metrics,
    journal,
    hstsMaxAgeS: config.HSTS_MAX_AGE_S,
    environment: readEnvironment(),
    logger,
  });
}

class ComposedApi implements Api {
  readonly #http: HttpServer;
  readonly #features: Features;
  readonly #stack: DisposeStack;

  constructor(http: HttpServer, features: Features, stack: DisposeStack) {
    this.#http = http;
    this.#features = features;
    this.#stack = stack;
  }

  get port(): number {
    return this.#http.port;
  }

  reload(): void {
    void this.#http.reloadTls();
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#features.health.startDraining();
    await this.#http.drain(deadlineMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }
}
