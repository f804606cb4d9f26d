/** A latency objective, as `perf:capacity` takes it: `p95<5ms`. */
import type { Latency } from './result.ts';

export interface Objective {
  /** As it was given. */
  readonly text: string;
  readonly percentile: 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max';
  readonly limitMicros: number;
}

const PERCENTILES: Readonly<Record<string, Objective['percentile']>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  'p99.9': 'p999',
  max: 'max',
};
const UNIT_MICROS: Readonly<Record<string, number>> = { us: 1, µs: 1, ms: 1000, s: 1_000_000 };

/** @throws Error that says what is accepted */
export function readObjective(text: string): Objective {
  const [, name = '', number = '', unit = ''] =
    /^\s*(\S+?)\s*<=?\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s)\s*$/.exec(text) ?? [];
  const percentile = PERCENTILES[name];
  const limitMicros = Number(number) * (UNIT_MICROS[unit] ?? 0);
  if (percentile === undefined || limitMicros <= 0) {
    throw new Error(
      `--slo ${text}: expected one of ${Object.keys(PERCENTILES).join(', ')}, <, and a time in us, ms or s: p95<5ms`,
    );
  }
  return { text, percentile, limitMicros };
}

/** Whether a round without refusals and failures keeps it; a round that nobody was served in does not. */
export function keepsObjective(
  { percentile, limitMicros }: Objective,
  latency: Latency | null,
): boolean {
  return latency !== null && latency[percentile] < limitMicros;
}
