/** Runs the contenders of one suite in turns, so that a slow minute of the machine hits all of them. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Bench, Task } from 'tinybench';
import { BUSY_SHARE, othersShare, readBusy } from './busy.ts';
import { findCrossing, median, type Crossing, type MeasuredPoint } from './crossover.ts';
import { hasThreadCpu, processCpuMicros, threadCpuMicros } from './thread-cpu.ts';
import {
  METRICS,
  type Bar,
  type Contender,
  type CrossoverPlan,
  type CrossoverSide,
  type Metric,
  type Sample,
  type Suite,
} from './suite.ts';
import type { CrossoverName } from './thresholds.ts';

export const ROUNDS = 5;
/** Of a turn; a poster of 80 ms is not drawn 64 times. */
const ITERATIONS_MIN = 3;

export interface SuiteReport {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly bars: readonly BarResult[];
  readonly crossovers: readonly CrossoverResult[];
  readonly notes: readonly string[];
  /** Share of the machine that others used meanwhile, 0 to 1; servers that the suite started are others. */
  readonly othersShare: number;
}

export interface Row {
  readonly task: string;
  /** Median over the rounds. */
  readonly figures: Sample;
  readonly rounds: readonly Sample[];
  readonly bytes: number | null;
}

/** `busy`: missed in microseconds, while others used the machine. */
export type Verdict = 'pass' | 'FAIL' | 'busy';

export type BarResult = Bar & { readonly value: number; readonly verdict: Verdict };

export interface CrossoverResult {
  readonly name: CrossoverName;
  readonly metric: Metric;
  readonly othersShare: number;
  readonly measured: Crossing;
  readonly points: readonly {
    readonly size: number;
    readonly belowUs: number;
    readonly aboveUs: number;
  }[];
}

/** @param signal ends the run between two turns */
export async function measureSuite(
  suite: Suite,
  signal: AbortSignal,
  onRound: (round: number) => void,
): Promise<SuiteReport> {
  const contenders =
    'bench' in suite ? tasksOf(suite.bench, suite.measuresCpu === true) : suite.contenders;
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) {
    await throwIfStopped(signal);
    await contender.warmUp();
  }
  const before = readBusy();
  for (let round = 0; round < ROUNDS; round++) {
    onRound(round);
    // Every other round backwards: what the machine does over a round hits first and last alike.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      await throwIfStopped(signal);
      samples.get(contender)?.push(await contender.measure());
    }
  }
  const rows = [...samples].map(([{ name }, rounds]): Row => ({
    task: name,
    figures: medianSample(rounds),
    rounds,
    bytes: suite.sizesBytes?.[name] ?? null,
  }));
  const share = othersShare(before, readBusy());
  return {
    name: 'bench' in suite ? (suite.bench.name ?? 'unnamed') : suite.name,
    rows,
    bars: (suite.bars ?? []).map((bar) => checkBar(bar, rows, share > BUSY_SHARE)),
    crossovers: crossoversOf(suite.crossovers ?? [], rows, share),
    notes: suite.notes ?? [],
    othersShare: share,
  };
}

/** The loop turns here: contenders that wait for nothing leave it no moment to hear of SIGTERM, or to tell of the round. */
async function throwIfStopped(signal: AbortSignal): Promise<void> {
  await turnOfTheLoop();
  signal.throwIfAborted();
}

function tasksOf(bench: Bench, measuresCpu: boolean): Contender[] {
  // Typed as read-only, though a task reads them anew each time.
  Object.assign(bench, {
    time: bench.time / ROUNDS,
    iterations: ITERATIONS_MIN,
    warmupIterations: ITERATIONS_MIN,
  });
  return bench.tasks.map((task) => ({
    name: task.name,
    warmUp: () => task.warmup(),
    measure: () => (measuresCpu ? measureCpu(task) : measureTask(task)),
  }));
}

async function measureTask(task: Task): Promise<Sample> {
  task.reset();
  await task.run();
  const { result } = task;
  if (result.state === 'errored') throw result.error;
  if (result.state !== 'completed')
    throw new Error(`${task.name} was not measured: ${result.state}`);
  return {
    p50Us: result.latency.p50 * 1000,
    p99Us: result.latency.p99 * 1000,
    loopUs: null,
    cpuUs: null,
    perS: null,
  };
}

/** tinybench's own part is in it: about 0.2 µs an operation. */
async function measureCpu(task: Task): Promise<Sample> {
  const loopBefore = hasThreadCpu ? threadCpuMicros() : null;
  const cpuBefore = processCpuMicros();
  const sample = await measureTask(task);
  const cpuUs = (processCpuMicros() - cpuBefore) / task.runs;
  return {
    ...sample,
    cpuUs,
    loopUs: loopBefore === null ? null : (threadCpuMicros() - loopBefore) / task.runs,
  };
}

function medianSample(rounds: readonly Sample[]): Sample {
  const of = (metric: Metric) => {
    const values = rounds.map((sample) => sample[metric]).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  const [p50Us, p99Us, loopUs, cpuUs, perS] = METRICS.map(of);
  return {
    p50Us: p50Us ?? null,
    p99Us: p99Us ?? null,
    loopUs: loopUs ?? null,
    cpuUs: cpuUs ?? null,
    perS: perS ?? null,
  };
}

function checkBar(bar: Bar, rows: readonly Row[], isBusy: boolean): BarResult {
  if ('against' in bar) {
    const [ours, theirs] = [
      roundsOf(rows, bar.task, bar.metric),
      roundsOf(rows, bar.against, bar.metric),
    ];
    const value = median(ours.map((own, round) => own / (theirs[round] ?? Number.NaN)));
    return { ...bar, value, verdict: value <= bar.ratioMax ? 'pass' : 'FAIL' };
  }
  if (bar.metric === 'bytes') {
    const value = rowOf(rows, bar.task).bytes ?? Number.NaN;
    return { ...bar, value, verdict: value <= bar.max ? 'pass' : 'FAIL' };
  }
  const value = Math.min(...roundsOf(rows, bar.task, bar.metric));
  return { ...bar, value, verdict: value <= bar.max ? 'pass' : isBusy ? 'busy' : 'FAIL' };
}

/** None where the machine cannot tell the CPU time of one thread. */
function crossoversOf(
  plans: readonly CrossoverPlan[],
  rows: readonly Row[],
  share: number,
): CrossoverResult[] {
  return plans
    .filter(({ metric }) => metric !== 'loopUs' || hasThreadCpu)
    .map(({ name, metric, points }) => {
      const measured = points.map(({ size, below, above }): MeasuredPoint => ({
        size,
        belowUs: costsOf(rows, below, metric),
        aboveUs: costsOf(rows, above, metric),
      }));
      return {
        name,
        metric,
        othersShare: share,
        measured: findCrossing(measured),
        points: measured.map(({ size, belowUs, aboveUs }) => ({
          size,
          belowUs: median(belowUs),
          aboveUs: median(aboveUs),
        })),
      };
    });
}

function costsOf(
  rows: readonly Row[],
  { task, addedUs = 0 }: CrossoverSide,
  metric: Metric,
): number[] {
  if (task === undefined) return Array.from({ length: ROUNDS }, () => addedUs);
  return roundsOf(rows, task, metric).map((value) => value + addedUs);
}

function roundsOf(rows: readonly Row[], task: string, metric: Metric): number[] {
  return rowOf(rows, task).rounds.map((sample) => sample[metric] ?? Number.NaN);
}

function rowOf(rows: readonly Row[], task: string): Row {
  const row = rows.find((one) => one.task === task);
  if (row === undefined) throw new Error(`no task is called "${task}"`);
  return row;
}
