/** Runs the jobs of the features, each in a loop of its own, so that a slow one keeps no other waiting. */
import type { Feature, Job } from '../features/feature.ts';
import { BackgroundTasks } from '../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../lib/async/cancel.ts';
import { Deadline } from '../lib/async/deadline.ts';
import { sleep } from '../lib/async/wait.ts';
import type { Logger } from '../platform/log/logger.ts';

export class JobRunner implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #stop = new CancelController();
  readonly #loops = new BackgroundTasks();

  constructor(features: readonly Feature[], logger: Logger) {
    this.#logger = logger;
    for (const job of features.flatMap(({ jobs = [] }) => jobs)) this.#loops.add(this.#repeat(job));
  }

  /** Aborts what runs, and waits a second at the longest for it to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the process stops'));
    await this.#loops.settled();
  }

  async #repeat(job: Job): Promise<void> {
    const { signal } = this.#stop;
    while (await hasPassed(job.everyMs, signal)) {
      const { name, timeoutMs } = job;
      using deadline = new Deadline({
        timeoutMs,
        parent: signal,
        failure: () => new Error(`${name} was not done within ${timeoutMs} ms`),
      });
      try {
        await job.run(deadline.signal);
      } catch (error) {
        if (!signal.aborted)
          this.#logger.warn(
            { job: name, err: error },
            'a job failed, it runs again when its time comes',
          );
      }
    }
  }
}

/** False when the signal has aborted before. */
function hasPassed(durationMs: number, signal: CancelSignal): Promise<boolean> {
  return sleep(durationMs, signal, { ref: false }).then(
    () => true,
    () => false,
  );
}
