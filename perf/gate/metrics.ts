/** What the gate compares, and how a figure of one round of either side looks. */

export type MetricName = 'cpu' | 'p95' | 'p99' | 'requestsPerS' | 'rss';
export type Side = 'base' | 'head';

/** One round of one side; null where the scenario or the generator does not tell. CPU and latencies in microseconds, RSS in bytes. */
export type GateSample = Readonly<Record<MetricName, number | null>>;

/** Neighbouring rounds of both sides. */
export interface Pair {
  readonly base: GateSample;
  readonly head: GateSample;
}

interface Metric {
  readonly name: MetricName;
  readonly title: string;
  readonly isHigherWorse: boolean;
  /**
   * Rounds are added until every primary figure is decided; the others are judged by what was measured then, and fail only
   * when they are certainly worse: p95 of equal code differs by half from round to round on a small virtual machine.
   */
  readonly isPrimary: boolean;
  /**
   * Differs from one process to the next more than from round to round (when the collector of garbage runs, how far the heap
   * grew): rounds of one pair of servers are one observation, so that only all rounds, on every pair of servers, may fail it.
   */
  readonly isOfProcess: boolean;
  readonly format: (value: number) => string;
}

const micros = (value: number) =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} ms` : `${value.toFixed(value < 100 ? 1 : 0)} µs`;

/** In the order of reports: the primary one first. */
export const METRICS: readonly Metric[] = [
  {
    name: 'cpu',
    title: 'CPU a request',
    isHigherWorse: true,
    isPrimary: true,
    isOfProcess: false,
    format: micros,
  },
  {
    name: 'p95',
    title: 'p95',
    isHigherWorse: true,
    isPrimary: false,
    isOfProcess: false,
    format: micros,
  },
  {
    name: 'p99',
    title: 'p99',
    isHigherWorse: true,
    isPrimary: false,
    isOfProcess: false,
    format: micros,
  },
  {
    name: 'requestsPerS',
    title: 'requests/s',
    isHigherWorse: false,
    isPrimary: false,
    isOfProcess: false,
    format: (value) => value.toFixed(0),
  },
  {
    name: 'rss',
    title: 'RSS',
    isHigherWorse: true,
    isPrimary: false,
    isOfProcess: true,
    format: (value) => `${(value / 2 ** 20).toFixed(1)} MiB`,
  },
];

/**
 * By how much the head is worse, as the logarithm of a ratio: 0 is equal, positive is worse, and a factor
 * upwards and the same factor downwards are as far from 0. Pairs in which a side has no figure are left out.
 */
export function worsenings(pairs: readonly Pair[], metric: MetricName): readonly number[] {
  const isHigherWorse = METRICS.find(({ name }) => name === metric)?.isHigherWorse ?? true;
  return pairs.flatMap(({ base, head }) => {
    const [was, is] = [base[metric], head[metric]];
    if (was === null || is === null || was <= 0 || is <= 0) return [];
    return [isHigherWorse ? Math.log(is / was) : Math.log(was / is)];
  });
}

/** From a worsening to the change of the figure itself in percent, as people read it. */
export function changePercent(worsening: number, isHigherWorse: boolean): number {
  return 100 * Math.expm1(isHigherWorse ? worsening : -worsening);
}
