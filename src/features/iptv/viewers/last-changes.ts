/** Since when a viewer's list has been as it is: the same in every process, and after a restart. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { ViewerOutputName, ViewerStore } from './store.ts';

const KNOWN_MAX = 10_000;
/** Another process may have seen another version meanwhile. */
const KNOWN_MS = 60_000;
const SECOND_MS = 1000;

export class LastChanges {
  readonly #store: Pick<ViewerStore, 'changedAt'>;
  readonly #known = new LRUCache<string, { readonly version: string; readonly at: Date }>({
    max: KNOWN_MAX,
    ttl: KNOWN_MS,
  });

  constructor(store: Pick<ViewerStore, 'changedAt'>) {
    this.#store = store;
  }

  /** In whole seconds, as headers say it. Now, where the database cannot say. */
  async of(
    viewerId: number,
    output: ViewerOutputName,
    version: string,
    signal: CancelSignal,
  ): Promise<Date> {
    const name = `${viewerId} ${output}`;
    const known = this.#known.get(name);
    if (known?.version === version) return known.at;
    try {
      const at = await this.#store.changedAt(viewerId, output, version, signal);
      this.#known.set(name, { version, at });
      return at;
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      return new Date(Math.floor(Date.now() / SECOND_MS) * SECOND_MS);
    }
  }
}

/** Whether a client that says `If-Modified-Since` has what has not changed since `changedAt`. */
export function isSince(header: string, changedAt: Date): boolean {
  const sinceMs = Date.parse(header);
  return !Number.isNaN(sinceMs) && sinceMs >= changedAt.getTime();
}
