/** Keys that were dealt with, the newest of them: eight bytes each, as the database has them. */
import { createHash } from 'node:crypto';

/** More than any feed or page of an indexer has, several times over; 64 KB. */
const KEYS_MAX = 8000;
const KEY_BYTES = 8;

export class SeenSet {
  /** In the order in which they came. */
  readonly #keys: Set<bigint>;

  constructor(bytes: Uint8Array) {
    const buffer = Buffer.from(bytes);
    const count = Math.floor(buffer.byteLength / KEY_BYTES);
    this.#keys = new Set(
      Array.from({ length: count }, (_, at) => buffer.readBigUInt64BE(at * KEY_BYTES)),
    );
  }

  has(key: string): boolean {
    return this.#keys.has(hashOf(key));
  }

  /** Moves it to the newest. */
  add(key: string): void {
    const hash = hashOf(key);
    this.#keys.delete(hash);
    this.#keys.add(hash);
  }

  toBytes(): Buffer {
    const kept = [...this.#keys].slice(-KEYS_MAX);
    const bytes = Buffer.alloc(kept.length * KEY_BYTES);
    for (const [at, key] of kept.entries()) bytes.writeBigUInt64BE(key, at * KEY_BYTES);
    return bytes;
  }
}

function hashOf(key: string): bigint {
  return createHash('sha1').update(key).digest().readBigUInt64BE();
}
