/** Everything outside that features are built on, opened in order; the given stack closes it in reverse. */
import { availableParallelism } from 'node:os';
import type { CancelSignal } from '../lib/async/cancel.ts';
import { Brownout } from '../lib/admission/brownout.ts';
import type { DisposeStack } from '../lib/async/dispose-stack.ts';
import { RequestJournal } from '../lib/request-journal/request-journal.ts';
import { cacheMetrics } from './cache/cache-metrics.ts';
import { CacheRegistry } from './cache/cache-registry.ts';
import { openChannel, type Channel } from './channel/channel.ts';
import type { Config } from './config/config.ts';
import { databaseMetrics } from './db/database-metrics.ts';
import { openBulkLoad, type BulkLoad } from './db/bulk-load.ts';
import type { Database, MeasuredDatabase } from './db/database.ts';
import type { DatabaseTargets } from './db/targets.ts';
import { createFetcher, type Fetcher } from './fetch/fetcher.ts';
import { JobStore } from './jobs/job-store.ts';
import { StoredJobQueue } from './jobs/job-queue.ts';
import type { JobQueue } from './jobs/queue.ts';
import { ExceptionLog } from './log/exception-log.ts';
import type { Logger } from './log/logger.ts';
import { MetricsRegistry } from './metrics/metrics-registry.ts';
import { createTaskPool, NAME_FILTER_ENTRY } from './pool/piscina-pool.ts';
import { poolMetrics } from './pool/pool-metrics.ts';
import type { TaskPool } from './pool/task-pool.ts';
import { AddressLimiter } from './rate-limit/address-limiter.ts';
import { openPeers, type Peers } from './processes/peers.ts';
import type { RedisClient } from './redis/client.ts';
import { redisMetrics } from './redis/redis-metrics.ts';
import { brownoutMetrics } from './runtime/brownout-metrics.ts';
import { LoopDelay, loopMetrics, processMetrics } from './runtime/process-metrics.ts';
import { upstreamMetrics } from './upstream/upstream-metrics.ts';
import type { Upstreams } from './upstream/upstream.ts';
import { createUpstreams } from './upstream/upstreams.ts';

/** One outside part; `check` rejects when it does not answer. */
export interface ReadinessCheck {
  readonly name: string;
  check(signal: CancelSignal): Promise<void>;
}

export interface Platform {
  readonly config: Config;
  readonly database: Database;
  /** Other processes hear of what caches let go; without it, they do not. */
  readonly hasRedis: boolean;
  /** A connection of its own for a load of minutes; whoever opens it closes it. */
  readonly openBulkLoad: (signal: CancelSignal) => Promise<BulkLoad>;
  /** What processes tell each other; whoever opens it closes it. */
  readonly openChannel: (name: string) => Channel;
  readonly caches: CacheRegistry;
  readonly pool: TaskPool;
  /** Runs users' regular expressions, and nothing that others wait for. */
  readonly filterPool: TaskPool;
  readonly fetcher: Fetcher;
  /** Work that outlives a request: docs/workers.md. */
  readonly jobs: JobQueue;
  /** Sources, metadata and other services: whatever is asked often. */
  readonly upstreams: Upstreams;
  /** The other processes of this machine. */
  readonly peers: Peers;
  /** How much less than everything this process does now. */
  readonly brownout: Brownout;
  /** Null: clients are not limited. */
  readonly addressLimiter: AddressLimiter | null;
  /** Families of everything here; features and the front end add theirs. */
  readonly metrics: MetricsRegistry;
  /** Without these no feature works. */
  readonly healthChecks: readonly ReadinessCheck[];
  /** Null: one process, nothing shared. */
  readonly redis: RedisClient | null;
  /** Null: requests are not kept (`ENABLE_REQUEST_METRICS`). */
  readonly journal: RequestJournal | null;
  /** What `logger` has warned of. */
  readonly exceptions: ExceptionLog;
  readonly logger: Logger;
}

export interface PlatformParts {
  readonly config: Config;
  readonly targets: Pick<DatabaseTargets, 'migrateUri'>;
  readonly database: MeasuredDatabase;
  /** Null: one process, nothing shared. */
  readonly redis: RedisClient | null;
  /** What counts the warnings of `logger`; one that is not told of any when absent. */
  readonly exceptions?: ExceptionLog;
  /** A process without requests: threads start when there is something for them. */
  readonly isLean?: boolean;
  readonly logger: Logger;
}

