/** Several api processes on one port: the supervisor's side, and the child's. */
import { fileURLToPath } from 'node:url';
import { untilCancelled } from '../lib/async/wait.ts';
import type { Config } from '../platform/config/config.ts';
import { childEnvironment } from '../platform/config/env.ts';
import type { DatabaseTargets } from '../platform/db/targets.ts';
import { ExceptionLog } from '../platform/log/exception-log.ts';
import { HandedExceptions, takeHandedExceptions } from '../platform/log/handed-exceptions.ts';
import { announceReady, onSupervisorGone } from '../platform/processes/child-channel.ts';
import { ReportedDurations } from '../platform/jobs/worker-metrics.ts';
import { SupervisorMetrics } from '../platform/metrics/supervisor-metrics.ts';
import { PeerRelay } from '../platform/processes/peers.ts';
import { superviseChildren, type Supervisor } from '../platform/processes/supervisor.ts';
import { processMetrics } from '../platform/runtime/process-metrics.ts';
import { composeApi, type Api, type Begun } from './api.ts';
import { drainAndDispose } from './drain.ts';
import { checkListening, checkTls } from './preflight.ts';
import type { RoleContext } from './role-context.ts';

const READY_TIMEOUT_MS = 30_000;
/** Within the second or more that a scrape may take. */
const METRICS_TIMEOUT_MS = 1000;
/** Beyond the drain itself: closing pools, and the child's own deadline comes first. */
const CLOSE_TIMEOUT_MS = 8000;

/**
 * Starts HTTP_PROCESSES children that share the port.
 * @param begun with what is measured in the process of the caller, beside its own
 * @throws StartError when one cannot start
 */
export async function startApiProcesses(
  config: Config,
  targets: DatabaseTargets,
  { logger, exceptions, ofWorker }: Begun,
): Promise<Api> {
  const handed = new HandedExceptions(exceptions);
  const supervisor = await superviseChildren({
    count: config.HTTP_PROCESSES,
    module: fileURLToPath(new URL('../main.js', import.meta.url)),
    parameters: ['api'],
    environment: childEnvironment({
      POSTGRES_URI: targets.primaryUri,
      ...(targets.readUri === null ? {} : { POSTGRES_READ_URI: targets.readUri }),
    }),
    readyTimeoutMs: READY_TIMEOUT_MS,
    groups: [
      new SupervisorMetrics({
        processes: config.HTTP_PROCESSES,
        answerTimeoutMs: METRICS_TIMEOUT_MS,
        families: [...processMetrics(), ...ofWorker],
      }),
      new PeerRelay(),
      handed,
    ],
    logger,
  }).catch((error: unknown) => {
    handed[Symbol.dispose]();
    throw error;
  });
  return new SupervisedApi(supervisor, handed, config.PORT);
}

class SupervisedApi implements Api {
  readonly port: number;
  readonly #supervisor: Supervisor;
  readonly #handed: HandedExceptions;

  constructor(supervisor: Supervisor, handed: HandedExceptions, port: number) {
    this.#supervisor = supervisor;
    this.#handed = handed;
    this.port = port;
  }

  reload(): void {
    this.#supervisor.reload();
  }

  drain(deadlineMs: number): Promise<void> {
    return this.#supervisor.drain(deadlineMs + CLOSE_TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#handed[Symbol.dispose]();
    await this.#supervisor[Symbol.asyncDispose]();
  }
}

/** The role `api`: one process, alone or as a child of the supervisor; it drains when that is gone, too. */
export async function apiChild(context: RoleContext, targets: DatabaseTargets): Promise<void> {
  const { config, stop, started, onHangup } = context;
  const exceptions = new ExceptionLog();
  const logger = exceptions.watch(context.logger);
  takeHandedExceptions(exceptions);
  const orphaned = new Promise<void>((resolve) => {
    onSupervisorGone(resolve, config.DRAIN_TIMEOUT_MS + CLOSE_TIMEOUT_MS);
  });
  await (config.HTTP_PROCESSES === 1 ? checkListening(config) : checkTls(config));
  const api = await composeApi(config, targets, {
    logger,
    exceptions,
    ofWorker: new ReportedDurations().families,
  });
  onHangup(() => api.reload());
  logger.info({ port: api.port }, 'the api process is ready');
  announceReady();
  started();
  await Promise.race([untilCancelled(stop), orphaned]);
  await drainAndDispose(api, config.DRAIN_TIMEOUT_MS, logger);
}
