/** From rounds to ratios (Sluice = 1) and to the bars that must hold. */
import type { Check, RoundResult } from '../result.ts';
import type { ComparedCase } from './cases.ts';
import { BOUND_SHARE, type Measured } from './measure.ts';

/** Median over the rounds and its range; rounds of one number ran next to each other. */
export interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface Compared extends Measured {
  /** CPU per request ÷ Sluice's; null where the process is not known. */
  readonly cpuRatio: Ratio | null;
  /** Requests per second ÷ Sluice's. */
  readonly rateRatio: Ratio;
  /** Of its CPU per request; null where there is none. */
  readonly check: Check | null;
  readonly isClientBound: boolean;
}

export interface CaseVerdict {
  readonly compared: ComparedCase;
  /** Sluice first. */
  readonly contenders: readonly Compared[];
}

/** @param measured Sluice first */
export function verdictOf(compared: ComparedCase, measured: readonly Measured[]): CaseVerdict {
  const [sluice] = measured;
  if (sluice === undefined) throw new Error(`nobody answered ${compared.name}`);
  return { compared, contenders: measured.map((one) => comparedWith(sluice, one, compared)) };
}

function comparedWith(sluice: Measured, one: Measured, { bars }: ComparedCase): Compared {
  const cpuRatio = ratioOf(sluice.rounds, one.rounds, ({ server }) => server.cpuMicrosPerRequest);
  const bar = bars.find(({ contender }) => contender === one.contender.name);
  const boundRounds = one.rounds.filter(({ clientCpuShare, server }) => clientCpuShare >= BOUND_SHARE && server.cpuShare < BOUND_SHARE);
  return {
    ...one, cpuRatio,
    rateRatio: ratioOf(sluice.rounds, one.rounds, ({ requestsPerS }) => requestsPerS) ?? { median: 0, lowest: 0, highest: 0 },
    isClientBound: boundRounds.length * 2 > one.rounds.length,
    check: bar === undefined || cpuRatio === null ? null : {
      name: `CPU per request, ${one.contender.name} ÷ sluice`, value: cpuRatio.median, relation: 'at least', limit: bar.atLeast, unit: '×',
      passed: cpuRatio.median >= bar.atLeast,
    },
  };
}

function ratioOf(
  sluice: readonly RoundResult[], other: readonly RoundResult[], figure: (round: RoundResult) => number,
): Ratio | null {
  const ratios = other.flatMap((round, index) => {
    const [ours, theirs] = [sluice[index], round].map((one) => (one === undefined ? Number.NaN : figure(one)));
    const ratio = (theirs ?? Number.NaN) / (ours ?? Number.NaN);
    return Number.isFinite(ratio) ? [ratio] : [];
  });
  if (ratios.length === 0) return null;
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
