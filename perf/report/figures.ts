/** Every figure of a round that a report shows: its name, its unit, which direction is better. */
import type { RoundResult } from '../result.ts';
import { formatBytes, formatMicros, formatShare, plainNumber, threeDigits } from './format.ts';

export type FigureKind = 'rate' | 'micros' | 'bytes' | 'share' | 'number';

export interface Figure {
  readonly label: string;
  readonly kind: FigureKind;
  readonly better: 'higher' | 'lower' | 'neither';
  /** Null where the round does not tell it. */
  readonly of: (round: RoundResult) => number | null;
}

const answered = (round: RoundResult) => round.succeeded + round.shed + round.failed;
const shareOf = (part: number, round: RoundResult) =>
  answered(round) === 0 ? null : part / answered(round);

export const REQUESTS: Figure = {
  label: 'Requests/s',
  kind: 'rate',
  better: 'higher',
  of: (round) => round.requestsPerS,
};
export const P50: Figure = {
  label: 'p50',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.p50 ?? null,
};
const P90: Figure = {
  label: 'p90',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.p90 ?? null,
};
export const P95: Figure = {
  label: 'p95',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.p95 ?? null,
};
export const P99: Figure = {
  label: 'p99',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.p99 ?? null,
};
export const P999: Figure = {
  label: 'p99.9',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.p999 ?? null,
};
export const LATENCY_MAX: Figure = {
  label: 'max',
  kind: 'micros',
  better: 'lower',
  of: ({ latency }) => latency?.max ?? null,
};
export const SHED: Figure = {
  label: 'Shed (503)',
  kind: 'share',
  better: 'lower',
  of: (round) => shareOf(round.shed, round),
};
export const FAILED: Figure = {
  label: 'Failed',
  kind: 'share',
  better: 'lower',
  of: (round) => shareOf(round.failed, round),
};
const SHED_P99: Figure = {
  label: 'p99 of the shed',
  kind: 'micros',
  better: 'lower',
  of: ({ shedLatency }) => shedLatency?.p99 ?? null,
};
export const CPU: Figure = {
  label: 'CPU per request',
  kind: 'micros',
  better: 'lower',
  of: ({ server }) => server.cpuMicrosPerRequest,
};
export const CPU_SHARE: Figure = {
  label: 'CPU, of one processor',
  kind: 'share',
  better: 'neither',
  of: ({ server }) => server.cpuShare,
};
const RSS_END: Figure = {
  label: 'RSS at the end',
  kind: 'bytes',
  better: 'lower',
  of: ({ server }) => server.rssBytes,
};
export const RSS_PEAK: Figure = {
  label: 'RSS, peak',
  kind: 'bytes',
  better: 'lower',
  of: ({ server }) => server.rssPeakBytes,
};
export const LOOP_P99: Figure = {
  label: 'Loop delay p99',
  kind: 'micros',
  better: 'lower',
  of: ({ server }) => server.loopDelayP99,
};
const LOOP_MAX: Figure = {
  label: 'Loop delay max',
  kind: 'micros',
  better: 'lower',
  of: ({ server }) => server.loopDelayMax,
};
const HANDLES: Figure = {
  label: 'Handles at the end',
  kind: 'number',
  better: 'neither',
  of: ({ server }) => server.handles,
};
export const SQL: Figure = {
  label: 'SQL per request',
  kind: 'number',
  better: 'lower',
  of: ({ server }) => server.sqlStatementsPerRequest,
};
export const REDIS: Figure = {
  label: 'Redis per request',
  kind: 'number',
  better: 'lower',
  of: ({ server }) => server.redisCommandsPerRequest,
};
export const GENERATOR: Figure = {
  label: 'Generator CPU',
  kind: 'share',
  better: 'neither',
  of: (round) => round.clientCpuShare,
};

/** In the order in which a phase shows them. */
export const PHASE_FIGURES: readonly Figure[] = [
  REQUESTS,
  P50,
  P90,
  P95,
  P99,
  P999,
  LATENCY_MAX,
  SHED,
  SHED_P99,
  FAILED,
  CPU,
  CPU_SHARE,
  RSS_END,
  RSS_PEAK,
  LOOP_P99,
  LOOP_MAX,
  HANDLES,
  SQL,
  REDIS,
  GENERATOR,
];

/** `3.92 – 4.04 ms`; empty when both ends read the same. */
export function formatRange(kind: FigureKind, min: number, max: number): string {
  const [low, high] = [formatFigure(kind, min), formatFigure(kind, max)];
  if (low === high) return '';
  const [lowNumber, lowUnit = ''] = low.split(' ');
  return lowUnit !== '' && high.endsWith(` ${lowUnit}`)
    ? `${lowNumber} – ${high}`
    : `${low} – ${high}`;
}

export function formatFigure(kind: FigureKind, value: number): string {
  switch (kind) {
    case 'rate':
      return threeDigits(value);
    case 'micros':
      return formatMicros(value);
    case 'bytes':
      return formatBytes(value);
    case 'share':
      return formatShare(value);
    case 'number':
      return plainNumber(value);
  }
}
