/** Counters that tell whether a key was invalidated since some moment, in constant memory. */

const SLOTS = 4096;

/**
 * Keys share 4,096 counters by hash: a collision makes one load count as overtaken that was not,
 * which costs one load; a missed invalidation is impossible.
 */
export class KeyEpochs {
  readonly #slots = new Uint32Array(SLOTS);

  /** A number that changes with every `bump` of the key. */
  of(key: string): number {
    return this.#slots[slotOf(key)] ?? 0;
  }

  bump(key: string): void {
    const slot = slotOf(key);
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
  }
}

/** FNV-1a over UTF-16 units, folded to the slots. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}
