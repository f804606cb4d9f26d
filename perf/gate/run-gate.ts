/** The gate itself: both builds, the data, every scenario in turn, and what it all comes to. */
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { openBenchData, type BenchData, type BenchDataOptions } from '../harness/bench-data.ts';
import type { Progress } from '../harness/command.ts';
import { machineProfile } from '../harness/machine.ts';
import type { LoadScenario } from '../scenarios/scenario.ts';
import { loadScenarioOf } from '../scenarios/table.ts';
import { openBaseData } from './base-data.ts';
import { areEqual, buildBase, copyHead } from './build.ts';
import { compareScenario, compareTwice, type Bout, type ScenarioVerdict } from './compare.ts';
import { GateError } from './gate-error.ts';
import { gatedScenarios, readGates, type GateFile, type Gates } from './limits.ts';
import type { Side } from './metrics.ts';
import type { GateOptions } from './options.ts';
import { GATE_REPORT_SCHEMA, summaryOf, type GateReport } from './report.ts';
import { Repository } from './repository.ts';
import { ScenarioRounds, type Program } from './rounds.ts';
import { FULL_LOOKS, SHORT_LOOKS } from './verdict.ts';
import { openWorktrees } from './worktrees.ts';

export interface GateContext {
  /** Of this checkout, built. */
  readonly headRoot: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Length of both parts of a round, and how long servers warm up at most, in seconds. */
const FULL_FORM = { looks: FULL_LOOKS, partS: 2, warmUpSMax: 15 };
const SHORT_FORM = { looks: SHORT_LOOKS, partS: 1, warmUpSMax: 4 };
/** For a scenario that failed in the short form, beyond its budget. */
const AGAIN_MS = 60_000;
/** A twentieth of what `npm run perf` works on: seeded in seconds, and still far more than fits a cache. */
const SEED = { titles: 10_000, streams: 200_000 };

/** @throws GateError when there is nothing to compare, or one side does not build or start */
export async function runGate(options: GateOptions, context: GateContext): Promise<GateReport> {
  const gates = await readGates();
  const scenarios = gatedScenarios(
    gates,
    options.scenarios,
    options.isShort ? 'short' : 'full',
  ).map(loadScenarioOf);
  await using stack = new DisposeStack();
  const repository = new Repository(context.headRoot, context.signal);
  const [base, headCommit] = [
    await repository.commitOf(options.base),
    await repository.commitOf('HEAD'),
  ];
  const head = { ...headCommit, isModified: await repository.isModified() };
  // Disposed of last, when the worktree's folder is gone.
  stack.defer(() => repository.pruneWorktrees());
  const worktrees = stack.use(await openWorktrees());
  await repository.pruneWorktrees();
  const build = {
    repository,
    headRoot: context.headRoot,
    folder: worktrees.folder,
    signal: context.signal,
    progress: (text: string) => context.progress.step(text),
  };
  const roots: Record<Side, string> = {
    base: await buildBase(base, build),
    head: await copyHead(build, 'head'),
  };
  const common = {
    schema: GATE_REPORT_SCHEMA,
    createdAt: new Date().toISOString(),
    base,
    head,
    isShort: options.isShort,
  } as const;
  if (options.isShort && (await areEqual(roots.base, roots.head))) {
    return {
      ...common,
      machine: null,
      data: null,
      verdict: 'pass',
      summary: 'passed, both build the same server',
      scenarios: [],
    };
  }
  const data = stack.use(await openData(scenarios, context));
  const baseData = await openBaseData(roots, {
    ...dataOptions(scenarios, context),
    needsRedis: false,
  });
  if (baseData !== null) stack.use(baseData);
  const programs: Record<Side, Program> = {
    base: { root: roots.base, name: `the base ${base.id.slice(0, 10)}`, data: baseData ?? data },
    head: { root: roots.head, name: 'the head', data },
  };
  const verdicts = await measureAll(scenarios, { gates, options, programs, data, context });
  return {
    ...common,
    machine: machineProfile(data.versions),
    data: data.profile,
    ...summaryOf(verdicts),
    scenarios: verdicts,
  };
}

export function openData(
  scenarios: readonly LoadScenario[],
  context: Pick<GateContext, 'progress'>,
): Promise<BenchData> {
  return openBenchData(dataOptions(scenarios, context));
}

function dataOptions(
  scenarios: readonly LoadScenario[],
  { progress }: Pick<GateContext, 'progress'>,
): BenchDataOptions {
  return {
    seed: scenarios.some(({ needs }) => needs.seed) ? SEED : null,
    folder: null,
    needsRedis: scenarios.some(({ needs }) => needs.redis),
    progress: (text) => progress.step(text),
  };
}

interface Measuring {
  readonly gates: Gates;
  readonly options: GateOptions;
  readonly programs: Readonly<Record<Side, Program>>;
  readonly data: BenchData;
  readonly context: GateContext;
}

/** Its rounds take the longest: last, it has all the time that the others did not need. */
const LAST = 'stream-distinct';

/** What a scenario does not need of its share of the time is left to those that follow. */
async function measureAll(
  scenarios: readonly LoadScenario[],
  measuring: Measuring,
): Promise<readonly ScenarioVerdict[]> {
  const endsAtMs = performance.now() + measuring.options.budgetMs;
  const verdicts: ScenarioVerdict[] = [];
  const inOrder = [...scenarios].sort((a, b) => Number(a.name === LAST) - Number(b.name === LAST));
  for (const [index, scenario] of inOrder.entries()) {
    const gate = measuring.gates.get(scenario.name);
    if (gate === undefined) continue;
    const shareMs = (endsAtMs - performance.now()) / (inOrder.length - index);
    verdicts.push(
      await measureOne(scenario, gate, {
        ...measuring,
        deadlineMs: performance.now() + shareMs,
        count: inOrder.length,
      }),
    );
  }
  measuring.context.progress.end();
  return verdicts;
}

async function measureOne(
  scenario: LoadScenario,
  gate: GateFile,
  measuring: Measuring & { readonly deadlineMs: number; readonly count: number },
): Promise<ScenarioVerdict> {
  const {
    programs,
    data,
    options,
    context: { progress, signal },
  } = measuring;
  const { looks, partS, warmUpSMax } = options.isShort ? SHORT_FORM : FULL_FORM;
  const rounds = new ScenarioRounds(scenario, { programs, data, partS, warmUpSMax, signal });
  progress.step(`${scenario.name}: starting and warming up both servers`);
  try {
    const bout: Bout = {
      scenario: scenario.name,
      limits: options.isShort ? gate.shortLimits : gate.limits,
      plan: { looks, confidence: gate.confidence, scenarios: measuring.count },
      deadlineMs: measuring.deadlineMs,
      open: () => rounds.open(),
      now: () => performance.now(),
      onPair: (pairs) => progress.figure(`${pairs} pairs of rounds`),
    };
    const verdict = options.isShort
      ? await compareTwice(bout, AGAIN_MS)
      : await compareScenario(bout);
    return { ...verdict, othersShare: rounds.othersShare };
  } catch (error) {
    if (!(error instanceof GateError) || error.kind !== 'unserved') throw error;
    return {
      scenario: scenario.name,
      verdict: 'undecided',
      metrics: [],
      pairs: [],
      ended: error.message,
    };
  }
}
