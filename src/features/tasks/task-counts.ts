/** How many jobs there are by queue and state; those who ask within two seconds share one statement. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import type { JobStore, StateCount } from '../../platform/jobs/job-store.ts';

const FRESH_MS = 2000;
const TIMEOUT_MS = 5000;

export class TaskCounts {
  readonly #store: Pick<JobStore, 'count'>;
  #counts: Promise<readonly StateCount[]> | null = null;
  #askedAt = -Infinity;

  constructor(store: Pick<JobStore, 'count'>) {
    this.#store = store;
  }

  get(signal: CancelSignal): Promise<readonly StateCount[]> {
    const now = performance.now();
    if (this.#counts === null || now - this.#askedAt > FRESH_MS) {
      this.#askedAt = now;
      this.#counts = this.#store.count(AbortSignal.timeout(TIMEOUT_MS));
      this.#counts.catch(() => {
        this.#counts = null;
      });
    }
    return orCancelled(this.#counts, signal);
  }
}
