/** Latencies of a round in Node's HDR histogram: three significant digits from 1 µs to 5 minutes. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Latency } from '../result.ts';

const HIGHEST_MICROS = 300_000_000;
const CURVE = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999, 100];

export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: HIGHEST_MICROS,
    figures: 3,
  });

  get count(): number {
    return this.#histogram.count;
  }

  /** @param ms less than a microsecond, or before its due time by the clock's grain, counts as one microsecond */
  record(ms: number): void {
    this.#histogram.record(Math.min(HIGHEST_MICROS, Math.max(1, Math.round(ms * 1000))));
  }

  /** Microseconds, or null when nothing was recorded. */
  percentile(percentile: number): number | null {
    // The histogram knows no zeroth percentile.
    if (this.#histogram.count === 0) return null;
    return percentile === 0 ? this.#histogram.min : this.#histogram.percentile(percentile);
  }

  reset(): void {
    this.#histogram.reset();
  }

  summary(): Latency | null {
    if (this.#histogram.count === 0) return null;
    const at = (percentile: number) => this.percentile(percentile) ?? 0;
    return {
      p50: at(50),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      p999: at(99.9),
      max: this.#histogram.max,
      curve: CURVE.map((percentile) => [percentile, at(percentile)] as const),
    };
  }
}
