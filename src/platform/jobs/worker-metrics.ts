/** What a worker measures of jobs. */
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import type { MetricFamily } from '../../lib/metrics/metric-family.ts';

/** Seconds: from jobs of milliseconds to imports of hours. */
const BOUNDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];
const RESULTS = ['succeeded', 'failed', 'cancelled', 'queued'] as const;

export class WorkerMetrics {
  readonly #durations: HistogramSet;
  readonly families: readonly MetricFamily[];

  /** @param names of the jobs that there are; they are shown from the start, at zero */
  constructor(names: readonly string[]) {
    const known = names.flatMap((name) => RESULTS.map((result) => [name, result]));
    this.#durations = new HistogramSet(BOUNDS, known, 2);
    this.families = [
      {
        name: 'job_duration_seconds',
        kind: 'histogram',
        bounds: BOUNDS,
        help: 'Attempts of jobs, by what became of the job: `queued` is repeated.',
        labels: ['job', 'result'],
        collect: () => this.#durations.samples(),
      },
    ];
  }

  ended(name: string, result: string, seconds: number): void {
    this.#durations.of(name, result).observe(seconds);
  }
}
