/** Values of all families of a process at one moment, as they travel between processes, and their sum. */
import type { MetricFamily } from './metric-family.ts';

/** `total` only grows: a sum keeps what was counted by processes that are gone. */
type Together = 'total' | 'sum' | 'max';

/** Label values joined by tabs, and the numbers of the sample. */
type Series = readonly [labels: string, numbers: readonly number[]];

/** JSON: it goes through the channel of the supervisor. */
export type Snapshot = readonly (readonly [
  name: string,
  together: Together,
  series: readonly Series[],
])[];

export function snapshotOf(families: readonly MetricFamily[]): Snapshot {
  return families.map((family) => [
    family.name,
    family.kind === 'gauge' ? family.together : 'total',
    family.collect().map(([labels, numbers]) => [labels.map(cleanLabel).join('\t'), numbers]),
  ]);
}

/** Tabs separate the values. */
function cleanLabel(value: string): string {
  return value.includes('\t') ? value.replaceAll('\t', ' ') : value;
}

/** What processes have counted together. */
export function addUp(snapshots: readonly Snapshot[]): Snapshot {
  const families = new Map<string, { together: Together; series: Map<string, number[]> }>();
  for (const [name, together, added] of snapshots.flat()) {
    let family = families.get(name);
    if (family === undefined) families.set(name, (family = { together, series: new Map() }));
    for (const [labels, numbers] of added) {
      const sums = family.series.get(labels);
      if (sums === undefined) family.series.set(labels, [...numbers]);
      else addTo(sums, numbers, together);
    }
  }
  return [...families].map(([name, { together, series }]) => [name, together, [...series]]);
}

function addTo(sums: number[], numbers: readonly number[], together: Together): void {
  numbers.forEach((number, index) => {
    const sum = sums[index] ?? 0;
    sums[index] = together === 'max' ? Math.max(sum, number) : sum + number;
  });
}

/** What stays true of a process that does not answer (any more): its counters, so that no sum ever falls. */
export function totalsOf(snapshot: Snapshot): Snapshot {
  return snapshot.filter(([, together]) => together === 'total');
}
