/** A second implementation of `CacheStore`: a byte-bounded LRU with TTL in this process, for tests without Redis. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import type { CacheStore, StoredEntry } from '../../src/platform/cache/cache.ts';
import { KeyEpochs } from '../../src/platform/cache/key-epochs.ts';

export interface MemoryStoreOptions {
  /** Bound over all entries: their bytes, their keys and the bookkeeping. */
  readonly bytesMax: number;
  /** A larger entry is not stored. */
  readonly entryBytesMax: number;
}

/** Map slot, list links, the entry and its array: 674 bytes without a value (mean of 200,000, Node 20). */
const ENTRY_OVERHEAD_BYTES = 704;

export function createMemoryStore(
  options: MemoryStoreOptions,
): CacheStore & { readonly sizeBytes: number } {
  return new MemoryStore(options);
}

class MemoryStore implements CacheStore {
  readonly #entries: LRUCache<string, StoredEntry>;
  readonly #entryBytesMax: number;
  readonly #epochs = new KeyEpochs();

  constructor(options: MemoryStoreOptions) {
    this.#entries = new LRUCache({ maxSize: options.bytesMax });
    this.#entryBytesMax = options.entryBytesMax;
  }

  /** Bytes counted against the bound. */
  get sizeBytes(): number {
    return this.#entries.calculatedSize;
  }

  async get(key: string, signal: CancelSignal): Promise<StoredEntry | null> {
    signal.throwIfAborted();
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (Date.now() < entry.expiresAtMs) return { ...entry, bytes: new Uint8Array(entry.bytes) };
    this.#entries.delete(key);
    return null;
  }

  async set(key: string, entry: StoredEntry, signal: CancelSignal, fence?: string): Promise<void> {
    signal.throwIfAborted();
    if (fence !== undefined && fence !== this.#fenceOf(key)) return;
    if (entry.bytes.byteLength > this.#entryBytesMax || entry.expiresAtMs <= Date.now()) {
      this.#entries.delete(key);
      return;
    }
    // A copy leaves a larger backing store behind and counts exactly its own bytes. (`slice` of a Buffer is a view.)
    const copy = {
      ...entry,
      negativeCount: entry.negativeCount ?? 0,
      bytes: new Uint8Array(entry.bytes),
    };
    this.#entries.set(key, copy, {
      size: copy.bytes.byteLength + 2 * key.length + ENTRY_OVERHEAD_BYTES,
    });
  }

  async delete(keys: readonly string[], signal: CancelSignal): Promise<void> {
    signal.throwIfAborted();
    for (const key of keys) {
      this.#epochs.bump(key);
      this.#entries.delete(key);
    }
  }

  async replace(
    key: string,
    entry: StoredEntry,
    fence: string,
    signal: CancelSignal,
  ): Promise<boolean> {
    signal.throwIfAborted();
    if (fence !== this.#fenceOf(key)) return false;
    await this.delete([key], signal);
    await this.set(key, entry, signal);
    return true;
  }

  async fence(key: string, signal: CancelSignal): Promise<string> {
    signal.throwIfAborted();
    return this.#fenceOf(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#entries.clear();
  }

  #fenceOf(key: string): string {
    return String(this.#epochs.of(key));
  }
}
