/** Runs the jobs of the features, each in a loop of its own, so that a slow one keeps no other waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Feature, Job } from '../features/feature.ts';
import { BackgroundTasks } from '../lib/async/background-tasks.ts';
import type { Logger } from '../platform/log/logger.ts';

export class JobRunner implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #loops = new BackgroundTasks();

  constructor(features: readonly Feature[], logger: Logger) {
    this.#logger = logger;
    for (const job of features.flatMap(({ jobs = [] }) => jobs)) this.#loops.add(this.#repeat(job));
  }

  /** Aborts what runs, and waits a second at the longest for it to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loops.settled();
  }

  async #repeat(job: Job): Promise<void> {
    const { signal } = this.#stop;
    while (await hasPassed(job.everyMs, signal)) {
      try {
        await job.run(AbortSignal.any([signal, AbortSignal.timeout(job.timeoutMs)]));
      } catch (error) {
        if (!signal.aborted) this.#logger.warn({ job: job.name, err: error }, 'a job failed, it runs again when its time comes');
      }
    }
  }
}

/** False when the signal has aborted before. */
function hasPassed(durationMs: number, signal: AbortSignal): Promise<boolean> {
  return sleep(durationMs, true, { signal, ref: false }).catch(() => false);
}
