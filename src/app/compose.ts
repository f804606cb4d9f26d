/**
 * The composition root of one api process: builds the platform, then the features, in order; the stack
 * closes them in reverse. Everything that a part needs is handed to its constructor here.
 */
import { AddonService } from '../features/addon/service.ts';
import { CATALOG_CACHE, GENRE_CACHE, META_CACHE } from '../features/addon/store.ts';
import { ContextCache } from '../features/configure/contexts.ts';
import { ConfigEditor } from '../features/configure/editor.ts';
import { readPageFiles, type PageFiles } from '../features/configure/page-routes.ts';
import { Profiles } from '../features/configure/profiles.ts';
import { PROFILE_CACHE, ProfileStore } from '../features/configure/store.ts';
import { HealthService } from '../features/health/service.ts';
import { readIcons, type Icons } from '../features/landing/icon-routes.ts';
import { LibraryStore } from '../features/library/store.ts';
import { PosterService } from '../features/posters/service.ts';
import { POSTER_CACHE } from '../features/posters/store.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../features/streams/codecs.ts';
import { NameMatchCache } from '../features/streams/name-matches.ts';
import { StreamService } from '../features/streams/service.ts';
import { StreamStore } from '../features/streams/store.ts';
import { startHttpServer, type HttpServer } from '../http/server.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import type { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Config } from '../platform/config/config.ts';
import { readEnvironment } from '../platform/config/env.ts';
import { packagePath } from '../platform/config/package-root.ts';
import type { Database } from '../platform/db/database.ts';
import { createFetcher } from '../platform/fetch/fetcher.ts';
import type { Logger } from '../platform/log/logger.ts';
import { createTaskPool, NAME_FILTER_ENTRY } from '../platform/pool/piscina-pool.ts';
import type { TaskPool } from '../platform/pool/task-pool.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { CacheRegistry, LOADS_MAX } from '../platform/cache/cache-registry.ts';
import { openDatabase, requireDatabase, type DatabaseTargets } from '../platform/db/targets.ts';
import { disposeQuietly, type Drainable } from './drain.ts';
import { openKeyRing } from '../platform/data-dir/key-ring.ts';
import { openRedis } from '../platform/redis/open-redis.ts';
import { PoolCompressor } from './pool-compressor.ts';
import { routeTable, type RouteParts } from './routes.ts';
import { cacheLifetimes, poolThreads, replyShareBytes, tlsFiles } from './settings.ts';

/** One process that answers HTTP. */
export interface Api extends Drainable {
  readonly port: number;
  /** Reads again what may change while it runs: the TLS files. What came of it is in the log. */
  reload(): void;
}

const READY_TIMEOUT_MS = 2000;
const TASK_TIMEOUT_MS = 10_000;
const POOL_CLOSE_TIMEOUT_MS = 3000;

/** @throws StartError naming the variable when a part cannot be built. */
export async function composeApi(config: Config, targets: DatabaseTargets, logger: Logger): Promise<Api> {
  const stack = new DisposeStack();
  try {
    const database = stack.use(openDatabase(config, targets, logger));
    const instanceId = await requireDatabase(targets, database, logger);
    const redis = await openRedis(config, instanceId, logger);
    if (redis !== null) stack.use(redis);
    const pool = stack.use(createTaskPool({
      threads: poolThreads(config), queueMax: config.POOL_QUEUE_MAX, taskTimeoutMs: TASK_TIMEOUT_MS,
      closeTimeoutMs: POOL_CLOSE_TIMEOUT_MS, logger,
    }));
    const caches = stack.use(new CacheRegistry({ memoryBytesMax: config.CACHE_MEMORY_BYTES, redis }, logger));
    const ring = await openKeyRing(config, logger);
    const page = await readPageFiles(packagePath('web/dist'));
    const icons = await readIcons(packagePath('assets'));
    const features = composeFeatures({ config, ring, page, icons, database, redis, pool, caches, logger, stack });
    const http = stack.use(await listen(config, features, pool, logger));
    return new ComposedApi(http, features.health, stack);
  } catch (error) {
    await disposeQuietly(stack, logger);
    throw error;
  }
}

