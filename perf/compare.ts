/**
 * `npm run perf:compare`: Sluice beside what a user would pick instead, on the same titles within one run
 * (docs/comparison.md says who is compared, and why that is fair).
 *
 *   npm run perf:compare -- [--target name=url …] [--rounds 5] [--seconds 3] [--json file]
 */
import { cpus } from 'node:os';
import { comparedCases, type ComparedCase } from './compare/cases.ts';
import {
  bareContender, pipelineContender, sdkContender, sluiceContender, targetContender, type Contender,
} from './compare/contenders.ts';
import { processListeningOn } from './compare/listening-process.ts';
import { CONNECTIONS, measureCase } from './compare/measure.ts';
import { readOptions, type CompareOptions } from './compare/options.ts';
import { rawAnswer } from './compare/raw-answer.ts';
import { openStage, type Stage } from './compare/stage.ts';
import { comparisonText } from './compare/tables.ts';
import { STREAMS_PER_TITLE, comparedWorks } from './compare/titles.ts';
import { verdictOf, type CaseVerdict } from './compare/verdicts.ts';

const INTERRUPTED = 130;

/** One line that changes; nothing where nobody watches. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** @throws Error in one line when it does not answer like an add-on */
async function reachTarget({ name, baseUrl }: CompareOptions['targets'][number]): Promise<Contender> {
  const url = `${baseUrl}/manifest.json`;
  const answer = await rawAnswer(url, {}).catch((error: unknown) => {
    throw new Error(`--target ${name}: ${url} does not answer (${error instanceof Error ? error.message || error.name : String(error)})`);
  });
  if (answer.status !== 200) throw new Error(`--target ${name}: ${url} answers ${answer.status}, expected a manifest`);
  const { hostname, port, protocol } = new URL(baseUrl);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return targetContender({ name, baseUrl }, isHere ? processListeningOn(Number(port) || (protocol === 'https:' ? 443 : 80)) : null);
}

async function runCase(
  one: ComparedCase, stage: Stage, targets: readonly Contender[], { rounds, seconds }: CompareOptions, signal: AbortSignal,
): Promise<CaseVerdict> {
  const sluice = sluiceContender(stage.sluice);
  const titleIds = stage.titles.map(({ imdbId }) => imdbId);
  const [path = ''] = one.pathsOf(sluice, titleIds) ?? [];
  await using bare = await stage.bareCopyOf(path, one.headers);
  const contenders = [sluice, bareContender(bare), sdkContender(stage.sdk), pipelineContender(stage.pipeline), ...targets];
  return verdictOf(one, await measureCase(one, contenders, { titleIds, rounds, seconds, progress, signal }));
}

async function compare(options: CompareOptions, signal: AbortSignal): Promise<void> {
  const targets: Contender[] = [];
  for (const target of options.targets) targets.push(await reachTarget(target));
  const works = await comparedWorks();
  await using stage = await openStage(works, progress);
  signal.throwIfAborted();
  console.log(`${works.length} titles of ${STREAMS_PER_TITLE} streams, ${CONNECTIONS} connections, ${options.rounds} rounds of ${options.seconds} s,`);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  const verdicts: CaseVerdict[] = [];
  for (const one of comparedCases()) verdicts.push(await runCase(one, stage, targets, options, signal));
  progress('');
  console.log(comparisonText(verdicts));
  const checks = verdicts.flatMap(({ contenders }) => contenders.flatMap(({ check }) => check ?? []));
  process.exitCode = checks.every(({ passed }) => passed) ? 0 : 1;
}

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
try {
  await compare(readOptions(process.argv.slice(2)), interrupt.signal);
} catch (error) {
  progress('');
  process.exitCode = interrupt.signal.aborted ? INTERRUPTED : 1;
  const reason = error instanceof Error ? error.message : String(error);
  console.error(interrupt.signal.aborted ? 'perf:compare: stopped' : `perf:compare: ${reason}`);
}
