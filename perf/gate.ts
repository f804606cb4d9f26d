/**
 * `npm run perf:gate -- --base <revision>`: is this checkout slower than another revision? Both are built, run
 * interleaved on the same data, and compared by the ratio of neighbouring rounds (docs/gate.md).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { packagePath } from '../src/platform/config/package-root.ts';
import { GateError, messageOf } from './gate/gate-error.ts';
import { readOptions, USAGE, type GateOptions } from './gate/options.ts';
import { effortOf, markdownReport, tableRows, textTable, type GateReport } from './gate/report.ts';
import { runGate } from './gate/run-gate.ts';
import { runSelfTest } from './gate/self-test.ts';
import { Progress } from './harness/command.ts';

const EXIT = { passed: 0, regression: 1, broken: 2, undecided: 3, interrupted: 130 } as const;

async function main(signal: AbortSignal): Promise<number> {
  const command = readOptions(process.argv.slice(2));
  if (command.kind === 'help') {
    console.log(USAGE);
    return EXIT.passed;
  }
  const context = { headRoot: packagePath('.'), progress: new Progress(), signal };
  if (command.kind === 'self-test')
    return (await runSelfTest(command.reportFile, context)) ? EXIT.passed : EXIT.regression;
  const { options } = command;
  try {
    const report = await runGate(options, context);
    print(report);
    await write(report, options);
    if (report.verdict === 'fail') return EXIT.regression;
    return report.verdict === 'undecided' && options.isStrict ? EXIT.undecided : EXIT.passed;
  } catch (error) {
    context.progress.end();
    const isNothing =
      error instanceof GateError &&
      (error.kind === 'missing-base' || error.kind === 'incomparable');
    if (!options.isShort || !isNothing) throw error;
    console.log(`perf:gate skipped: ${error.message}`);
    return EXIT.passed;
  }
}

function print(report: GateReport): void {
  const { base, head, scenarios, summary } = report;
  console.log(
    `\nHead ${head.id.slice(0, 10)}${head.isModified ? ' with changes' : ''} against base ${base.id.slice(0, 10)} (${base.subject})\n`,
  );
  if (scenarios.length > 0) console.log(`${textTable(tableRows(scenarios))}\n`);
  for (const one of scenarios) console.log(`${one.scenario}: ${effortOf(one)}`);
  console.log(`\nperf:gate: ${summary}`);
}

async function write(report: GateReport, { jsonFile, reportFile }: GateOptions): Promise<void> {
  if (jsonFile !== null) await writeTo(jsonFile, `${JSON.stringify(report, null, 1)}\n`);
  if (reportFile !== null) await writeTo(reportFile, markdownReport(report));
}

async function writeTo(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Ctrl-C stops what runs and takes everything away; a second one is heard no more than the first. */
async function run(): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error('interrupted'));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  try {
    process.exitCode = await main(stop.signal);
  } catch (error) {
    process.stderr.write(
      stop.signal.aborted ? '\nperf:gate: interrupted\n' : `perf:gate: ${messageOf(error)}\n`,
    );
    process.exitCode = stop.signal.aborted ? EXIT.interrupted : EXIT.broken;
  }
}

await run();
