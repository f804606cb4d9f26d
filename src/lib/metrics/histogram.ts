/** Counts of observations by bucket, recorded as things happen: an array and a sum, no allocation. */

import type { Sample } from './metric-family.ts';

export class Histogram {
  /** Not cumulative; the last one counts what is beyond every bound. */
  readonly counts: Float64Array;
  readonly #bounds: readonly number[];
  #sum = 0;

  /** @param bounds ascending upper bounds, inclusive */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  get count(): number {
    return this.counts.reduce((total, count) => total + count, 0);
  }

  /** The counts and then the sum, as a `Sample` has them. */
  numbers(): readonly number[] {
    return [...this.counts, this.#sum];
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
