/**
 * Entries by key in 16 shards, each with a bound of its own: making room for one looks at one shard alone, and takes
 * what was used least recently there.
 */
import { LRUCache } from 'lru-cache';

const SHARDS = 16;
const HASHED_CHARS = 8;

export class ShardedLru<V extends object> {
  readonly #shards: readonly LRUCache<string, V>[];

  /** @param max of all shards together: a multiple of 16, rounded up */
  constructor(max: number) {
    const each = Math.ceil(max / SHARDS);
    this.#shards = Array.from({ length: SHARDS }, () => new LRUCache<string, V>({ max: each }));
  }

  get size(): number {
    return this.#shards.reduce((sum, { size }) => sum + size, 0);
  }

  get(key: string): V | undefined {
    return this.#shard(key).get(key);
  }

  /**
   * False when the shard is full of what `isIdle` wants kept: then nothing changes.
   * @param isIdle asked of the entry that would make room
   */
  add(key: string, value: V, isIdle: (value: V) => boolean): boolean {
    const shard = this.#shard(key);
    if (shard.size >= shard.max) {
      const [oldest] = shard.rvalues();
      if (oldest !== undefined && !isIdle(oldest)) return false;
    }
    shard.set(key, value);
    return true;
  }

  *values(): Iterable<V> {
    for (const shard of this.#shards) yield* shard.values();
  }

  /** FNV-1a of the end: ids of one kind fall evenly. */
  #shard(key: string): LRUCache<string, V> {
    let hash = 0x81_1c_9d_c5;
    for (let at = Math.max(0, key.length - HASHED_CHARS); at < key.length; at += 1)
      hash = Math.imul(hash ^ key.charCodeAt(at), 0x01_00_01_93);
    // Of 16 shards there is one for every index.
    return this.#shards[(hash >>> 8) & (SHARDS - 1)] as LRUCache<string, V>;
  }
}
