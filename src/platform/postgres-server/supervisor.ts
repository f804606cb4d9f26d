/** Keeps the server running: one that ends unexpectedly is started again at the same address. */
import { CancelController } from '../../lib/async/cancel.ts';
import { orCancelled, sleep } from '../../lib/async/wait.ts';
import type { Logger } from '../log/logger.ts';
import { endOrphans } from './orphans.ts';
import { startPostmaster, type Postmaster, type PostmasterOptions } from './postmaster.ts';
import { pruneLogs } from './server-logs.ts';

const RESTART_FIRST_MS = 200;
const RESTART_MAX_MS = 10_000;
/** A server that ran so long was healthy: its end starts the backoff anew. */
const HEALTHY_AFTER_MS = 60_000;
const PRUNE_EVERY_MS = 600_000;

export class PostmasterSupervisor implements AsyncDisposable {
  readonly #options: PostmasterOptions;
  readonly #logger: Logger;
  readonly #life = new CancelController();
  readonly #pruning: NodeJS.Timeout;
  readonly #keeping: Promise<void>;

  /** @param first already running; the options are those that it was started with */
  constructor(first: Postmaster, options: PostmasterOptions, logger: Logger) {
    this.#options = options;
    this.#logger = logger;
    this.#pruning = setInterval(() => {
      void this.#prune();
    }, PRUNE_EVERY_MS).unref();
    this.#keeping = this.#keep(first);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pruning);
    this.#life.abort(new Error('the supervisor is disposed'));
    await this.#keeping;
  }

  async #keep(first: Postmaster): Promise<void> {
    let pauseMs = RESTART_FIRST_MS;
    for (let running: Postmaster | null = first; running !== null;) {
      const startedAt = performance.now();
      await orCancelled(running.ended, this.#life.signal).catch(() => undefined);
      if (this.#life.signal.aborted) return running.stop();
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = RESTART_FIRST_MS;
      this.#logger.error(
        { restartInMs: pauseMs },
        'the embedded PostgreSQL ended unexpectedly, starting it again',
      );
      running = await this.#startAgain(pauseMs);
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS);
    }
  }

  /** Null when disposed meanwhile. */
  async #startAgain(firstPauseMs: number): Promise<Postmaster | null> {
    const { signal } = this.#life;
    for (
      let pauseMs = firstPauseMs;
      !signal.aborted;
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS)
    ) {
      await sleep(pauseMs, signal).catch(() => undefined);
      try {
        signal.throwIfAborted();
        await endOrphans(this.#options.cluster, signal);
        await this.#prune();
        const started = await startPostmaster(this.#options, signal);
        this.#logger.warn({}, 'the embedded PostgreSQL runs again');
        return started;
      } catch (error) {
        if (!signal.aborted)
          this.#logger.error({ error }, 'the embedded PostgreSQL could not be started again');
      }
    }
    return null;
  }

  async #prune(): Promise<void> {
    await pruneLogs(this.#options.logs).catch((error: unknown) => {
      this.#logger.warn({ error }, 'old logs of the embedded PostgreSQL could not be removed');
    });
  }
}
