/**
 * `npm run bench`: every suite in a process of its own; tables, bars and crossovers (docs/benchmarks.md).
 *
 *   node dist/native-bench/run.js [suite …] [--json file] [--record]
 *
 * Exit code 1 when a bar or a crossover does not hold, 130 when it was stopped.
 */
import { open, readdir, writeFile } from 'node:fs/promises';
import { Progress, runCommand } from '../perf/harness/command.ts';
import { revision } from '../perf/harness/machine.ts';
import { parseBenchArguments } from './arguments.ts';
import { CROSSOVER_BUSY_SHARE } from './busy.ts';
import { machineText, revisionText } from './machine.ts';
import { ROUNDS, type SuiteReport } from './measure.ts';
import {
  readRecord,
  RECORD_PATH,
  recordProblems,
  writeRecord,
  type CrossoverRecord,
} from './record.ts';
import { barsText, crossoversText, suiteText } from './report.ts';
import { measureInProcess } from './suite-process.ts';
import { THRESHOLDS, type Threshold } from './thresholds.ts';

const SUFFIX = '.bench.js';

interface Outcome {
  readonly reports: readonly SuiteReport[];
  /** Suites that could not be measured: one line each. The others go on. */
  readonly failures: readonly string[];
}

async function main(signal: AbortSignal): Promise<void> {
  const names = (await readdir(import.meta.dirname))
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .toSorted();
  const { suites, jsonPath, records } = parseBenchArguments(process.argv.slice(2), names);
  if (jsonPath !== null) await checkWritable(jsonPath);
  const measuredOf = revision();
  const [machine, commit] = [machineText(), revisionText(measuredOf)];
  console.log(`${machine}, revision ${commit}`);
  const { reports, failures } = await runSuites(suites, signal);
  const [bars, crossovers] = [
    reports.flatMap((report) => report.bars),
    reports.flatMap((report) => report.crossovers),
  ];
  if (bars.length > 0) console.log(barsText(bars));
  if (crossovers.length > 0) console.log(crossoversText(crossovers, await readRecord(RECORD_PATH)));
  const date = new Date().toISOString();
  const measured: CrossoverRecord = Object.fromEntries(
    crossovers.map(({ name, ...result }) => {
      const { chosen, deviation }: Threshold = THRESHOLDS[name];
      return [
        name,
        {
          chosen,
          reason: deviation?.reason ?? null,
          ...result,
          recordedAt: date,
          machine,
          revision: commit,
        },
      ];
    }),
  );
  if (jsonPath !== null) {
    await writeFile(
      jsonPath,
      `${JSON.stringify({ date, revision: measuredOf, machine, suites: reports, bars, crossovers: measured }, null, 2)}\n`,
    );
  }
  const quiet = Object.fromEntries(
    Object.entries(measured).filter(([, { othersShare }]) => othersShare <= CROSSOVER_BUSY_SHARE),
  );
  if (records) await keep(measured, quiet);
  const problems = recordProblems(
    Object.fromEntries(Object.entries(THRESHOLDS).filter(([name]) => name in quiet)),
    quiet,
  );
  for (const problem of [...problems, ...failures]) console.log(`  ${problem}`);
  process.exitCode =
    problems.length + failures.length === 0 && bars.every(({ verdict }) => verdict !== 'FAIL')
      ? 0
      : 1;
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
  if (left.length > 0)
    console.log(`  not recorded, because others used the machine meanwhile: ${left.join(', ')}`);
}

async function runSuites(names: readonly string[], signal: AbortSignal): Promise<Outcome> {
  const [reports, failures]: [SuiteReport[], string[]] = [[], []];
  const progress = new Progress();
  for (const [index, name] of names.entries()) {
    progress.step(`${index + 1} of ${names.length}: ${name}`);
    try {
      await measureInProcess(
        name,
        {
          onRound: (round) => progress.figure(`round ${round + 1} of ${ROUNDS}`),
          onReport: (report) => {
            progress.end();
            console.log(suiteText(report));
            reports.push(report);
          },
        },
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { reports, failures };
}

await runCommand(main);
