/** Runs the upkeep of the features, each in a loop of its own, so that a slow one keeps no other waiting. */
import type { Feature, Upkeep } from '../features/feature.ts';
import { BackgroundTasks } from '../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../lib/async/cancel.ts';
import { Deadline } from '../lib/async/deadline.ts';
import { sleep } from '../lib/async/wait.ts';
import type { Logger } from '../platform/log/logger.ts';

export class UpkeepRunner implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #stop = new CancelController();
  readonly #loops = new BackgroundTasks();

  constructor(features: readonly Feature[], logger: Logger) {
    this.#logger = logger;
    for (const work of features.flatMap(({ upkeep = [] }) => upkeep))
      this.#loops.add(this.#repeat(work));
  }

  /** Aborts what runs, and waits a second at the longest for it to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the process stops'));
    await this.#loops.settled();
  }

  async #repeat(work: Upkeep): Promise<void> {
    const { signal } = this.#stop;
    while (await hasPassed(work.everyMs, signal)) {
      const { name, timeoutMs } = work;
      using deadline = new Deadline({
        timeoutMs,
        parent: signal,
        failure: () => new Error(`${name} was not done within ${timeoutMs} ms`),
      });
      try {
        await work.run(deadline.signal);
      } catch (error) {
        if (!signal.aborted)
          this.#logger.warn(
            { upkeep: name, err: error },
            'upkeep failed, it runs again when its time comes',
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
