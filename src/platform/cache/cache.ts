/**
 * Caches as the rest of the program sees them. `CacheStore` is one tier of bytes (memory, Redis; one
 * conformance suite); `ReadThroughCache` is what features use: typed values over L1 → L2 → origin.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Config } from '../config/config.ts';
import type { Lifetimes } from './timed-value.ts';

/** Bytes with their times, as a store keeps them. All times are epoch milliseconds. */
export interface StoredEntry {
  readonly bytes: Uint8Array;
  /** Until when the entry is fresh; between this and `expiresAtMs` it is stale but servable. */
  readonly freshUntilMs: number;
  readonly expiresAtMs: number;
  /** How many times in a row the origin had nothing (1 … 255); absent or 0 for a value. */
  readonly negativeCount?: number;
}

/** Methods reject when the tier is ill; a caller goes on without it. */
export interface CacheStore extends AsyncDisposable {
  /** The bytes are the caller's own: they pin no larger buffer and never change. */
  get(key: string, signal: CancelSignal): Promise<StoredEntry | null>;
  /**
   * Stores a copy; an entry that is too large or has expired is not stored. With the `fence` that was
   * taken before a load, nothing is stored when the key was deleted since.
   */
  set(key: string, entry: StoredEntry, signal: CancelSignal, fence?: string): Promise<void>;
  delete(keys: readonly string[], signal: CancelSignal): Promise<void>;
  /**
   * Stores a copy (nothing, where it is too large) and moves the fence: what was read before is stored by nobody. False, and
   * nothing is changed, when it has moved since `fence` was taken.
   */
  replace(key: string, entry: StoredEntry, fence: string, signal: CancelSignal): Promise<boolean>;
  /** A token that changes whenever the key is deleted or replaced; see `set`. */
  fence(key: string, signal: CancelSignal): Promise<string>;
}

export type CacheTier = 'l1' | 'l2' | 'origin';

/** A found value; `value` is null for a negative entry ("we know that there is nothing"). */
export interface Lookup<T> {
  readonly value: T | null;
  readonly tier: CacheTier;
  readonly stale: boolean;
}

/** Loads from the origin; null becomes a negative entry with a short, growing TTL. */
export type Loader<T> = (signal: CancelSignal) => Promise<T | null>;

export interface ReadThroughCache<T> {
  /** Synchronous L1 look-up for the hot path. A stale hit starts its refresh behind when `load` is given. */
  peek(key: string, load?: Loader<T>): Lookup<T> | undefined;
  /** L1 → L2, and nothing is loaded: undefined where neither has it, or L2 is ill. */
  find(key: string, signal: CancelSignal): Promise<Lookup<T> | undefined>;
  /** L1 → L2 → one single-flighted `load`. Waiters have deadlines; a failed leader hands over. */
  get(key: string, load: Loader<T>, signal: CancelSignal): Promise<Lookup<T>>;
  /**
   * Puts what `change` makes of the present value in its place, in every tier and process; nothing that began before overwrites
   * it. `change` is asked again when somebody was faster; where all is well it returns what it was given.
   */
  update(
    key: string,
    load: Loader<T>,
    change: (present: T | null) => T,
    signal: CancelSignal,
  ): Promise<T>;
  /** Drops the key in every tier and publishes it to the other processes. */
  invalidate(key: string): Promise<void>;
}

/** How values of one cache become bytes; `decode` returns null for anything unknown or corrupt (a miss). */
export interface CacheCodec<T> {
  encode(value: T): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array, signal: CancelSignal): T | null | Promise<T | null>;
  /** Bytes that the decoded value keeps alive (backing store included). */
  sizeBytes(value: T): number;
  /**
   * Milliseconds that this value is fresh, where it is a makeshift that is kept briefly; never more than the cache's own
   * time, which undefined means. Asked once, when the loaded value is stored.
   */
  freshForMs?(value: T): number | undefined;
}

/** What a feature says about one of its caches; the tiers are the registry's. */
export interface CacheSpec<T> {
  /** Names the cache in keys, messages and metrics. */
  readonly name: string;
  /** Raised with every change of the cached shape or its meaning. */
  readonly schemaVersion: number;
  readonly codec: CacheCodec<T>;
  /** How long its entries are fresh, then stale but servable, then gone. */
  readonly lifetimes: (config: Config) => Lifetimes;
  /** Deadline of one load with its waits for other processes, in milliseconds; 15,000 when absent. */
  readonly loadTimeoutMs?: number;
}
