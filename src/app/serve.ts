/**
 * The role `serve`: everything on this machine. Database when embedded, migrations, demo catalogue, then
 * one api in this process, or several under a supervisor.
 */
import { demoCatalogText } from '../features/library/feature.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import { untilCancelled } from '../lib/async/wait.ts';
import type { Config } from '../platform/config/config.ts';
import { configuredSources } from '../platform/config/configured-sources.ts';
import { maskUrl } from '../platform/config/mask.ts';
import { openDataDir } from '../platform/data-dir/data-dir.ts';
import { withPooler } from '../platform/db/pooler.ts';
import { configuredTargets, type DatabaseTargets } from '../platform/db/targets.ts';
import { QUEUE_NAMES } from '../platform/jobs/queues.ts';
import { ReportedDurations } from '../platform/jobs/worker-metrics.ts';
import { ExceptionLog } from '../platform/log/exception-log.ts';
import { startEmbeddedPostgres } from '../platform/postgres-server/embedded-postgres.ts';
import { startApiProcesses } from './api-processes.ts';
import { composeApi, type Api, type Begun } from './api.ts';
import { readyText } from './banner.ts';
import { disposeQuietly, drainAndDispose } from './drain.ts';
import { importDemo } from './import-demo.ts';
import { localUrl } from './local-url.ts';
import { migrateDatabase } from './migrate.ts';
import { checkListening, checkSecretKey } from './preflight.ts';
import type { RoleContext } from './role-context.ts';
import { WorkerProcess } from './worker-process.ts';

/** Starts everything, waits for the signal, drains. @throws StartError when something is missing. */
export async function serve(outer: RoleContext): Promise<void> {
  const { progress, print, stop } = outer;
  const exceptions = new ExceptionLog();
  const logger = exceptions.watch(outer.logger);
  const given = { ...outer, logger };
  const stack = new DisposeStack();
  try {
    progress.step(`Sluice starts with Node ${process.versions.node}`);
    await checkListening(given.config);
    const { targets, database, firstBoot } = await openTargets(given, stack);
    const config = await withPooler(given.config, logger);
    const context = { ...given, config };
    await prepareDatabase(context, targets);
    const durations = new ReportedDurations();
    const api = await startApi(config, targets, {
      logger,
      exceptions,
      ofWorker: durations.families,
    });
    context.onHangup(() => api.reload());
    print(
      readyText({
        baseUrl: publicUrl(config, api.port),
        https: config.TLS_CERT !== null || config.HOST_URL?.startsWith('https:') === true,
        processes: config.HTTP_PROCESSES,
        hasWorker: config.WORKER_SINGLE_MODE,
        database,
        cache: cacheText(config),
        catalogue: config.DEMO_CATALOG
          ? `demo: ${await demoCatalogText()}`
          : 'as it is in the database',
        sources: configuredSources(config).map(({ name }) => name),
        elapsedMs: progress.elapsedMs,
        firstBoot,
      }),
    );
    context.started();
    await using worker = config.WORKER_SINGLE_MODE
      ? new WorkerProcess({ targets, group: durations, logger })
      : null;
    await untilCancelled(stop);
    print('Stopping: requests in flight finish first\n');
    await Promise.all([
      drainAndDispose(api, config.DRAIN_TIMEOUT_MS, logger),
      worker?.[Symbol.asyncDispose](),
    ]);
  } finally {
    await disposeQuietly(stack, logger);
  }
}

function cacheText({ REDIS_URL }: Config): string {
  return REDIS_URL === null
    ? 'in-process (set REDIS_URL to share it)'
    : `Redis at ${maskUrl(REDIS_URL)}`;
}

interface OpenedTargets {
  readonly targets: DatabaseTargets;
  /** For the banner. */
  readonly database: string;
  readonly firstBoot: boolean;
}

async function openTargets(context: RoleContext, stack: DisposeStack): Promise<OpenedTargets> {
  const { config, logger, progress, stop } = context;
  const configured = configuredTargets(config);
  if (configured !== null) {
    await checkSecretKey(config);
    const replica = configured.readUri === null ? '' : `, replica ${maskUrl(configured.readUri)}`;
    const database = `PostgreSQL at ${maskUrl(configured.primaryUri)}${replica}`;
    return { targets: configured, database, firstBoot: false };
  }
  const dataDir = stack.use(await openDataDir(config.DATA_DIR));
  await checkSecretKey(config);
  const server = stack.use(
    await startEmbeddedPostgres({
      dataDir: dataDir.path,
      connectionsMax: connectionsOf(config),
      logger,
      signal: stop,
      onProgress: (text) => progress.step(text),
    }),
  );
  return {
    targets: { primaryUri: server.uri, readUri: null, migrateUri: server.uri },
    database: `embedded PostgreSQL ${server.version} in ${dataDir.path} (set POSTGRES_URI for one of your own)`,
    firstBoot: server.firstBoot,
  };
}

/** A worker's are beside those of the processes that answer HTTP: its jobs', one for each queue, and two. */
function connectionsOf(config: Config): number {
  const { DB_MAX_CONNECTIONS, WORKER_SINGLE_MODE, WORKER_DB_CONNECTIONS } = config;
  const ofWorker = WORKER_DB_CONNECTIONS + QUEUE_NAMES.length + 2;
  return DB_MAX_CONNECTIONS + (WORKER_SINGLE_MODE ? ofWorker : 0);
}

/** Migrations, then the demo catalogue: both before the first request, so that nothing is cached too early. */
async function prepareDatabase(context: RoleContext, targets: DatabaseTargets): Promise<void> {
  const { config, logger, progress, stop } = context;
  if (config.MIGRATE_ON_START) {
    const applied = await migrateDatabase(config, targets, logger, stop);
    progress.step(
      applied.length === 0
        ? 'Schema is up to date'
        : `Schema: ${applied.length} migrations applied`,
    );
  }
  if (config.DEMO_CATALOG) progress.step(await importDemo(config, targets, logger, stop));
}

/** With several processes, those list what this one warns of. */
function startApi(config: Config, targets: DatabaseTargets, begun: Begun): Promise<Api> {
  return config.HTTP_PROCESSES === 1
    ? composeApi(config, targets, begun)
    : startApiProcesses(config, targets, begun);
}

function publicUrl(config: Config, port: number): string {
  return config.HOST_URL ?? localUrl(config, port);
}
