/** Repeatable random numbers: the same seed gives the same database. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to 2^32 − 1 (mulberry32: one 32-bit word of state, a few integer operations). */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  fraction(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** An integer from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  /** True once in `times`, on average. */
  onceIn(times: number): boolean {
    return this.fraction() * times < 1;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, Math.floor(this.fraction() * list.length));
  }

  /** Early entries far more often than late ones: entry n about as often as 1 / (n + 1). */
  pickSkewed<T>(list: readonly T[]): T {
    return at(list, Math.floor((list.length + 1) ** this.fraction()) - 1);
  }

  /** Log-normal: half of all values are below `median`. */
  logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
    return median * Math.exp(sigma * normal);
  }

  /** 40 hexadecimal digits. */
  hash(): string {
    let text = '';
    for (let word = 0; word < 5; word++) text += this.word().toString(16).padStart(8, '0');
    return text;
  }
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError('picked from an empty list');
  return value;
}
