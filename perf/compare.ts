/**
 * `npm run perf:compare`: Sluice beside what a user would pick instead (docs/comparison.md).
 *
 *   npm run perf:compare -- [--target name=url …] [--rounds 7] [--seconds 2] [--json file]
 *
 * Exit code 1 when something that must hold does not.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { comparedCases, type ComparedCase } from './compare/cases.ts';
import {
  bareContender,
  pipelineContender,
  sdkContender,
  sluiceContender,
  targetContender,
  type Contender,
} from './compare/contenders.ts';
import { processListeningOn } from './compare/listening-process.ts';
import { CONNECTIONS, measureCase, throughputGenerator } from './compare/measure.ts';
import { readOptions, type CompareOptions, type Target } from './compare/options.ts';
import { rawAnswer } from './compare/raw-answer.ts';
import { scenarioResults } from './compare/result-scenarios.ts';
import { openFixtures, type Fixtures } from './compare/fixtures.ts';
import { comparisonText } from './compare/tables.ts';
import { STREAMS_PER_TITLE, comparedTitles } from './compare/titles.ts';
import { verdictOf, type CaseVerdict } from './compare/verdicts.ts';
import { Progress, runCommand, typedCommand } from './harness/command.ts';
import { machineProfile, revision } from './harness/machine.ts';
import { RESULT_SCHEMA, type PerfResult } from './result.ts';

/** @throws Error in one line when it does not answer like an add-on */
async function reachTarget({ name, baseUrl }: Target): Promise<Contender> {
  const url = `${baseUrl}/manifest.json`;
  const answer = await rawAnswer(url, {}).catch((error: unknown) => {
    const reason =
      error instanceof Error
        ? error.message || String('code' in error ? error.code : error.name)
        : String(error);
    throw new Error(`--target ${name}: ${url} does not answer (${reason})`, { cause: error });
  });
  if (answer.status !== 200)
    throw new Error(
      `--target ${name}: ${url} answers ${answer.status}, expected the manifest of an add-on`,
    );
  const { hostname, port, protocol } = new URL(baseUrl);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return targetContender(
    { name, baseUrl },
    isHere ? processListeningOn(Number(port) || (protocol === 'https:' ? 443 : 80)) : null,
  );
}

interface Run {
  readonly fixtures: Fixtures;
  readonly targets: readonly Contender[];
  readonly options: CompareOptions;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

async function runCase(
  one: ComparedCase,
  { fixtures, targets, options, progress, signal }: Run,
): Promise<CaseVerdict> {
  const sluice = sluiceContender(fixtures.sluice);
  const titleIds = fixtures.titles.map(({ imdbId }) => imdbId);
  const [path = ''] = one.pathsOf(sluice, titleIds) ?? [];
  await using bare = await fixtures.bareCopyOf(path, one.headers);
  const contenders = [
    sluice,
    bareContender(bare),
    sdkContender(fixtures.sdk),
    pipelineContender(fixtures.pipeline),
    ...targets,
  ];
  const { rounds, seconds } = options;
  return verdictOf(
    one,
    await measureCase(one, contenders, { titleIds, rounds, seconds, progress, signal }),
  );
}

function resultOf({ fixtures }: Run, verdicts: readonly CaseVerdict[]): PerfResult {
  return {
    schema: RESULT_SCHEMA,
    createdAt: new Date().toISOString(),
    command: typedCommand('perf:compare'),
    revision: revision(),
    machine: machineProfile(fixtures.versions),
    data: fixtures.data,
    scenarios: verdicts.flatMap(scenarioResults),
  };
}

async function main(signal: AbortSignal): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const targets: Contender[] = [];
  for (const target of options.targets) targets.push(await reachTarget(target));
  // Nothing is started for a file that cannot be written.
  await mkdir(dirname(options.jsonFile), { recursive: true });
  const progress = new Progress();
  const titles = await comparedTitles();
  await using fixtures = await openFixtures(titles, (text) => progress.step(text));
  const run: Run = { fixtures, targets, options, progress: (text) => progress.step(text), signal };
  const verdicts: CaseVerdict[] = [];
  for (const one of comparedCases()) {
    signal.throwIfAborted();
    verdicts.push(await runCase(one, run));
  }
  progress.end();
  const result = resultOf(run, verdicts);
  await writeFile(options.jsonFile, `${JSON.stringify(result, null, 1)}\n`);
  const { machine } = result;
  console.log(
    `\n${titles.length} titles of ${STREAMS_PER_TITLE} streams; ${throughputGenerator}, ${CONNECTIONS} connections, ` +
      `${options.rounds} rounds of ${options.seconds} s in turn`,
  );
  console.log(
    `${machine.processor}, ${machine.processors} threads (${machine.threadsPerCore} a core), Node ${machine.node}\n`,
  );
  console.log(comparisonText(verdicts));
  console.log(
    `Written to ${options.jsonFile}; npm run perf:report -- ${options.jsonFile} draws it.`,
  );
  if (verdicts.some(({ contenders }) => contenders.some(({ check }) => check?.passed === false)))
    process.exitCode = 1;
}

await runCommand(main);
