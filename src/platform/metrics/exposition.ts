/** Snapshots as text for Prometheus, by prom-client: the only file that names it. */
import { Registry, type Metric, type RegistryContentType } from 'prom-client';
import type { MetricSpec } from '../../lib/metrics/metric-family.ts';
import type { Snapshot } from '../../lib/metrics/snapshot.ts';

export type ExpositionFormat = 'openmetrics' | 'text';

export const EXPOSITION_TYPES = {
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
  text: Registry.PROMETHEUS_CONTENT_TYPE,
} as const satisfies Record<ExpositionFormat, string>;

type Labels = Readonly<Record<string, string | number>>;

/** One line, as metrics of prom-client hand it over; it writes `sharedLabels` once for all lines that have the same object. */
interface Line {
  readonly labels: Labels;
  readonly sharedLabels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

const NO_LABELS: Labels = {};

/** Everything that `specs` name, in their order; families without values have their description alone. */
export function exposition(
  specs: readonly MetricSpec[],
  snapshot: Snapshot,
  format: ExpositionFormat,
): Promise<string> {
  const series = new Map(snapshot.map(([name, , values]) => [name, values]));
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(EXPOSITION_TYPES[format]);
  for (const spec of specs) {
    // In OpenMetrics a counter's family has the name without `_total`; prom-client adds it to each line.
    const name = format === 'openmetrics' ? spec.name.replace(/_total$/, '') : spec.name;
    const values = linesOf(spec, series.get(spec.name) ?? []);
    const metric = { name, help: spec.help, type: spec.kind, values };
    // What the registry uses of a metric; its aggregation does the same, and would add each line up with itself first.
    registry.registerMetric({ ...metric, get: () => metric } as unknown as Metric);
  }
  return registry.metrics();
}

function linesOf(spec: MetricSpec, series: Snapshot[number][2]): readonly Line[] {
  const bounds = spec.kind === 'histogram' ? [...spec.bounds, '+Inf'].map((le) => ({ le })) : [];
  return series.flatMap(([joined, numbers]) => {
    const values = joined.split('\t');
    const sharedLabels = Object.fromEntries(
      spec.labels.map((name, index) => [name, values[index] ?? '']),
    );
    return spec.kind === 'histogram'
      ? histogramLines(spec.name, bounds, sharedLabels, numbers)
      : [{ labels: NO_LABELS, sharedLabels, value: numbers[0] ?? 0 }];
  });
}

/** @param numbers counts by bucket, not cumulative, and then the sum */
function histogramLines(
  name: string,
  bounds: readonly Labels[],
  sharedLabels: Labels,
  numbers: readonly number[],
): readonly Line[] {
  let count = 0;
  const buckets = bounds.map((labels, index): Line => {
    count += numbers[index] ?? 0;
    return { labels, sharedLabels, value: count, metricName: `${name}_bucket` };
  });
  const sum = numbers[bounds.length] ?? 0;
  return [
    ...buckets,
    { labels: NO_LABELS, sharedLabels, value: sum, metricName: `${name}_sum` },
    { labels: NO_LABELS, sharedLabels, value: count, metricName: `${name}_count` },
  ];
}
