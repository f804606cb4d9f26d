/**
 * `npm run bench`: every suite in this folder, contenders taking turns within one run, so that a slow
 * minute of the machine hits all of them. Prints a table a suite, and the bars with pass or fail.
 *
 *   node dist/native-bench/run.js [name-part …] [--json path]
 *
 * Exit code 1 when a bar does not hold.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Task } from 'tinybench';
import type { Bar, BenchSuite } from './suite.ts';

const ROUNDS = 5;

interface Row {
  readonly task: string;
  /** Median over the rounds. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly bytes: number | null;
}

interface BarResult extends Bar {
  readonly value: number;
  readonly passed: boolean;
}

interface SuiteReport {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly bars: readonly BarResult[];
}

type OpenBench = () => Promise<BenchSuite>;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  console.log(machine);
  const suites: SuiteReport[] = [];
  for (const path of await benchFiles(positionals)) {
    for (const open of await openersOf(path)) {
      await using suite = await open();
      const report = await measure(suite);
      print(report);
      suites.push(report);
    }
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ machine, suites }, null, 2)}\n`);
  process.exitCode = printBars(suites.flatMap(({ bars }) => bars)) ? 0 : 1;
}

async function benchFiles(nameParts: readonly string[]): Promise<string[]> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.bench.js'));
  const wanted = names.filter((name) => nameParts.length === 0 || nameParts.some((part) => name.includes(part)));
  return wanted.sort().map((name) => join(import.meta.dirname, name));
}

async function openersOf(path: string): Promise<readonly OpenBench[]> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
  const openers = Object.entries(module).filter(([name]) => /^open\w*Bench$/.test(name));
  if (openers.length === 0) throw new Error(`${path} exports no open…Bench function`);
  return openers.map(([, open]) => open as OpenBench);
}

/** Rounds over all tasks, every other one backwards. */
async function measure({ bench, sizesBytes = {}, bars = [] }: BenchSuite): Promise<SuiteReport> {
  // Typed as read-only, though `Task.run` reads it anew each time.
  Object.assign(bench, { time: bench.time / ROUNDS });
  for (const task of bench.tasks) await task.warmup();
  const rounds = new Map<Task, { p50: number; p99: number }[]>(bench.tasks.map((task) => [task, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const task of inTurn(bench, round)) {
      task.reset();
      await task.run();
      rounds.get(task)?.push(latencyOf(task));
    }
  }
  const rows = [...rounds].map(([task, results]): Row => ({
    task: task.name,
    p50Us: median(results.map(({ p50 }) => p50 * 1000)),
    p99Us: median(results.map(({ p99 }) => p99 * 1000)),
    bytes: sizesBytes[task.name] ?? null,
  }));
  return { name: bench.name ?? 'unnamed', rows, bars: bars.map((bar) => check(bar, rows)) };
}

function inTurn(bench: Bench, round: number): readonly Task[] {
  return round % 2 === 0 ? bench.tasks : bench.tasks.toReversed();
}

function latencyOf(task: Task): { p50: number; p99: number } {
  const { result } = task;
  if (result.state === 'errored') throw result.error;
  if (result.state !== 'completed') throw new Error(`${task.name} was not measured: ${result.state}`);
  return { p50: result.latency.p50, p99: result.latency.p99 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function check(bar: Bar, rows: readonly Row[]): BarResult {
  const row = rows.find(({ task }) => task === bar.task);
  const value = row?.[bar.metric] ?? Number.NaN;
  return { ...bar, value, passed: value <= bar.max };
}

function print({ name, rows }: SuiteReport): void {
  const width = Math.max(...rows.map(({ task }) => task.length));
  const line = (task: string, p50: string, p99: string, bytes: string) =>
    console.log(`  ${task.padEnd(width)}  ${p50.padStart(11)}  ${p99.padStart(11)}  ${bytes.padStart(9)}`);
  console.log(`\n${name}`);
  line('task', 'p50 µs', 'p99 µs', 'bytes');
  for (const { task, p50Us, p99Us, bytes } of rows) {
    line(task, decimals(p50Us), decimals(p99Us), bytes === null ? '' : String(bytes));
  }
}

function decimals(microseconds: number): string {
  return microseconds.toFixed(microseconds < 10 ? 3 : 1);
}

/** True when all hold. */
function printBars(bars: readonly BarResult[]): boolean {
  if (bars.length > 0) console.log('\nbars');
  for (const { task, metric, max, value, passed } of bars) {
    const shown = metric === 'bytes' ? `${value} ≤ ${max} bytes` : `${decimals(value)} ≤ ${max} µs`;
    console.log(`  ${passed ? 'pass' : 'FAIL'}  ${task}: ${shown}`);
  }
  return bars.every(({ passed }) => passed);
}

await main();
