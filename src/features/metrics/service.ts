/** Builds the text of a scrape; scrapes at the same time share one. */
import { exposition, type ExpositionFormat } from '../../platform/metrics/exposition.ts';
import type { InstanceMetrics } from '../../platform/metrics/instance-metrics.ts';
import type { MetricsRegistry } from '../../platform/metrics/metrics-registry.ts';

/** A little more than the supervisor gives each process. */
const COLLECT_TIMEOUT_MS = 3000;

export class MetricsService {
  readonly #registry: MetricsRegistry;
  readonly #instance: InstanceMetrics;
  readonly #underWay = new Map<ExpositionFormat, Promise<Buffer>>();

  constructor(registry: MetricsRegistry, instance: InstanceMetrics) {
    this.#registry = registry;
    this.#instance = instance;
  }

  /** @throws AppError `metrics.unavailable` */
  text(format: ExpositionFormat): Promise<Buffer> {
    const shared = this.#underWay.get(format);
    if (shared !== undefined) return shared;
    const building = this.#build(format).finally(() => this.#underWay.delete(format));
    this.#underWay.set(format, building);
    return building;
  }

  /** The signals of single scrapes do not count: others may wait for the same text. */
  async #build(format: ExpositionFormat): Promise<Buffer> {
    const snapshot = await this.#instance.collect(AbortSignal.timeout(COLLECT_TIMEOUT_MS));
    return Buffer.from(await exposition(this.#registry.specs, snapshot, format));
  }
}
