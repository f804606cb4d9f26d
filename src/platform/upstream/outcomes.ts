/** What became of the calls of one upstream, as plain numbers for whoever exports them. */
import type { ErrorCode } from '../../lib/errors.ts';
import { LatencyWindow } from './latency-window.ts';
import type { UpstreamStats } from './upstream.ts';

export class Outcomes {
  readonly #name: string;
  readonly #latencies = new LatencyWindow();
  readonly #failures = new Map<ErrorCode | 'other', number>();
  #calls = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** A request of a caller ended, whatever it took. @param failure null: with an answer */
  ended(failure: ErrorCode | 'other' | null): void {
    this.#calls++;
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
      latencyMs: {
        p50: this.#latencies.percentileMs(50),
        p95: this.#latencies.percentileMs(95),
        p99: this.#latencies.percentileMs(99),
      },
    };
  }
}