interface Platform {
  readonly config: Config;
  readonly database: Database;
  readonly redis: RedisClient | null;
  readonly pool: TaskPool;
  readonly caches: CacheRegistry;
  readonly ring: KeyRing;
  readonly page: PageFiles;
  readonly icons: Icons;
  readonly logger: Logger;
  readonly stack: DisposeStack;
}

function composeFeatures({ config, ring, page, icons, database, redis, pool, caches, logger, stack }: Platform): RouteParts {
  const lifetimes = cacheLifetimes(config);
  const library = new LibraryStore(database);
  const fetcher = stack.use(createFetcher({ allowPrivate: config.FETCH_ALLOW_PRIVATE }));
  const checks = [{ name: 'database', check: (signal: AbortSignal) => database.ping(signal) }];
  const profiles = new Profiles({
    store: new ProfileStore(database), cache: caches.open(PROFILE_CACHE, lifetimes.profiles), ring,
  });
  const filterPool = stack.use(createTaskPool({
    threads: 1, queueMax: config.POOL_QUEUE_MAX, taskTimeoutMs: TASK_TIMEOUT_MS, closeTimeoutMs: POOL_CLOSE_TIMEOUT_MS,
    entry: NAME_FILTER_ENTRY, isIdleAtFirst: true, logger,
  }));
  const editor = new ConfigEditor({ ring, profiles, filterPool });
  if (redis !== null) checks.push({ name: 'redis', check: (signal) => redis.ready(signal) });
  return {
    health: new HealthService(checks, READY_TIMEOUT_MS),
    addon: new AddonService({
      titles: library,
      catalogCache: caches.open(CATALOG_CACHE, lifetimes.catalog),
      metaCache: caches.open(META_CACHE, lifetimes.meta),
      genreCache: caches.open(GENRE_CACHE, lifetimes.genres),
      logger,
    }),
    streams: new StreamService({
      source: new StreamStore(database),
      mediaCache: caches.open(RESOLVED_MEDIA_CACHE, lifetimes.ids),
      setCache: caches.open(streamSetCache(pool), lifetimes.streams),
      nameMatches: new NameMatchCache(filterPool),
      presenter: { addonName: config.ADDON_NAME, rowBytesMax: replyShareBytes(config) },
      titlesMax: LOADS_MAX,
    }),
    posters: new PosterService({
      source: library,
      cache: caches.open(POSTER_CACHE, lifetimes.posters),
      fetcher, pool, logger,
      showRating: config.POSTER_RATING_BADGE,
    }),
    contexts: new ContextCache({ ring, profiles, editor, contextsMax: config.CONFIG_CACHE_ENTRIES }),
    editor,
    profiles,
    page,
    icons,
  };
}

function listen(config: Config, features: RouteParts, pool: TaskPool, logger: Logger): Promise<HttpServer> {
  return startHttpServer({
    routes: routeTable(config, features),
    host: config.HOST,
    port: config.PORT,
    tls: tlsFiles(config),
    exclusivePort: config.HTTP_PROCESSES === 1,
    trustedProxies: config.TRUSTED_PROXIES,
    hostUrl: config.HOST_URL,
    inFlightMax: config.HTTP_IN_FLIGHT_MAX,
    turnBudgetMs: config.HTTP_TURN_BUDGET_MS,
    largeBodies: new PoolCompressor(pool),
    environment: readEnvironment(),
    logger,
  });
}

class ComposedApi implements Api {
  readonly #http: HttpServer;
  readonly #health: HealthService;
  readonly #stack: DisposeStack;

  constructor(http: HttpServer, health: HealthService, stack: DisposeStack) {
    this.#http = http;
    this.#health = health;
    this.#stack = stack;
  }

  get port(): number {
    return this.#http.port;
  }

  reload(): void {
    void this.#http.reloadTls();
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#health.startDraining();
    await this.#http.drain(deadlineMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }
}
