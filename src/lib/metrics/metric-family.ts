/** What is measured: families with their labels, and their values when somebody asks. */

/** Label values in the order of the family's labels; one number, or a histogram's counts by bucket and their sum. */
export type Sample = readonly [labels: readonly string[], numbers: readonly number[]];

interface MetricSpecBase {
  /** As Prometheus shows it: counters end with `_total`, units are base units. */
  readonly name: string;
  readonly help: string;
  /** Names of labels whose values come from tables and the operator's configuration, never from requests. */
  readonly labels: readonly string[];
}

export interface CounterSpec extends MetricSpecBase {
  readonly kind: 'counter';
}

export interface GaugeSpec extends MetricSpecBase {
  readonly kind: 'gauge';
  /** What the values of several processes make together. */
  readonly together: 'sum' | 'max';
}

export interface HistogramSpec extends MetricSpecBase {
  readonly kind: 'histogram';
  /** Upper bounds of the buckets, ascending, the same in every process: sums of unlike ones would fall. */
  readonly bounds: readonly number[];
}

export type MetricSpec = CounterSpec | GaugeSpec | HistogramSpec;

/** A family and where its values are read, at scrape time. */
export type MetricFamily = MetricSpec & { readonly collect: () => readonly Sample[] };

/** For a family without labels. */
export function single(value: number): readonly Sample[] {
  return [[[], [value]]];
}
