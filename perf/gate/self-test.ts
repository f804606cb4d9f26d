/**
 * The gate proves itself: five times equal code, which must pass, and five times a copy of the server that burns 20 % more
 * processor time per `stream-distinct` request, which must fail. In turn, so that both see the same machine.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import type { BenchData } from '../harness/bench-data.ts';
import { loadScenarioOf } from '../scenarios/table.ts';
import { BURN_VARIABLE } from './burn.ts';
import { copyHead } from './build.ts';
import { compareScenario, type ScenarioVerdict } from './compare.ts';
import { GateError } from './gate-error.ts';
import { readGates, type GateFile } from './limits.ts';
import { medianOf } from './median-interval.ts';
import { worsenings, type Pair, type Side } from './metrics.ts';
import { effortOf, markdownTable, tableRows, textTable } from './report.ts';
import { Repository } from './repository.ts';
import { ScenarioRounds, type Program } from './rounds.ts';
import { openData, type GateContext } from './run-gate.ts';
import { FULL_LOOKS } from './verdict.ts';
import { openWorktrees } from './worktrees.ts';

const SCENARIO = 'stream-distinct';
const REPEATS = 5;
const TARGET_RATIO = 1.2;
const TOLERANCE = 0.05;
const CALIBRATION_PAIRS = 9;
/** Near a fifth of 200 µs. */
const FIRST_GUESS_TURNS = 20_000;
const CALIBRATIONS_MAX = 5;
/** Half of a gate's: what passes and fails here does so there. */
const PART_S = 1;
const WARM_UP_S_MAX = 6;
/** Of all, building and seeding included. */
const BUDGET_MS = 30 * 60_000;

interface Calibration {
  readonly cpuMicros: number;
  /** Work for nothing in every request (burn.ts). */
  readonly burnTurns: number;
  /** Of CPU a request, slowed to equal. */
  readonly ratio: number;
  /** Pairs of rounds that say so. */
  readonly pairs: number;
}

interface Trial {
  readonly kind: 'equal code' | '20 % more CPU';
  readonly expected: 'pass' | 'fail';
  readonly verdict: ScenarioVerdict;
}

interface Bench {
  readonly data: BenchData;
  readonly roots: Readonly<Record<Side, string>>;
  readonly gate: GateFile;
  readonly context: GateContext;
}

/** Whether all ten verdicts were right. @throws GateError when the delay cannot be calibrated */
export async function runSelfTest(
  reportFile: string | null,
  context: GateContext,
): Promise<boolean> {
  const startedMs = performance.now();
  const gate = (await readGates()).get(SCENARIO);
  if (gate === undefined)
    throw new GateError('usage', `the self-test needs perf/gates/${SCENARIO}.json`);
  await using stack = new DisposeStack();
  const { folder } = stack.use(await openWorktrees());
  const copy = (name: string) => copyHead({ headRoot: context.headRoot, folder }, name);
  const roots = { base: await copy('base'), head: await copy('head') };
  const data = stack.use(await openData([loadScenarioOf(SCENARIO)], context));
  const bench: Bench = { data, roots, gate, context };
  const calibration = await calibrate(bench);
  console.log(`\n${describe(calibration)}\n`);
  const trials: Trial[] = [];
  for (let count = 0; count < 2 * REPEATS; count += 1) {
    const leftMs = BUDGET_MS - (performance.now() - startedMs);
    const deadlineMs = performance.now() + leftMs / (2 * REPEATS - count);
    trials.push(await runTrial(bench, count % 2 === 0 ? 0 : calibration.burnTurns, deadlineMs));
    console.log(`${trials.length}. ${outcomeOf(trials.at(-1))}`);
  }
  console.log(`\n${textTable(tableRows(trials.map(named)))}\n`);
  const file =
    reportFile ??
    join(
      context.headRoot,
      `perf/results/gate-self-test-${new Date().toISOString().slice(0, 10)}.md`,
    );
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    await report(trials, calibration, (performance.now() - startedMs) / 60_000, context),
  );
  const isProven = trials.every(({ verdict, expected }) => verdict.verdict === expected);
  console.log(`perf:gate self-test: ${isProven ? 'proven' : 'NOT PROVEN'}; written to ${file}`);
  return isProven;
}

