/** From rounds to ratios (Sluice = 1) and to the bars that must hold. */
import { median } from '../harness/statistics.ts';
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
  /** What a reader must know before believing the figures. */
  readonly warnings: readonly string[];
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
  const cpuRatio = ratioOf(sluice.rounds, one.rounds, ({ server }) =>
    known(server.cpuMicrosPerRequest),
  );
  const bar = bars.find(({ contender }) => contender === one.contender.name);
  const boundRounds = one.rounds.filter(
    ({ clientCpuShare, server }) =>
      clientCpuShare >= BOUND_SHARE && !(known(server.cpuShare) >= BOUND_SHARE),
  );
  const isClientBound = boundRounds.length * 2 > one.rounds.length;
  return {
    ...one,
    cpuRatio,
    isClientBound,
    warnings: warningsOf(sluice, one, isClientBound),
    rateRatio: ratioOf(sluice.rounds, one.rounds, ({ requestsPerS }) => requestsPerS) ?? {
      median: 0,
      lowest: 0,
      highest: 0,
    },
    check:
      bar === undefined || cpuRatio === null
        ? null
        : {
            name: `CPU per request, ${one.contender.name} ÷ sluice`,
            value: cpuRatio.median,
            relation: 'at least',
            limit: bar.atLeast,
            unit: '×',
            passed: cpuRatio.median >= bar.atLeast,
          },
  };
}

/** NaN for what the process of a target does not tell: it is left out of every ratio. */
export function known(figure: number | null): number {
  return figure ?? Number.NaN;
}

function ratioOf(
  sluice: readonly RoundResult[],
  other: readonly RoundResult[],
  figure: (round: RoundResult) => number,
): Ratio | null {
  const ratios = other.flatMap((round, index) => {
    const [ours, theirs] = [sluice[index], round].map((one) =>
      one === undefined ? Number.NaN : figure(one),
    );
    const ratio = (theirs ?? Number.NaN) / (ours ?? Number.NaN);
    // 0: less than a tick of the kernel's clock, which says nothing.
    return Number.isFinite(ratio) && ratio > 0 ? [ratio] : [];
  });
  if (ratios.length === 0) return null;
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

const SAME_BYTES_SHARE = 0.2;
/** One of both is always busy in a closed loop, where nobody else has the processor. */
const IDLE_SHARE = 0.7;

function warningsOf(sluice: Measured, one: Measured, isClientBound: boolean): readonly string[] {
  const warnings: string[] = [];
  if (isClientBound)
    warnings.push('the generator was the bottleneck; read CPU per request, not req/s');
  const busiest = median(
    one.rounds.map(({ clientCpuShare, server }) =>
      Math.max(clientCpuShare, known(server.cpuShare)),
    ),
  );
  if (busiest < IDLE_SHARE) {
    warnings.push(
      `server and generator had ${Math.round(busiest * 100)} % of a processor at most: other programs ran; measure on a quiet machine`,
    );
  }
  if (Math.abs(one.bodyBytes - sluice.bodyBytes) > SAME_BYTES_SHARE * sluice.bodyBytes) {
    warnings.push(
      `it answers ${one.bodyBytes} bytes, Sluice ${sluice.bodyBytes}: not the same work`,
    );
  }
  if (one.streams !== sluice.streams) {
    warnings.push(
      `it answers ${one.streams ?? 'no'} streams, Sluice ${sluice.streams ?? 'none'}: not the same work`,
    );
  }
  const failed = one.rounds.reduce((sum, round) => sum + round.failed, 0);
  if (failed > 0) warnings.push(`${failed} requests failed`);
  return warnings;
}
