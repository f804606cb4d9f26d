/**
 * The first tier: decoded values of every cache in one byte-bounded LRU. Each cache has a space with an
 * index of its own, so that a look-up hashes the caller's key as it is; building `cache:version:key`
 * strings instead cost 373 ns against 105 ns (docs/caching.md).
 */
import { LRUCache } from 'lru-cache';
import type { Lookup } from './cache.ts';

export interface L1Options {
  /** Bound over all spaces: decoded values with backing store, keys and bookkeeping. 0 keeps nothing. */
  readonly bytesMax: number;
  /** A larger value is not kept; a sixteenth of `bytesMax` when absent. */
  readonly entryBytesMax?: number;
}

/** A kept value. `lookup` is handed out as it is: a hit allocates nothing. */
export interface L1Entry<T> {
  readonly key: string;
  lookup: Lookup<T>;
  freshUntilMs: number;
  /** Not served from here after this time, unless nothing else answers. */
  servableUntilMs: number;
  /** Not served at all after this time. */
  readonly expiresAtMs: number;
  /** Repeated negative answers before and including this one; 0 for a value. */
  readonly negativeCount: number;
  /** A failed or foreign refresh is not tried again before this time. */
  refreshNotBeforeMs: number;
  refreshFailures: number;
  /** What it counts against the bound; set when it is kept. */
  sizeBytes: number;
}

/** Told when the LRU drops an entry. */
interface EntryOwner {
  /** @param isEvicted for want of room */
  forget(entry: L1Entry<unknown>, isEvicted: boolean): void;
}

type SharedLru = LRUCache<L1Entry<unknown>, EntryOwner>;

/** Two map slots, list links, the entry and its Lookup: 390 bytes with a short key (Node 20). */
const ENTRY_OVERHEAD_BYTES = 400;

export class L1 {
  readonly #lru: SharedLru;
  readonly #entryBytesMax: number;

  constructor(options: L1Options) {
    // To the library 0 means no bound; no entry fits into one byte.
    const bytesMax = Math.max(1, options.bytesMax);
    this.#entryBytesMax = Math.min(
      bytesMax,
      options.entryBytesMax ?? Math.max(1, Math.floor(bytesMax / 16)),
    );
    this.#lru = new LRUCache({
      maxSize: bytesMax,
      dispose: (owner, entry, reason) => owner.forget(entry, reason === 'evict'),
    });
  }

  /** Bytes counted against the bound. */
  get sizeBytes(): number {
    return this.#lru.calculatedSize;
  }

  get entries(): number {
    return this.#lru.size;
  }

  open<T>(): L1Space<T> {
    return new L1Space<T>(this.#lru, this.#entryBytesMax);
  }
}

/** The part of L1 that belongs to one cache. */
export class L1Space<T> implements EntryOwner {
  readonly #lru: SharedLru;
  readonly #entryBytesMax: number;
  readonly #index = new Map<string, L1Entry<T>>();
  #sizeBytes = 0;
  #evictions = 0;

  constructor(lru: SharedLru, entryBytesMax: number) {
    this.#lru = lru;
    this.#entryBytesMax = entryBytesMax;
  }

  /** Bytes of this cache that count against the bound. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get entries(): number {
    return this.#index.size;
  }

  /** Entries that were dropped for want of room. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Also marks the entry as recently used. Expiry is the caller's business. */
  get(key: string): L1Entry<T> | undefined {
    const entry = this.#index.get(key);
    if (entry !== undefined) this.#lru.get(entry);
    return entry;
  }

  /** Replaces the key's entry; `valueBytes` is what the decoded value keeps alive. */
  set(entry: L1Entry<T>, valueBytes: number): void {
    this.delete(entry.key);
    const size = Math.ceil(valueBytes) + 2 * entry.key.length + ENTRY_OVERHEAD_BYTES;
    // Not put in and taken out again: see lib/high-churn-map.ts.
    if (size > this.#entryBytesMax) return;
    entry.sizeBytes = size;
    this.#sizeBytes += size;
    this.#index.set(entry.key, entry);
    this.#lru.set(entry, this, { size });
  }

  delete(key: string): void {
    const entry = this.#index.get(key);
    if (entry !== undefined) this.#lru.delete(entry);
  }

  /** Nothing is served as it is any more; values stay as what there is when nothing else answers. */
  doubt(): void {
    for (const entry of this.#index.values()) {
      entry.freshUntilMs = 0;
      entry.servableUntilMs = 0;
      if (entry.negativeCount > 0) this.#lru.delete(entry);
    }
  }

  clear(): void {
    for (const entry of this.#index.values()) this.#lru.delete(entry);
  }

  forget(entry: L1Entry<unknown>, isEvicted: boolean): void {
    this.#sizeBytes -= entry.sizeBytes;
    if (isEvicted) this.#evictions++;
    if (this.#index.get(entry.key) === entry) this.#index.delete(entry.key);
  }
}