/** Finds the work that costs a fifth of a request's CPU, and proves that it does: by all pairs so far, whatever work they had. */
async function calibrate(bench: Bench): Promise<Calibration> {
  let burnTurns = FIRST_GUESS_TURNS;
  const [sharesOfATurn, cpuMicros]: [number[], number[]] = [[], []];
  for (let attempt = 0; attempt < CALIBRATIONS_MAX; attempt += 1) {
    bench.context.progress.step(
      `calibrating: ${burnTurns} turns of work for nothing in every request`,
    );
    const pairs = await measurePairs(bench, burnTurns);
    for (const worsening of worsenings(pairs, 'cpu'))
      sharesOfATurn.push((Math.exp(worsening) - 1) / burnTurns);
    for (const { base } of pairs) cpuMicros.push(base.cpu ?? 0);
    const shareOfATurn = Math.max(medianOf(sharesOfATurn), 0.02 / burnTurns);
    const ratio = 1 + shareOfATurn * burnTurns;
    // Half of what is tolerated: the measurement has an error of its own.
    if (Math.abs(ratio - TARGET_RATIO) <= TOLERANCE / 2)
      return { cpuMicros: medianOf(cpuMicros), burnTurns, ratio, pairs: cpuMicros.length };
    burnTurns = Math.round(Math.min(burnTurns * 4, (TARGET_RATIO - 1) / shareOfATurn));
  }
  throw new GateError(
    'broken',
    `the delay could not be calibrated to ${TARGET_RATIO} ± ${TOLERANCE}: the machine is not quiet enough`,
  );
}

async function measurePairs(bench: Bench, burnTurns: number): Promise<readonly Pair[]> {
  await using session = await roundsOf(bench, burnTurns).open();
  const pairs: Pair[] = [];
  for (let count = 0; count < CALIBRATION_PAIRS; count += 1)
    pairs.push(await session.measurePair(count % 2 === 0));
  return pairs;
}

function roundsOf({ data, roots, context }: Bench, burnTurns: number): ScenarioRounds {
  const slowed =
    burnTurns === 0
      ? {}
      : {
          imports: [join(import.meta.dirname, 'burn.js')],
          environment: { [BURN_VARIABLE]: String(burnTurns) },
        };
  const programs: Record<Side, Program> = {
    base: { root: roots.base, name: 'the first copy' },
    head: { root: roots.head, name: 'the second copy', ...slowed },
  };
  return new ScenarioRounds(loadScenarioOf(SCENARIO), {
    programs,
    data,
    partS: PART_S,
    warmUpSMax: WARM_UP_S_MAX,
    signal: context.signal,
  });
}

async function runTrial(bench: Bench, burnTurns: number, deadlineMs: number): Promise<Trial> {
  const {
    gate,
    context: { progress },
  } = bench;
  const kind = burnTurns === 0 ? 'equal code' : '20 % more CPU';
  progress.step(`${kind}: starting and warming up both servers`);
  const rounds = roundsOf(bench, burnTurns);
  const verdict = await compareScenario({
    scenario: SCENARIO,
    limits: gate.limits,
    plan: { looks: FULL_LOOKS, confidence: gate.confidence, scenarios: 1 },
    deadlineMs,
    open: () => rounds.open(),
    now: () => performance.now(),
    onPair: (pairs) => progress.figure(`${pairs} pairs of rounds`),
  });
  progress.end();
  return {
    kind,
    expected: burnTurns === 0 ? 'pass' : 'fail',
    verdict: { ...verdict, othersShare: rounds.othersShare },
  };
}

function named({ kind, verdict }: Trial, index: number): ScenarioVerdict {
  return { ...verdict, scenario: `${index + 1}. ${kind}` };
}

function outcomeOf(trial: Trial | undefined): string {
  if (trial === undefined) return '';
  const { kind, expected, verdict } = trial;
  const words =
    verdict.verdict === 'fail' ? 'failed' : verdict.verdict === 'pass' ? 'passed' : 'undecided';
  return `${kind}: ${words}${verdict.verdict === expected ? '' : ', WRONG'}, ${effortOf(verdict)}`;
}

function describe({ cpuMicros, burnTurns, ratio, pairs }: Calibration): string {
  return (
    `${SCENARIO} takes ${cpuMicros.toFixed(1)} µs of CPU a request; ${burnTurns} turns of work for nothing make it ` +
    `${ratio.toFixed(3)} times that (wanted ${TARGET_RATIO} ± ${TOLERANCE}, median of ${pairs} pairs of rounds)`
  );
}

async function report(
  trials: readonly Trial[],
  calibration: Calibration,
  minutes: number,
  context: GateContext,
): Promise<string> {
  const repository = new Repository(context.headRoot, context.signal);
  const commit = await repository.commitOf('HEAD');
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
  const right = (kind: Trial['kind']) =>
    trials.filter((one) => one.kind === kind && one.verdict.verdict === one.expected).length;
  return [
    '# Self-test of the performance gate',
    '',
    `\`npm run perf:gate -- --self-test\`, ${new Date().toISOString()}, commit ${commit.id.slice(0, 10)}` +
      `${(await repository.isModified()) ? ' with changes' : ''}, ${machine}, ${minutes.toFixed(0)} minutes.`,
    '',
    `- Equal code (two copies of one build) passed ${right('equal code')} of ${REPEATS} times.`,
    `- A copy with an injected delay failed ${right('20 % more CPU')} of ${REPEATS} times.`,
    `- ${describe(calibration)}.`,
    '',
    ...trials.map((trial, index) => `${index + 1}. ${outcomeOf(trial)}`),
    '',
    markdownTable(tableRows(trials.map(named))),
    '',
  ].join('\n');
}
