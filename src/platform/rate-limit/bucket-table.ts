/**
 * Token buckets of very many clients in flat memory: 20 bytes each, two million at most. A bucket is one number, the time at
 * which it is full again (GCRA); one that is full is worth nothing, so where there is no room the fullest makes way.
 */
import { randomInt } from 'node:crypto';

/** Slots that a key may be in: where all are taken, one of them makes way. */
const WAYS = 16;
const SLOTS_MIN = 2 ** 12;
const SLOTS_MAX = 2 ** 21;
/** Beyond this share of its slots a table doubles. */
const LOAD_MAX = 0.45;
const UINT32 = 2 ** 32;

interface Columns {
  readonly hashes: Uint32Array;
  readonly fullAtMs: Float64Array;
  /** What was spent here and told nobody, in milliseconds of refilling. */
  readonly untoldMs: Float32Array;
}

export class BucketTable {
  /** Secret, so that nobody can choose addresses that share a bucket. */
  readonly #seeds = [randomInt(UINT32), randomInt(UINT32)] as const;
  readonly #slotsMax: number;
  #slots: number;
  #columns: Columns;
  #count = 0;

  constructor(slotsMax = SLOTS_MAX) {
    this.#slotsMax = slotsMax;
    this.#slots = Math.min(SLOTS_MIN, slotsMax);
    this.#columns = columnsOf(this.#slots);
  }

  get bytes(): number {
    const { hashes, fullAtMs, untoldMs } = this.#columns;
    return hashes.byteLength + fullAtMs.byteLength + untoldMs.byteLength;
  }

  /** The slot of a key, made where it has none; valid until the next call. */
  slotOf(key: string): number {
    if (this.#count > this.#slots * LOAD_MAX && this.#slots < this.#slotsMax) this.#grow();
    // Zero is an empty slot.
    const low = hashOf(key, this.#seeds[0]) | 1;
    const high = hashOf(key, this.#seeds[1]);
    return this.#place(low >>> 0, high >>> 0);
  }

  fullAtMs(slot: number): number {
    return this.#columns.fullAtMs[slot] ?? 0;
  }

  setFullAtMs(slot: number, timeMs: number): void {
    this.#columns.fullAtMs[slot] = timeMs;
  }

  untoldMs(slot: number): number {
    return this.#columns.untoldMs[slot] ?? 0;
  }

  setUntoldMs(slot: number, ms: number): void {
    this.#columns.untoldMs[slot] = ms;
  }

  #place(low: number, high: number): number {
    const { hashes, fullAtMs } = this.#columns;
    const first = ((high ^ (low >>> 1)) & (this.#slots / WAYS - 1)) * WAYS;
    let fullest = first;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (hashes[2 * slot] === low && hashes[2 * slot + 1] === high) return slot;
      if (hashes[2 * slot] === 0) {
        this.#count++;
        return this.#take(slot, low, high);
      }
      if ((fullAtMs[slot] ?? 0) < (fullAtMs[fullest] ?? 0)) fullest = slot;
    }
    return this.#take(fullest, low, high);
  }

  #take(slot: number, low: number, high: number): number {
    const { hashes, fullAtMs, untoldMs } = this.#columns;
    hashes[2 * slot] = low;
    hashes[2 * slot + 1] = high;
    fullAtMs[slot] = 0;
    untoldMs[slot] = 0;
    return slot;
  }

  #grow(): void {
    const old = this.#columns;
    const oldSlots = this.#slots;
    this.#slots *= 2;
    this.#columns = columnsOf(this.#slots);
    this.#count = 0;
    for (let slot = 0; slot < oldSlots; slot++) {
      const low = old.hashes[2 * slot] ?? 0;
      if (low === 0) continue;
      const moved = this.#place(low, old.hashes[2 * slot + 1] ?? 0);
      this.setFullAtMs(moved, old.fullAtMs[slot] ?? 0);
      this.setUntoldMs(moved, old.untoldMs[slot] ?? 0);
    }
  }
}

function columnsOf(slots: number): Columns {
  return {
    hashes: new Uint32Array(2 * slots),
    fullAtMs: new Float64Array(slots),
    untoldMs: new Float32Array(slots),
  };
}

/** Murmur3's mixing over the UTF-16 units. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ Math.imul(text.charCodeAt(at), 0xcc9e2d51), 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
