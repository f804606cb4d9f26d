/** What runs, told to everybody who watches: one look a second serves them all, and none is made while nobody does. */
import { CancelController } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import type { JobStore } from '../../platform/jobs/job-store.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { shownCounts, shownTask } from './shown-task.ts';
import type { TaskCounts } from './task-counts.ts';

const LOOK_EVERY_MS = 1000;
const LOOK_TIMEOUT_MS = 5000;

export class TaskFeed implements Disposable {
  readonly #store: Pick<JobStore, 'watched'>;
  readonly #counts: TaskCounts;
  readonly #logger: Logger;
  readonly #watchers = new Set<(event: Uint8Array) => void>();
  #watch: CancelController | null = null;
  #last = '';

  constructor(store: Pick<JobStore, 'watched'>, counts: TaskCounts, logger: Logger) {
    this.#store = store;
    this.#counts = counts;
    this.#logger = logger;
  }

  /** Whoever comes later is told at once what the others know. */
  open(send: (event: Uint8Array) => void): () => void {
    this.#watchers.add(send);
    if (this.#watch === null) void this.#run((this.#watch = new CancelController()));
    else if (this.#last !== '') send(eventOf(this.#last));
    return () => {
      this.#watchers.delete(send);
      if (this.#watchers.size === 0) this.#stop();
    };
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #stop(): void {
    this.#watch?.abort(new Error('nobody watches'));
    this.#watch = null;
    this.#last = '';
  }

  async #run({ signal }: CancelController): Promise<void> {
    while (!signal.aborted) {
      try {
        const text = await this.#look();
        if (!signal.aborted && text !== this.#last) this.#tell(text);
      } catch (error) {
        this.#logger.debug({ err: error }, 'tasks could not be looked at for those who watch');
      }
      await sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  async #look(): Promise<string> {
    const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
    const [jobs, counts] = await Promise.all([
      this.#store.watched(signal),
      this.#counts.get(signal),
    ]);
    return JSON.stringify({ items: jobs.map(shownTask), ...shownCounts(counts) });
  }

  #tell(text: string): void {
    this.#last = text;
    const event = eventOf(text);
    for (const send of this.#watchers) send(event);
  }
}

function eventOf(text: string): Uint8Array {
  return Buffer.from(`event: tasks\ndata: ${text}\n\n`);
}
