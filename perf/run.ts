/**
 * `npm run perf -- <scenario…>`: load on one api process, with a database, and a Redis where it is needed,
 * of its own. Prints a table a scenario and what must hold; writes everything as JSON (perf/result.ts). `all` runs
 * every scenario. Exit code 1 when something that must hold does not.
 */
import { openBenchData, type BenchData } from './harness/bench-data.ts';
import {
  Progress,
  readArguments,
  runCommand,
  typedCommand,
  wholeNumber,
} from './harness/command.ts';
import { machineProfile, revision } from './harness/machine.ts';
import { resultFile, writeResult } from './harness/result-file.ts';
import { generator as installed } from './load.ts';
import { RESULT_SCHEMA, type PerfResult, type ScenarioResult } from './result.ts';
import { printScenario } from './scenarios/print.ts';
import type { Bench, BenchSettings, Scenario } from './scenarios/scenario.ts';
import { runScenario, scenarioOf, SCENARIOS } from './scenarios/table.ts';

interface Wanted {
  readonly scenarios: readonly Scenario[];
  readonly settings: BenchSettings;
  readonly seed: { readonly titles: number; readonly streams: number };
  readonly folder: string | null;
  readonly jsonFile: string | undefined;
}

const USAGE =
  'npm run perf [-- <scenario …> | all] [--rounds 5] [--seconds 5] [--json file] [--titles 100000] ' +
  '[--streams 2000000] [--data folder] [--generator wrk|autocannon|sluice] [--soak-minutes 10] [--lines 1000000]; without a name: lists them';
const NAMES = SCENARIOS.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`).join(
  '\n',
);

function read(): Wanted {
  const { values, positionals } = readArguments(USAGE, {
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      titles: { type: 'string', default: '100000' },
      streams: { type: 'string', default: '2000000' },
      data: { type: 'string' },
      json: { type: 'string' },
      generator: { type: 'string', default: installed },
      'soak-minutes': { type: 'string', default: '10' },
      lines: { type: 'string', default: '1000000' },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error(`name one scenario or more, or all:\n${NAMES}`);
  const { generator } = values;
  if (generator !== 'wrk' && generator !== 'autocannon' && generator !== 'sluice') {
    throw new Error(`--generator ${generator}: expected wrk, autocannon or sluice`);
  }
  return {
    scenarios: positionals.includes('all') ? SCENARIOS : [...new Set(positionals)].map(scenarioOf),
    settings: {
      rounds: wholeNumber('rounds', values.rounds, 1, 100),
      roundS: wholeNumber('seconds', values.seconds, 1, 600),
      soakMinutes: wholeNumber('soak-minutes', values['soak-minutes'], 1, 1440),
      lines: wholeNumber('lines', values.lines, 1000, 10_000_000),
      closedLoop: generator,
    },
    seed: {
      titles: wholeNumber('titles', values.titles, 100, 10_000_000),
      streams: wholeNumber('streams', values.streams, 1000, 100_000_000),
    },
    folder: values.data ?? null,
    jsonFile: values.json,
  };
}

async function runOne(
  data: BenchData,
  wanted: Wanted,
  scenario: Scenario,
  progress: Progress,
  signal: AbortSignal,
): Promise<ScenarioResult> {
  const { name, description } = scenario;
  const bench: Bench = {
    data,
    settings: wanted.settings,
    signal,
    progress: (text) => progress.step(`${name}: ${text}`),
    tick: (_phase, { atS, succeeded, shed, p95 }) =>
      progress.figure(
        `${atS} s, ${succeeded} req/s${shed > 0 ? `, ${shed} refused` : ''}${p95 === null ? '' : `, p95 ${(p95 / 1000).toFixed(1)} ms`}`,
      ),
  };
  const outcome = await runScenario(bench, scenario);
  progress.end();
  return { name, description, contender: 'sluice', ...outcome };
}

async function main(signal: AbortSignal): Promise<void> {
  const wanted = read();
  const progress = new Progress();
  const jsonFile = await resultFile(wanted.jsonFile, 'last.json');
  await using data = await openBenchData({
    seed: wanted.scenarios.some(({ needs }) => needs.seed) ? wanted.seed : null,
    folder: wanted.folder,
    needsRedis: wanted.scenarios.some(({ needs }) => needs.redis),
    progress: (text) => progress.step(text),
  });
  const scenarios: ScenarioResult[] = [];
  const machine = machineProfile(data.versions);
  for (const scenario of wanted.scenarios) {
    signal.throwIfAborted();
    const result = await runOne(data, wanted, scenario, progress, signal);
    scenarios.push(result);
    printScenario(result);
    const whole: PerfResult = {
      schema: RESULT_SCHEMA,
      createdAt: new Date().toISOString(),
      command: typedCommand('perf'),
      revision: revision(),
      machine,
      data: data.profile,
      scenarios,
    };
    await writeResult(jsonFile, whole);
  }
  console.log(
    `\n${machine.processor}, ${machine.processors} threads (${machine.threadsPerCore} a core), Node ${machine.node}`,
  );
  console.log(`Written to ${jsonFile}; npm run perf:report -- ${jsonFile} draws it.`);
  if (scenarios.some(({ checks }) => checks.some(({ passed }) => !passed))) process.exitCode = 1;
}

await runCommand(main);
