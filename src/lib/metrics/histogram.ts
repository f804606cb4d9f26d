/** Counts of observations by bucket, recorded as things happen: an array and a sum, no allocation. */

import type { Sample } from './metric-family.ts';

export class Histogram {
  readonly #bounds: readonly number[];
  /** Counts by bucket, not cumulative; then what is beyond every bound; then the sum. */
  readonly #numbers: Float64Array;

  /** @param bounds ascending upper bounds, inclusive */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#numbers = new Float64Array(bounds.length + 2);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    const numbers = this.#numbers;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket++;
    numbers[bucket] = (numbers[bucket] ?? 0) + 1;
    numbers[bounds.length + 1] = (numbers[bounds.length + 1] ?? 0) + value;
  }

  get count(): number {
    return this.#numbers.subarray(0, -1).reduce((total, count) => total + count, 0);
  }

  /** The counts and then the sum, as a `Sample` has them. */
  numbers(): readonly number[] {
    return [...this.#numbers];
  }
}

/** Label values beyond this many are counted under one name: labels come from tables, so something builds them. */
const SERIES_MAX = 1000;
const OVERFLOW_LABEL = '(other)';

/** One histogram for each combination of label values, over one list of bounds; bounded. */
export class HistogramSet {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Histogram>();
  readonly #labels: number;

  /** @param known combinations that are there from the start, at zero */
  constructor(bounds: readonly number[], known: readonly (readonly string[])[], labels = 1) {
    this.#bounds = bounds;
    this.#labels = labels;
    for (const values of known) this.of(...values);
  }

  of(...labels: readonly string[]): Histogram {
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\t');
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= SERIES_MAX && !labels.every((label) => label === OVERFLOW_LABEL))
      return this.of(...Array.from({ length: this.#labels }, () => OVERFLOW_LABEL));
    const histogram = new Histogram(this.#bounds);
    this.#series.set(key, histogram);
    return histogram;
  }

  samples(): readonly Sample[] {
    return [...this.#series].map(([key, histogram]) => [key.split('\t'), histogram.numbers()]);
  }
}