/** Statements that wait for a connection: 64 clients who ask for nothing but cold titles are no overload. */
const DATABASE_WAITING_MAX = 160;
const TASK_TIMEOUT_MS = 10_000;
const POOL_CLOSE_TIMEOUT_MS = 3000;

/** Opens what needs no waiting around a database and a Redis that are open, and stay their owners'. */
export function openPlatform(
  {
    config,
    targets,
    database,
    redis,
    exceptions = new ExceptionLog(),
    logger,
    isLean = false,
  }: PlatformParts,
  stack: DisposeStack,
): Platform {
  const pools = {
    queueMax: config.POOL_QUEUE_MAX,
    taskTimeoutMs: TASK_TIMEOUT_MS,
    closeTimeoutMs: POOL_CLOSE_TIMEOUT_MS,
    logger,
  };
  const pool = stack.use(
    createTaskPool({ ...pools, threads: poolThreads(config), isIdleAtFirst: isLean }),
  );
  const brownout = openBrownout(database);
  const caches = stack.use(new CacheRegistry({ config, redis, brownout }, logger));
  const fetcher = stack.use(createFetcher({ allowPrivate: config.FETCH_ALLOW_PRIVATE }));
  const processes = config.HTTP_PROCESSES;
  const upstreams = createUpstreams({ fetcher, redis, processes, logger });
  const filterPool = stack.use(
    createTaskPool({ ...pools, threads: 1, entry: NAME_FILTER_ENTRY, isIdleAtFirst: true }),
  );
  const metrics = new MetricsRegistry();
  metrics.add([
    ...databaseMetrics(database),
    ...cacheMetrics(() => caches.caches),
    ...redisMetrics(redis),
    ...poolMetrics({ main: pool, filters: filterPool }),
    ...upstreamMetrics(upstreams),
    ...processMetrics(),
    ...brownoutMetrics(brownout),
    ...loopMetrics(openLoopDelay(stack)),
  ]);
  return {
    config,
    database,
    hasRedis: redis !== null,
    openBulkLoad: bulkLoads(config, targets, logger),
    openChannel: (name) => openChannel(name, { config, targets, database, redis, logger }),
    caches,
    pool,
    filterPool,
    fetcher,
    jobs: new StoredJobQueue(new JobStore(database)),
    upstreams,
    peers: openPeers(processes),
    brownout,
    addressLimiter: openAddressLimiter(config, redis),
    metrics,
    healthChecks: healthChecks(database, redis),
    redis,
    journal: config.ENABLE_REQUEST_METRICS ? new RequestJournal() : null,
    exceptions,
    logger,
  };
}

function bulkLoads(
  { DB_CONNECT_TIMEOUT_MS: connectTimeoutMs }: Config,
  { migrateUri: uri }: PlatformParts['targets'],
  logger: Logger,
): Platform['openBulkLoad'] {
  return (signal) => openBulkLoad({ uri, connectTimeoutMs, signal }, logger);
}

function healthChecks(database: Database, redis: RedisClient | null): readonly ReadinessCheck[] {
  const checks = [{ name: 'database', check: (signal: CancelSignal) => database.ping(signal) }];
  if (redis !== null) checks.push({ name: 'redis', check: (signal) => redis.ready(signal) });
  return checks;
}

/** The front end adds signals of its own, and the process that serves reads them. */
function openBrownout(database: Pick<MeasuredDatabase, 'stats'>): Brownout {
  const brownout = new Brownout();
  brownout.add({
    name: 'database',
    read: () => database.stats().waiting / DATABASE_WAITING_MAX,
  });
  return brownout;
}

function openAddressLimiter(
  { RATE_LIMIT_PER_MINUTE: tokensPerMinute }: Config,
  redis: RedisClient | null,
): AddressLimiter | null {
  return tokensPerMinute === 0 ? null : new AddressLimiter({ tokensPerMinute, redis });
}

function openLoopDelay(stack: DisposeStack): LoopDelay {
  const delay = new LoopDelay();
  stack.defer(() => delay[Symbol.dispose]());
  return delay;
}

/** Pool threads per process: max(1, floor((cores − HTTP_PROCESSES) ÷ HTTP_PROCESSES)). */
function poolThreads(config: Config): number {
  const processes = config.HTTP_PROCESSES;
  return (
    config.POOL_THREADS ?? Math.max(1, Math.floor((availableParallelism() - processes) / processes))
  );
}
