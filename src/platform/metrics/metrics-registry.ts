/** The families of this process: every part adds its own when it is opened. */
import type { MetricFamily, MetricSpec } from '../../lib/metrics/metric-family.ts';
import { snapshotOf, type Snapshot } from '../../lib/metrics/snapshot.ts';

export class MetricsRegistry {
  readonly #families = new Map<string, MetricFamily>();

  /** @throws Error where two families have one name */
  add(families: readonly MetricFamily[]): void {
    for (const family of families) {
      if (this.#families.has(family.name))
        throw new Error(`two families of metrics are called ${family.name}`);
      this.#families.set(family.name, family);
    }
  }

  get specs(): readonly MetricSpec[] {
    return [...this.#families.values()];
  }

  snapshot(): Snapshot {
    return snapshotOf([...this.#families.values()]);
  }
}
