/** What became of the calls of one upstream, as plain numbers for whoever exports them. */
import type { ErrorCode } from '../../lib/errors.ts';
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import { LatencyWindow } from './latency-window.ts';
import type { UpstreamStats } from './upstream.ts';

/** Seconds. */
export const CALL_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ANSWERED = 'ok';
/** There from the start, at zero. */
const FAILURES_AT_FIRST: readonly ErrorCode[] = [
  'upstream.failed',
  'fetch.failed',
  'fetch.timeout',
];

export class Outcomes {
  readonly #name: string;
  readonly #latencies = new LatencyWindow();
  readonly #failures = new Map<ErrorCode | 'other', number>();
  readonly #durations = new HistogramSet(
    CALL_BOUNDS,
    [ANSWERED, ...FAILURES_AT_FIRST].map((outcome) => [outcome]),
  );
  #calls = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** A request of a caller ended. @param failure null: with an answer @param tookMs everything together, waits included */
  ended(failure: ErrorCode | 'other' | null, tookMs: number): void {
    this.#calls++;
    this.#durations.of(failure ?? ANSWERED).observe(tookMs / 1000);
    if (failure !== null) this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1);
  }

  /** The server took so long, or was given up after so long. */
  took(ms: number): void {
    this.#latencies.add(ms);
  }

  stats(): UpstreamStats {
    return {
      name: this.#name,
      calls: this.#calls,
      failures: Object.fromEntries(this.#failures),
      durations: this.#durations.samples(),
      latencyMs: {
        p50: this.#latencies.percentileMs(50),
        p95: this.#latencies.percentileMs(95),
        p99: this.#latencies.percentileMs(99),
      },
    };
  }
}
