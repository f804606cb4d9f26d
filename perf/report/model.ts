/** One or two results as a report shows them: scenarios by name, under each the same phases of everyone who ran them. */
import type { PerfResult, PhaseResult, ScenarioResult } from '../result.ts';

export interface ReportModel {
  /** One, or A and B. */
  readonly sources: readonly Source[];
  readonly scenarios: readonly ScenarioGroup[];
}

export interface Source {
  /** `A`, `B`; empty when there is one. */
  readonly letter: string;
  /** `A 2e8b1a7`. */
  readonly label: string;
  readonly result: PerfResult;
}

/** What makes the lines and bars of a scenario: a contender in a file. */
export interface Series {
  readonly source: Source;
  readonly contender: string;
  /** For legends: `A 2e8b1a7`. */
  readonly label: string;
  /** For bars and columns: `A`. */
  readonly short: string;
  /** Picks the colour. */
  readonly colour: number;
  /** Picks dashes and the shape of the markers, so that nothing depends on colour alone. */
  readonly shape: number;
  readonly scenario: ScenarioResult;
}

export interface ScenarioGroup {
  readonly name: string;
  readonly description: string;
  /** For links within the page. */
  readonly anchor: string;
  readonly series: readonly Series[];
  readonly phases: readonly PhaseGroup[];
}

export interface PhaseGroup {
  readonly name: string;
  readonly members: readonly Member[];
}

export interface Member {
  readonly series: Series;
  readonly phase: PhaseResult;
}

/** The contender that the others are measured against. */
export const OWN_NAME = 'sluice';

/** Scenarios and phases stand in the order of the first file; what only the second has comes after. */
export function buildModel(results: readonly PerfResult[]): ReportModel {
  const isPair = results.length > 1;
  const sources = results.map((result, index): Source => {
    const letter = isPair ? 'AB'.charAt(index) : '';
    return { letter, label: `${letter} ${shortRevision(result)}`.trim(), result };
  });
  const runs = sources.flatMap(runsOf);
  const names = unique(runs.map(({ name }) => name));
  return {
    sources,
    scenarios: names.map((name, index) =>
      scenarioGroup(
        name,
        `scenario-${index + 1}`,
        runs.filter((run) => run.name === name),
      ),
    ),
  };
}

/** `2e8b1a7`, with a mark when files differed from it. */
export function shortRevision({ revision }: PerfResult): string {
  return `${revision.commit.slice(0, 7)}${revision.isModified ? ' (modified)' : ''}`;
}

/** Whom a member is measured against: the same contender of A, or in one file Sluice (or who ran first). Null for those themselves. */
export function referenceOf(member: Member, members: readonly Member[]): Member | null {
  const { series } = member;
  if (series.source.letter === 'A') return null;
  const reference =
    series.source.letter === 'B'
      ? members.find(
          (other) =>
            other.series.source.letter === 'A' && other.series.contender === series.contender,
        )
      : (members.find((other) => other.series.contender === OWN_NAME) ?? members[0]);
  return reference === undefined || reference === member ? null : reference;
}

/** Whether others ran beside Sluice. */
export function hasContenders({ series }: ScenarioGroup): boolean {
  return new Set(series.map(({ contender }) => contender)).size > 1;
}

/** Phases of this loop; all of them when a scenario has none. */
export function preferredPhases(
  { phases }: ScenarioGroup,
  loop: PhaseResult['loop'],
): readonly PhaseGroup[] {
  const found = phases.filter(({ members }) => members.some(({ phase }) => phase.loop === loop));
  return found.length > 0 ? found : phases;
}

/** Phases that step a rate and are called by it, as those of perf:capacity; none unless they are enough for a curve. */
export function rateSteps({ phases }: ScenarioGroup): readonly PhaseGroup[] {
  const steps = phases.filter(({ name }) => RATE_NAME.test(name));
  return steps.length < RATES_MIN ? [] : steps;
}

const RATE_NAME = /^[\d,.]+ req\/s$/;
const RATES_MIN = 3;

interface Run {
  /** That of the scenario, with a number when the file holds the same one again. */
  readonly name: string;
  readonly source: Source;
  readonly scenario: ScenarioResult;
}

/** Joined files may hold a scenario twice: the second begins where a contender comes again, and those after it are beside that one. */
function runsOf(source: Source): Run[] {
  const seen = new Map<string, { times: number; contenders: Set<string> }>();
  return source.result.scenarios.map((scenario) => {
    const { name, contender } = scenario;
    const own = seen.get(name) ?? { times: 1, contenders: new Set() };
    if (own.contenders.has(contender)) {
      own.times += 1;
      own.contenders.clear();
    }
    own.contenders.add(contender);
    seen.set(name, own);
    return { name: numberedName(name, own.times), source, scenario };
  });
}

function scenarioGroup(name: string, anchor: string, runs: readonly Run[]): ScenarioGroup {
  const contenders = unique(runs.map(({ scenario }) => scenario.contender));
  const series = runs.map(({ source, scenario }): Series => {
    const { contender } = scenario;
    const isComparison = contenders.length > 1;
    const isPair = source.letter !== '';
    const short = isComparison
      ? `${source.letter} ${contender}`.trim()
      : isPair
        ? source.letter
        : contender;
    const label = isPair && !isComparison ? source.label : short;
    const sourceIndex = source.letter === 'B' ? 1 : 0;
    const colour = isComparison ? contenders.indexOf(contender) : sourceIndex;
    return {
      source,
      contender,
      label,
      short,
      colour,
      shape: isPair ? sourceIndex : colour,
      scenario,
    };
  });
  const description = runs[0]?.scenario.description ?? '';
  return { name, description, anchor, series, phases: phaseGroups(series) };
}

function phaseGroups(series: readonly Series[]): PhaseGroup[] {
  const members = series.flatMap((one) =>
    numbered(one.scenario.phases).map(({ name, phase }) => ({ name, series: one, phase })),
  );
  return unique(members.map(({ name }) => name)).map((name) => ({
    name,
    members: members
      .filter((member) => member.name === name)
      .map(({ series: one, phase }) => ({ series: one, phase })),
  }));
}

/** Each phase under its name; one that stands again becomes `name (2)`. */
function numbered(
  phases: readonly PhaseResult[],
): { readonly name: string; readonly phase: PhaseResult }[] {
  const seen = new Map<string, number>();
  return phases.map((phase) => {
    const times = (seen.get(phase.name) ?? 0) + 1;
    seen.set(phase.name, times);
    return { name: numberedName(phase.name, times), phase };
  });
}

function numberedName(name: string, times: number): string {
  return times === 1 ? name : `${name} (${times})`;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
