/**
 * `npm run bench`: the suites of this folder, contenders taking turns within one run. Prints a table a suite,
 * the bars with pass or fail, and the crossovers beside the thresholds in the code (docs/benchmarks.md).
 *
 *   node dist/native-bench/run.js [suite …] [--json file] [--record]
 *
 * Exit code 1 when a bar does not hold (one in microseconds: on a machine that nobody else uses), or a crossover is not where the code says; 130 when it was stopped.
 */
import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseBenchArguments, UsageError } from './arguments.ts';
import { CROSSOVER_BUSY_SHARE } from './busy.ts';
import { currentRevision, machineText } from './machine.ts';
import { measureSuite, ROUNDS, type SuiteReport } from './measure.ts';
import { readRecord, RECORD_PATH, recordProblems, writeRecord, type CrossoverRecord } from './record.ts';
import { barsText, crossoversText, suiteText } from './report.ts';
import type { Suite } from './suite.ts';
import { THRESHOLDS, type Threshold } from './thresholds.ts';

const SUFFIX = '.bench.js';
const STOPPED_CODE = 130;

type OpenSuite = () => Promise<Suite>;

async function main(): Promise<void> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length)).toSorted();
  const { suites, jsonPath, records } = parseBenchArguments(process.argv.slice(2), names);
  if (jsonPath !== null) await checkWritable(jsonPath);
  const revision = await currentRevision();
  const machine = machineText();
  console.log(`${machine}, revision ${revision?.commit.slice(0, 12) ?? 'unknown'}${revision?.isModified === true ? ' with changes' : ''}`);
  const reports = await runSuites(suites, stopSignal());
  const [bars, crossovers] = [reports.flatMap((report) => report.bars), reports.flatMap((report) => report.crossovers)];
  if (bars.length > 0) console.log(barsText(bars));
  if (crossovers.length > 0) console.log(crossoversText(crossovers, await readRecord(RECORD_PATH)));
  const date = new Date().toISOString();
  const measured: CrossoverRecord = Object.fromEntries(crossovers.map(({ name, ...result }) => {
    const { chosen, deviation }: Threshold = THRESHOLDS[name];
    return [name, { chosen, reason: deviation?.reason ?? null, ...result, recordedAt: date, machine, revision: revision?.commit ?? 'unknown' }];
  }));
  if (jsonPath !== null) {
    await writeFile(jsonPath, `${JSON.stringify({ date, revision, machine, suites: reports, bars, crossovers: measured }, null, 2)}\n`);
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
    throw new UsageError(`--json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keep(measured: CrossoverRecord, quiet: CrossoverRecord): Promise<void> {
  await writeRecord(RECORD_PATH, quiet);
  const left = Object.keys(measured).filter((name) => !(name in quiet));
  if (left.length > 0) console.log(`  not recorded, because others used the machine meanwhile: ${left.join(', ')}`);
}

async function runSuites(names: readonly string[], signal: AbortSignal): Promise<SuiteReport[]> {
  const reports: SuiteReport[] = [];
  for (const [index, name] of names.entries()) {
    for (const openSuite of await openersOf(name)) {
      signal.throwIfAborted();
      showProgress(`${index + 1} of ${names.length}: ${name}`);
      await using suite = await openSuite();
      const report = await measureSuite(suite, signal, (round) => {
        showProgress(`${index + 1} of ${names.length}: ${name}, round ${round + 1} of ${ROUNDS}`);
      });
      showProgress('');
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

/** One line that the next one replaces; nothing where nobody watches. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Ctrl-C ends the run after the current turn, so that servers and temporary folders go; the second one at once. */
function stopSignal(): AbortSignal {
  const control = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => control.abort(new Error('stopped')));
  return control.signal;
}

try {
  await main();
} catch (error) {
  const isStop = error instanceof Error && error.message === 'stopped';
  if (!isStop && !(error instanceof UsageError)) throw error;
  console.error(isStop ? '\nstopped' : error.message);
  process.exitCode = isStop ? STOPPED_CODE : 1;
}
