/** The worker that belongs to `serve`: a process of its own, so that jobs take no time from requests. */
import { fileURLToPath } from 'node:url';
import { BackgroundTasks } from '../lib/async/background-tasks.ts';
import { CancelController } from '../lib/async/cancel.ts';
import { sleep } from '../lib/async/wait.ts';
import { childEnvironment } from '../platform/config/env.ts';
import type { DatabaseTargets } from '../platform/db/targets.ts';
import type { Logger } from '../platform/log/logger.ts';
import {
  superviseChildren,
  type ChildGroup,
  type Supervisor,
} from '../platform/processes/supervisor.ts';

export interface WorkerProcessOptions {
  readonly targets: DatabaseTargets;
  /** Hears what the worker says. */
  readonly group: ChildGroup;
  readonly logger: Logger;
}

const READY_TIMEOUT_MS = 60_000;
const DRAIN_MS = 20_000;
const AGAIN_FIRST_MS = 1000;
const AGAIN_MAX_MS = 60_000;

export class WorkerProcess implements AsyncDisposable {
  readonly #options: WorkerProcessOptions;
  readonly #life = new CancelController();
  readonly #start = new BackgroundTasks();
  #supervisor: Supervisor | null = null;

  /** Starts it behind the caller's back: requests are served whether jobs are run or not. */
  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#start.add(this.#run());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new Error('the server stops'));
    await this.#start.settled();
    await this.#supervisor?.drain(DRAIN_MS);
  }

  async #run(): Promise<void> {
    const { signal } = this.#life;
    for (
      let pauseMs = AGAIN_FIRST_MS;
      !signal.aborted;
      pauseMs = Math.min(2 * pauseMs, AGAIN_MAX_MS)
    ) {
      try {
        const supervisor = await this.#supervise();
        if (signal.aborted) return await supervisor.drain(DRAIN_MS);
        this.#supervisor = supervisor;
        return;
      } catch (error) {
        this.#options.logger.error(
          { err: error, againInMs: pauseMs },
          'the worker did not start: jobs wait',
        );
        await sleep(pauseMs, signal, { ref: false }).catch(() => undefined);
      }
    }
  }

  #supervise(): Promise<Supervisor> {
    const { targets, group, logger } = this.#options;
    return superviseChildren({
      count: 1,
      module: fileURLToPath(new URL('../main.js', import.meta.url)),
      parameters: ['worker'],
      environment: childEnvironment({
        POSTGRES_URI: targets.primaryUri,
        POSTGRES_MIGRATE_URI: targets.migrateUri,
        ...(targets.readUri === null ? {} : { POSTGRES_READ_URI: targets.readUri }),
      }),
      readyTimeoutMs: READY_TIMEOUT_MS,
      groups: [group],
      logger,
    });
  }
}
