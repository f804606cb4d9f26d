/** Jobs that wait, for Prometheus: asked in the background, for a scrape reads what is known. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MetricFamily } from '../../lib/metrics/metric-family.ts';
import type { JobStore } from '../../platform/jobs/job-store.ts';
import { QUEUE_NAMES } from '../../platform/jobs/queues.ts';
import type { Upkeep } from '../feature.ts';

const EVERY_MS = 15_000;
const TIMEOUT_MS = 5000;

export class QueueDepth {
  readonly #store: Pick<JobStore, 'depth'>;
  readonly #waiting = new Map<string, number>(QUEUE_NAMES.map((name) => [name, 0]));

  constructor(store: Pick<JobStore, 'depth'>) {
    this.#store = store;
  }

  get families(): readonly MetricFamily[] {
    return [
      {
        name: 'job_queue_depth',
        kind: 'gauge',
        // Every process says the same of one database.
        together: 'max',
        help: 'Queued jobs that could run and wait for a worker, as of 15 s ago at most.',
        labels: ['queue'],
        collect: () => [...this.#waiting].map(([queue, count]) => [[queue], [count]]),
      },
      {
        name: 'transcoding_queue_depth',
        kind: 'gauge',
        together: 'max',
        help: 'Transcodes that wait for a worker, as of 15 s ago at most.',
        labels: [],
        collect: () => [[[], [this.#waiting.get('transcode') ?? 0]]],
      },
    ];
  }

  get upkeep(): Upkeep {
    return {
      name: 'tasks.queue-depth',
      everyMs: EVERY_MS,
      timeoutMs: TIMEOUT_MS,
      run: (signal) => this.#look(signal),
    };
  }

  async #look(signal: CancelSignal): Promise<void> {
    const rows = await this.#store.depth(signal);
    for (const queue of this.#waiting.keys()) this.#waiting.set(queue, 0);
    for (const { queue, count } of rows)
      if (this.#waiting.has(queue)) this.#waiting.set(queue, count);
  }
}
