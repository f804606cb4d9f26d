/** Since when an address has answered with the version that it has now, as far as this process knows. */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../../lib/reuse/growing-lru.ts';

const ADDRESSES_MAX = 10_000;
const SECOND_MS = 1000;

export class LastChanges {
  readonly #known = new LRUCache<string, { readonly version: string; readonly at: Date }>({
    ...growsTo(ADDRESSES_MAX),
  });

  /** In whole seconds, as headers say it. */
  of(address: string, version: string): Date {
    const known = this.#known.get(address);
    if (known?.version === version) return known.at;
    const at = new Date(Math.floor(Date.now() / SECOND_MS) * SECOND_MS);
    this.#known.set(address, { version, at });
    return at;
  }
}

/** Whether a client that says `If-Modified-Since` has what has not changed since `changedAt`. */
export function isSince(header: string, changedAt: Date): boolean {
  const sinceMs = Date.parse(header);
  return !Number.isNaN(sinceMs) && sinceMs >= changedAt.getTime();
}
