/**
 * A Map for entries that come and go all the time, such as requests under way. V8 links each table that a Map gives up to
 * the next one: once one of them is old, all that follow stay reachable until a full collection (docs/memory.md).
 */

/** Removed entries stay, empty, until so many have gathered; then the live ones move to a new Map, and no link leads there. */
const EMPTY_MAX = 64;

export class HighChurnMap<Key, Value extends NonNullable<unknown>> {
  #entries = new Map<Key, Value | undefined>();
  #empty = 0;

  get size(): number {
    return this.#entries.size - this.#empty;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#empty > 0 && this.#entries.has(key) && this.#entries.get(key) === undefined)
      this.#empty--;
    this.#entries.set(key, value);
  }

  /** False when it was not there. The key may stay referenced for a while: use small ones. */
  delete(key: Key): boolean {
    if (this.#entries.get(key) === undefined) return false;
    this.#entries.set(key, undefined);
    this.#empty++;
    if (this.#empty >= EMPTY_MAX && this.#empty * 2 >= this.#entries.size) this.#move();
    return true;
  }

  clear(): void {
    this.#entries = new Map();
    this.#empty = 0;
  }

  /** In the order in which their keys came; of a key that came again, the first time may count. */
  *values(): Generator<Value, void> {
    for (const value of this.#entries.values()) {
      if (value !== undefined) yield value;
    }
  }

  #move(): void {
    const live = new Map<Key, Value>();
    for (const [key, value] of this.#entries) {
      if (value !== undefined) live.set(key, value);
    }
    this.#entries = live;
    this.#empty = 0;
  }
}
