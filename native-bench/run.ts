/**
 * `npm run bench`: the suites of this folder, contenders taking turns within one run. Prints a table a suite,
 * the bars with pass or fail, and the crossovers beside the thresholds in the code (docs/benchmarks.md).
 *
 *   node dist/native-bench/run.js [suite …] [--json file] [--record]
 *
 * Exit code 1 when a bar does not hold (one in microseconds: on a machine that nobody else uses), or a crossover is
 * not where the code says; 130 when it was stopped.
 */
import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Progress, runCommand } from '../perf/harness/command.ts';
import { revision } from '../perf/harness/machine.ts';
import { parseBenchArguments } from './arguments.ts';
import { CROSSOVER_BUSY_SHARE } from './busy.ts';
import { machineText, revisionText } from './machine.ts';
import { measureSuite, ROUNDS, type SuiteReport } from './measure.ts';
import { readRecord, RECORD_PATH, recordProblems, writeRecord, type CrossoverRecord } from './record.ts';
import { barsText, crossoversText, suiteText } from './report.ts';
import type { Suite } from './suite.ts';
import { THRESHOLDS, type Threshold } from './thresholds.ts';

const SUFFIX = '.bench.js';

type OpenSuite = () => Promise<Suite>;

async function main(signal: AbortSignal): Promise<void> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length)).toSorted();
  const { suites, jsonPath, records } = parseBenchArguments(process.argv.slice(2), names);
  if (jsonPath !== null) await checkWritable(jsonPath);
  const measuredOf = revision();
  const [machine, commit] = [machineText(), revisionText(measuredOf)];
  console.log(`${machine}, revision ${commit}`);
  const reports = await runSuites(suites, signal);
  const [bars, crossovers] = [reports.flatMap((report) => report.bars), reports.flatMap((report) => report.crossovers)];
  if (bars.length > 0) console.log(barsText(bars));
  if (crossovers.length > 0) console.log(crossoversText(crossovers, await readRecord(RECORD_PATH)));
  const date = new Date().toISOString();
  const measured: CrossoverRecord = Object.fromEntries(crossovers.map(({ name, ...result }) => {
    const { chosen, deviation }: Threshold = THRESHOLDS[name];
    return [name, { chosen, reason: deviation?.reason ?? null, ...result, recordedAt: date, machine, revision: commit }];
  }));
  if (jsonPath !== null) {
    await writeFile(jsonPath, `${JSON.stringify({ date, revision: measuredOf, machine, suites: reports, bars, crossovers: measured }, null, 2)}\n`);
  }
  const quiet = Object.fromEntries(Object.entries(measured).filter(([, { othersShare }]) => othersShare <= CROSSOVER_BUSY_SHARE));
  if (records) await keep(measured, quiet);
  const problems = recordProblems(Object.fromEntries(Object.entries(THRESHOLDS).filter(([name]) => name in quiet)), quiet);
  for (const problem of problems) console.log(`  ${problem}`);
  process.exitCode = problems.length === 0 && bars.every(({ verdict }) => verdict !== 'FAIL') ? 0 : 1;
}

/** Minutes of measuring must not end at a folder that is not there. */
async function checkWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    throw new Error(`--json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keep(measured: CrossoverRecord, quiet: CrossoverRecord): Promise<void> {
  await writeRecord(RECORD_PATH, quiet);
  const left = Object.keys(measured).filter((name) => !(name in quiet));
  if (left.length > 0) console.log(`  not recorded, because others used the machine meanwhile: ${left.join(', ')}`);
}

async function runSuites(names: readonly string[], signal: AbortSignal): Promise<SuiteReport[]> {
  const reports: SuiteReport[] = [];
  const progress = new Progress();
  for (const [index, name] of names.entries()) {
    for (const openSuite of await openersOf(name)) {
      signal.throwIfAborted();
      progress.step(`${index + 1} of ${names.length}: ${name}`);
      await using suite = await openSuite();
      const report = await measureSuite(suite, signal, (round) => progress.figure(`round ${round + 1} of ${ROUNDS}`));
      progress.end();
      console.log(suiteText(report));
      reports.push(report);
    }
  }
  return reports;
}

async function openersOf(name: string): Promise<readonly OpenSuite[]> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(import.meta.dirname, name + SUFFIX)).href);
  const openers = Object.entries(module).filter(([exported]) => /^open\w*Bench$/.test(exported));
  if (openers.length === 0) throw new Error(`${name}.bench.ts exports no open…Bench function`);
  return openers.map(([, opener]) => opener as OpenSuite);
}

await runCommand(main);
