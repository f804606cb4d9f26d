/** The role `worker`: the features without HTTP, and a worker that runs their jobs. */
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import { untilCancelled } from '../lib/async/wait.ts';
import type { Config } from '../platform/config/config.ts';
import { openKeyRing } from '../platform/data-dir/key-ring.ts';
import { openDatabase, requireDatabase, type DatabaseTargets } from '../platform/db/targets.ts';
import { QUEUE_NAMES, QUEUES } from '../platform/jobs/queues.ts';
import { ScheduleStore } from '../platform/jobs/schedule-store.ts';
import { Scheduler } from '../platform/jobs/scheduler.ts';
import { JobDurations } from '../platform/jobs/worker-metrics.ts';
import { JobWorker } from '../platform/jobs/worker.ts';
import type { Logger } from '../platform/log/logger.ts';
import { openPlatform } from '../platform/platform.ts';
import { announceReady, onSupervisorGone } from '../platform/processes/child-channel.ts';
import { openRedis } from '../platform/redis/open-redis.ts';
import { composeFeatures } from './compose.ts';
import { disposeQuietly } from './drain.ts';
import type { RoleContext } from './role-context.ts';
import { parseWorker, type WorkerArguments } from './worker-arguments.ts';

/** Longer than a worker waits for its jobs to end. */
const CLOSE_TIMEOUT_MS = 30_000;

/** Runs jobs until the signal, or until the supervisor is gone. @throws StartError */
export async function runWorker(context: RoleContext, targets: DatabaseTargets): Promise<void> {
  const { config, logger, print, stop, started } = context;
  const given = parseWorker(context.parameters);
  const orphaned = new Promise<void>((resolve) => {
    onSupervisorGone(resolve, CLOSE_TIMEOUT_MS);
  });
  const stack = new DisposeStack();
  try {
    const worker = await composeWorker({ config, targets, logger, given }, stack);
    const queues = worker.queues.join(', ');
    logger.info({ queues: worker.queues }, 'the worker is ready');
    if (process.send === undefined) print(`Sluice works on the queues ${queues}\n`);
    announceReady();
    started();
    await Promise.race([untilCancelled(stop), orphaned]);
  } finally {
    await disposeQuietly(stack, logger);
  }
}

interface WorkerParts {
  readonly config: Config;
  readonly targets: DatabaseTargets;
  readonly logger: Logger;
  readonly given: WorkerArguments;
}

async function composeWorker(
  { config, targets, logger, given }: WorkerParts,
  stack: DisposeStack,
): Promise<JobWorker> {
  const own: Config = {
    ...config,
    DB_MAX_CONNECTIONS: config.WORKER_DB_CONNECTIONS,
    HTTP_PROCESSES: 1,
    POOL_THREADS: 1,
  };
  const database = stack.use(openDatabase(own, targets, logger));
  const instanceId = await requireDatabase(targets, database, logger);
  const redis = await openRedis(config, instanceId, logger);
  if (redis !== null) stack.use(redis);
  const platform = openPlatform(
    { config: own, targets, database, redis, logger, isLean: true },
    stack,
  );
  // What is to be said of a missing SECRET_KEY, the server that started this process has said.
  const quiet = process.send === undefined ? config : { ...config, POSTGRES_URI: null };
  const ring = await openKeyRing(quiet, logger);
  const features = await composeFeatures(platform, ring, stack);
  const handlers = features.all.flatMap(({ jobs = [] }) => jobs);
  const durations = new JobDurations(
    handlers.map(({ definition }) => definition.name),
    features.all.flatMap(({ workerMetrics = [] }) => workerMetrics),
  );
  stack.defer(() => durations[Symbol.dispose]());
  const names = given.queues ?? QUEUE_NAMES;
  const schedules = features.all.flatMap((feature) => feature.schedules ?? []);
  const worker = new JobWorker({
    database,
    engine: {
      uri: engineUri(config, targets),
      connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
      isPooled: config.POSTGRES_USE_PGBOUNCER === true && config.POSTGRES_MIGRATE_URI === null,
      queues: names.map((name) => ({
        name,
        concurrency: given.concurrency ?? config.WORKER_CONCURRENCY ?? QUEUES[name].concurrency,
      })),
    },
    handlers,
    scheduler: config.DISABLE_ALL_SCHEDULER
      ? null
      : new Scheduler({
          store: new ScheduleStore(database),
          schedules,
          configured: config.SCHEDULES,
          logger,
        }),
    onEnded: (name, state, seconds) => durations.ended(name, state, seconds),
    onDeaf: () => {
      logger.error({}, 'a job goes on that others may have begun: this process ends');
      process.exit(1);
    },
    logger,
  });
  if (config.WORKER_METRICS_PORT !== null) {
    // Beside `serve` it is the server that shows them.
    if (process.send === undefined) platform.metrics.add(durations.families);
    const { openWorkerAddress } = await import('./worker-address.ts');
    stack.use(await openWorkerAddress(platform, features, config.WORKER_METRICS_PORT));
  }
  stack.use(worker);
  for (const feature of features.all) await feature.onWorkerStart?.(names);
  await worker.start();
  return worker;
}

/** Listening needs a connection of its own, never through a transaction pooler. */
function engineUri(config: Config, { primaryUri, migrateUri }: DatabaseTargets): string {
  return config.POSTGRES_USE_PGBOUNCER === true ? migrateUri : primaryUri;
}
