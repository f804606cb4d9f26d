/**
 * `npm run perf:capacity -- --slo 'p95<5ms' --scenario mixed`: raises an open-loop rate until the objective
 * breaks, and says what this machine serves. A rate holds when the objective does in the median round and at
 * most one request in a thousand is refused or fails.
 */
import { searchCapacity } from './capacity-search.ts';
import { openBenchData } from './harness/bench-data.ts';
import {
  Progress,
  readArguments,
  runCommand,
  typedCommand,
  wholeNumber,
} from './harness/command.ts';
import { machineProfile, revision } from './harness/machine.ts';
import { resultFile, writeResult } from './harness/result-file.ts';
import { generator } from './load.ts';
import { keepsObjective, readObjective, type Objective } from './objective.ts';
import { RESULT_SCHEMA, type PerfResult, type PhaseResult } from './result.ts';
import { medianOf, requestsPerS } from './scenarios/figures.ts';
import { runPhase, warmUp, warningsOf, type Target } from './scenarios/phases.ts';
import { printScenario } from './scenarios/print.ts';
import type { Bench, LoadScenario } from './scenarios/scenario.ts';
import { startScenarioServer, verify } from './scenarios/standard.ts';
import { loadScenarioOf } from './scenarios/table.ts';

const USAGE =
  "npm run perf:capacity [-- --slo 'p95<5ms'] [--scenario mixed] [--rounds 3] [--seconds 5] " +
  '[--titles 100000] [--streams 2000000] [--data folder] [--json file]';
/** Where the search begins, of what a closed loop got. */
const FIRST_SHARE = 0.25;
const NOT_SERVED_SHARE_MAX = 0.001;

async function search(bench: Bench, scenario: LoadScenario, objective: Objective) {
  await using server = await startScenarioServer(scenario, bench.data);
  const requests = await scenario.requests(bench.data);
  await verify(server, requests.paths[0] ?? '/', requests.headers ?? {});
  const target: Target = { server, requests, needs: scenario.needs, position: 0 };
  await warmUp(bench, target, scenario.warmUpS);
  const throughput = await runPhase(bench, target, {
    name: 'throughput',
    loop: 'closed',
    rounds: 1,
  });
  const warnings: string[] = [];
  const phases: PhaseResult[] = [];
  const { capacityPerS } = await searchCapacity(
    requestsPerS(throughput.result) * FIRST_SHARE,
    async (ratePerS) => {
      const phase = await runPhase(bench, target, {
        name: `${ratePerS} req/s`,
        loop: 'open',
        ratePerS,
      });
      phases.push(phase.result);
      warnings.push(...warningsOf(phase));
      return holds(phase.result, objective);
    },
  );
  const curve = phases.toSorted((a, b) => (a.ratePerS ?? 0) - (b.ratePerS ?? 0));
  return { capacityPerS, phases: [throughput.result, ...curve], warnings };
}

function holds({ rounds }: PhaseResult, objective: Objective): boolean {
  const kept = rounds.filter(
    ({ latency, succeeded, shed, failed }) =>
      keepsObjective(objective, latency) &&
      shed + failed <= NOT_SERVED_SHARE_MAX * (succeeded + shed + failed),
  );
  return kept.length * 2 > rounds.length;
}

async function main(signal: AbortSignal): Promise<void> {
  const { values } = readArguments(USAGE, {
    options: {
      slo: { type: 'string', default: 'p95<5ms' },
      scenario: { type: 'string', default: 'mixed' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      titles: { type: 'string', default: '100000' },
      streams: { type: 'string', default: '2000000' },
      data: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const objective = readObjective(values.slo);
  const scenario = loadScenarioOf(values.scenario);
  const settings = {
    rounds: wholeNumber('rounds', values.rounds, 1, 100),
    roundS: wholeNumber('seconds', values.seconds, 1, 600),
    soakMinutes: 1,
    lines: 1000,
    closedLoop: generator,
  };
  const seed = {
    titles: wholeNumber('titles', values.titles, 100, 10_000_000),
    streams: wholeNumber('streams', values.streams, 1000, 100_000_000),
  };
  const jsonFile = await resultFile(values.json, 'capacity.json');
  const progress = new Progress();
  await using data = await openBenchData({
    seed: scenario.needs.seed ? seed : null,
    folder: values.data ?? null,
    needsRedis: scenario.needs.redis,
    progress: (text) => progress.step(text),
  });
  const bench: Bench = {
    data,
    settings,
    signal,
    progress: (text) => progress.step(text),
    tick: () => undefined,
  };
  const { capacityPerS, phases, warnings } = await search(bench, scenario, objective);
  progress.end();
  const atCapacity = phases.find(({ ratePerS }) => ratePerS === capacityPerS);
  const reached = medianOf(atCapacity, ({ latency }) => latency?.[objective.percentile]) / 1000;
  const result = {
    name: `capacity of ${scenario.name}`,
    description: `${scenario.description} Objective: ${objective.text}.`,
    contender: 'sluice',
    phases,
    checks: [],
    warnings,
  };
  printScenario(result);
  const machine = machineProfile(data.versions);
  const whole: PerfResult = {
    schema: RESULT_SCHEMA,
    createdAt: new Date().toISOString(),
    command: typedCommand('perf:capacity'),
    revision: revision(),
    machine,
    data: data.profile,
    scenarios: [result],
  };
  await writeResult(jsonFile, whole);
  if (capacityPerS === null) {
    console.log(
      `\n${objective.text} holds at no rate of ${scenario.name}: the curve says what it is instead.`,
    );
    process.exitCode = 1;
    return;
  }
  console.log(
    `\nThis machine serves ${capacityPerS} req/s of ${scenario.name} at ${objective.text.split('<')[0] ?? ''} ${reached.toFixed(2)} ms.`,
  );
  console.log(`Written to ${jsonFile}; npm run perf:report -- ${jsonFile} draws the curve.`);
}

await runCommand(main);
