/** Repeatable random numbers: the same seed gives the same database. */

const NORMALS = 4096;
const SKEWED_ENTRIES = 256;
const GOLDEN = 0x9e3779b9;

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#a = mix(seed + GOLDEN);
    this.#b = mix(seed + 2 * GOLDEN);
    this.#c = mix(seed + 3 * GOLDEN);
    this.#d = mix(seed + 4 * GOLDEN) | 1;
  }

  /**
   * An integer from 0 to 2^32 − 1 (xoshiro128**). Its 128 bits of state keep the sequences of two seeds apart;
   * 32 bits would make all of them parts of one circle, which 100 million streams nearly go round.
   */
  word(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
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

  /** Each entry as often as its weight says. */
  pickWeighted<T>(list: readonly (readonly [weight: number, value: T])[]): T {
    const total = list.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.fraction() * total;
    for (const [weight, value] of list) {
      left -= weight;
      if (left < 0) return value;
    }
    return at(list, list.length - 1)[1];
  }

  /** Log-normal: half of all values are below `median`. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * (NORMAL_QUANTILES[this.word() & (NORMALS - 1)] ?? 0));
  }
}

/** The entries of a list so often that `pick` takes them as `pickSkewed` would, without computing a power. */
export function skewed<T>(list: readonly T[]): readonly T[] {
  return Array.from({ length: SKEWED_ENTRIES }, (_, index) =>
    at(list, Math.floor((list.length + 1) ** ((index + 0.5) / SKEWED_ENTRIES)) - 1),
  );
}

/** Spreads 32 bits over 32 bits; different numbers stay different (the end of MurmurHash3). */
export function mix(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Quantiles of the normal distribution in steps of 1/4096: a look-up costs a tenth of computing one. */
const NORMAL_QUANTILES = Float64Array.from({ length: NORMALS }, (_, index) =>
  normalQuantile((index + 0.5) / NORMALS),
);

/** By bisection of the distribution function, which Abramowitz and Stegun 7.1.26 give to seven digits. */
function normalQuantile(part: number): number {
  let low = -6;
  let high = 6;
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (normalPart(middle) < part) low = middle;
    else high = middle;
  }
  return low;
}

function normalPart(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = 1 - 0.5 * series * Math.exp(-x * x);
  return value >= 0 ? half : 1 - half;
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError('picked from an empty list');
  return value;
}
