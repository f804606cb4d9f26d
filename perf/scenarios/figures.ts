/** Figures over the rounds of a phase, and the checks that are made of them. */
import { median } from '../harness/statistics.ts';
import type { Check, PhaseResult, RoundResult } from '../result.ts';

/** Median over the rounds. */
export function medianOf(
  phase: PhaseResult | undefined,
  figure: (round: RoundResult) => number | null | undefined,
): number {
  return median((phase?.rounds ?? []).map((round) => figure(round) ?? Number.NaN));
}

export function requestsPerS(phase: PhaseResult | undefined): number {
  return medianOf(phase, (round) => round.requestsPerS);
}

/** Median over the rounds of their 95th percentiles, in milliseconds. */
export function p95Ms(phase: PhaseResult | undefined): number {
  return medianOf(phase, (round) => round.latency?.p95) / 1000;
}

export function atMost(name: string, value: number, limit: number, unit: string): Check {
  return { name, value, relation: 'at most', limit, unit, passed: value <= limit };
}

export function atLeast(name: string, value: number, limit: number, unit: string): Check {
  return { name, value, relation: 'at least', limit, unit, passed: value >= limit };
}
