/** What a `*.bench.ts` file gives to `run.ts`: exported functions `open…Bench` that return a suite each. */
import type { Bench } from 'tinybench';
import type { CrossoverName } from './thresholds.ts';

/** Functions of this process, measured by tinybench. */
export interface BenchSuite extends SuiteFacts, AsyncDisposable {
  /** Its tasks are run in turns, several rounds; `bench.time` is the time of one task over all rounds. */
  readonly bench: Bench;
  /** Adds the columns of CPU time: for tasks that wait for other threads or processes. Linux only. */
  readonly measuresCpu?: boolean;
}

/** Contenders that measure themselves: other processes under load. */
export interface ContenderSuite extends SuiteFacts, AsyncDisposable {
  readonly name: string;
  readonly contenders: readonly Contender[];
}

export type Suite = BenchSuite | ContenderSuite;

export interface Contender {
  readonly name: string;
  warmUp(): Promise<void>;
  /** One turn. */
  measure(): Promise<Sample>;
}

interface SuiteFacts {
  /** Bytes that a task produces or reads, by its name: a column of the table. */
  readonly sizesBytes?: Readonly<Record<string, number>>;
  readonly bars?: readonly Bar[];
  readonly crossovers?: readonly CrossoverPlan[];
  /** What a reader must know: an engine that is not installed, a contender left out. */
  readonly notes?: readonly string[];
}

export const METRICS = ['p50Us', 'p99Us', 'loopUs', 'cpuUs', 'perS'] as const;

export type Metric = (typeof METRICS)[number];

/**
 * One turn of one contender, null for what was not measured. Microseconds: median, 99th percentile, CPU time
 * of the main thread per operation, CPU time of all threads per operation (or of the other process). Operations a second.
 */
export type Sample = Readonly<Record<Metric, number | null>>;

/** A number that must hold; the run fails when one does not. */
export type Bar = LimitBar | RatioBar;

/** Noise of the machine only ever adds: what counts is the best round. */
export interface LimitBar {
  /** Name of the task. */
  readonly task: string;
  /** The task's entry in `sizesBytes`, or the best of the rounds' medians. */
  readonly metric: 'p50Us' | 'bytes';
  readonly max: number;
}

/** The median of the rounds' ratios: holds on a machine that is slow or busy, because both contenders are on it. */
export interface RatioBar {
  readonly task: string;
  readonly metric: 'p50Us' | 'loopUs' | 'cpuUs';
  /** Name of the contender in the same suite. */
  readonly against: string;
  readonly ratioMax: number;
}

/** Two ways of doing the same thing over a row of sizes, of which one wins below some size and the other above. */
export interface CrossoverPlan {
  readonly name: CrossoverName;
  readonly metric: 'p50Us' | 'loopUs' | 'cpuUs';
  /** By size, rising. */
  readonly points: readonly CrossoverPoint[];
}

export interface CrossoverPoint {
  readonly size: number;
  /** The way that is meant for sizes below the crossover. */
  readonly below: CrossoverSide;
  readonly above: CrossoverSide;
}

/** What one way costs: a task that is measured, something computed (time on a wire), or both together. */
export interface CrossoverSide {
  readonly task?: string;
  readonly addedUs?: number;
}
