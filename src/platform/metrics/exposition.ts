/** Snapshots as text for Prometheus, by prom-client: the only file that names it. */
import { AggregatorRegistry, Registry } from 'prom-client';
import type { HistogramSpec, MetricSpec } from '../../lib/metrics/metric-family.ts';
import type { Snapshot } from '../../lib/metrics/snapshot.ts';

export type ExpositionFormat = 'openmetrics' | 'text';

export const EXPOSITION_TYPES = {
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
  text: Registry.PROMETHEUS_CONTENT_TYPE,
} as const satisfies Record<ExpositionFormat, string>;

/** One line of a metric, as prom-client's `getMetricsAsJSON` has it. */
interface Line {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** Everything that `specs` name, in their order; families without values have their description alone. */
export function exposition(
  specs: readonly MetricSpec[],
  snapshot: Snapshot,
  format: ExpositionFormat,
): Promise<string> {
  const series = new Map(snapshot.map(([name, , values]) => [name, values]));
  const metrics = specs.map((spec) => ({
    // In OpenMetrics a counter's family has the name without `_total`; prom-client adds it to each line.
    name: format === 'openmetrics' ? spec.name.replace(/_total$/, '') : spec.name,
    help: spec.help,
    type: spec.kind,
    aggregator: 'sum',
    values: (series.get(spec.name) ?? []).flatMap(([labels, numbers]) =>
      linesOf(spec, labels, numbers),
    ),
  }));
  const registry = AggregatorRegistry.aggregate([metrics]);
  registry.setContentType(EXPOSITION_TYPES[format]);
  return registry.metrics();
}

function linesOf(spec: MetricSpec, joined: string, numbers: readonly number[]): readonly Line[] {
  const values = joined.split('\t');
  const labels = Object.fromEntries(spec.labels.map((name, index) => [name, values[index] ?? '']));
  return spec.kind === 'histogram'
    ? histogramLines(spec, labels, numbers)
    : [{ labels, value: numbers[0] ?? 0 }];
}

/** @param numbers counts by bucket, not cumulative, and then the sum */
function histogramLines(
  { name, bounds }: HistogramSpec,
  labels: Line['labels'],
  numbers: readonly number[],
): readonly Line[] {
  let count = 0;
  const buckets = [...bounds, '+Inf'].map((le, index) => {
    count += numbers[index] ?? 0;
    return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels, value: numbers[bounds.length + 1] ?? 0, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}
