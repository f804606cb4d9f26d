/**
 * Graphile Worker as we use it: it carries ids of waiting jobs to workers, each id to one at a time. What becomes of a job
 * is in our own table, so that neither its locks (4 hours after a kill) nor its keys decide anything.
 */
import { EventEmitter } from 'node:events';
import {
  Logger as EngineLogger,
  run,
  runMigrations,
  type Runner,
  type WorkerEvents,
} from 'graphile-worker';
import { CancelController } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import type { Logger } from '../log/logger.ts';
import {
  openEngineConnections,
  type EngineConnectionOptions,
  type EngineConnections,
} from './engine-connections.ts';
import type { QueueName } from './queues.ts';
import { engineTask } from './statements.ts';

export interface EngineOptions {
  readonly uri: string;
  readonly connectTimeoutMs: number;
  /** The URI leads to PgBouncer in transaction mode: nothing that is said there is heard, so the engine asks. */
  readonly isPooled: boolean;
  readonly queues: readonly { readonly name: QueueName; readonly concurrency: number }[];
  /** Does a job to its end. What it throws makes the engine bring the id again a little later. */
  readonly onJob: (id: string) => Promise<void>;
  /** Told of the names by which the engine locks ids, each time that one is added. */
  readonly onName: (engineId: string) => void;
}

/** Where it listens, asking is for the case that the listening connection was lost, and for times in the future. */
const ASK_EVERY_MS = 10_000;
const ASK_EVERY_POOLED_MS = 2500;
/** Ids that one process may have fetched beyond those it works on, and for how long. */
const AHEAD_MAX = 50;
const AHEAD_MS = 1000;
const RESTART_FIRST_MS = 1000;
const RESTART_MAX_MS = 30_000;

/** Creates or renews the schema of the engine. The connection has to be a direct one. */
export async function installEngine(
  options: Omit<EngineConnectionOptions, 'connectionsMax'>,
  logger: Logger,
): Promise<void> {
  const pgPool = openEngineConnections({ ...options, connectionsMax: 1 }, logger);
  try {
    await runMigrations({ pgPool, logger: engineLogger(logger) });
  } finally {
    await pgPool.end();
  }
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #logger: Logger;
  readonly #pool: EngineConnections;
  readonly #life = new CancelController();
  #loops: readonly Promise<void>[] = [];

  constructor(options: EngineOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    const { uri, connectTimeoutMs, queues } = options;
    // Each queue listens on a connection; fetching and deleting ids share two.
    const connectionsMax = queues.length + 2;
    this.#pool = openEngineConnections({ uri, connectTimeoutMs, connectionsMax }, logger);
  }

  /** Resolves when ids of all queues are asked for. */
  async start(): Promise<void> {
    const runners = await Promise.all(this.#options.queues.map((queue) => this.#run(queue)));
    this.#loops = this.#options.queues.map((queue, index) => this.#keep(queue, runners[index]));
  }

  /** No further job begins; resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#life.abort(new Error('the job engine stops'));
    this.#pool.giveUpWaiting();
    await Promise.all(this.#loops);
    await this.#pool.end();
  }

  /** The engine gives itself up after minutes without a database: it is started again. */
  async #keep(queue: EngineOptions['queues'][number], first: Runner | undefined): Promise<void> {
    const { signal } = this.#life;
    let runner = first;
    for (
      let pauseMs = RESTART_FIRST_MS;
      !signal.aborted;
      pauseMs = Math.min(2 * pauseMs, RESTART_MAX_MS)
    ) {
      if (runner !== undefined) {
        pauseMs = RESTART_FIRST_MS;
        await this.#untilEnded(runner);
      }
      if (signal.aborted) return;
      this.#logger.warn(
        { queue: queue.name, againInMs: pauseMs },
        'the job engine ended, it is started again',
      );
      await sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      runner = await this.#run(queue).catch(() => undefined);
    }
    await runner?.stop().catch(() => undefined);
  }

  async #untilEnded(runner: Runner): Promise<void> {
    let isEnded = false;
    const ended = runner.promise.then(
      () => void (isEnded = true),
      () => void (isEnded = true),
    );
    const stop = () => {
      if (!isEnded) void runner.stop().catch(() => undefined);
    };
    const { signal } = this.#life;
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    await ended;
    signal.removeEventListener('abort', stop);
  }

  #run({ name, concurrency }: EngineOptions['queues'][number]): Promise<Runner> {
    const { isPooled, onJob, onName } = this.#options;
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => onName(workerPool.id));
    return run({
      pgPool: this.#pool,
      logger: engineLogger(this.#logger),
      events,
      noHandleSignals: true,
      noPreparedStatements: isPooled,
      concurrency,
      pollInterval: isPooled ? ASK_EVERY_POOLED_MS : ASK_EVERY_MS,
      parsedCronItems: [],
      taskList: {
        [engineTask(name)]: (payload) => onJob(idOf(payload)),
      },
      preset: {
        worker: {
          localQueue: { size: concurrency + AHEAD_MAX, ttl: AHEAD_MS },
          // Without these two a job that ends during a graceful stop stays locked (0.17 and 0.18).
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
  }
}

function idOf(payload: unknown): string {
  const isKnown = typeof payload === 'object' && payload !== null && 'id' in payload;
  return isKnown ? String(payload.id) : '';
}

/** Its errors are of single statements, which it repeats; what matters to operators is logged where it is noticed. */
function engineLogger(logger: Logger): EngineLogger {
  return new EngineLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') logger.debug({ level }, message);
  });
}
