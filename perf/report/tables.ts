/** The tables of a report: throughput, latency, one for each phase, checks, machine and data. */
import type { Check, PhaseResult } from '../result.ts';
import { compare, type Comparison } from './compare.ts';
import {
  CPU, CPU_SHARE, FAILED, formatFigure, GENERATOR, LATENCY_MAX, LOOP_P99, P50, P95, P99, P999, PHASE_FIGURES, REDIS, REQUESTS, RSS_PEAK,
  SHED, SQL, type Figure,
} from './figures.ts';
import { formatBytes, formatRatio, formatSeconds, NONE, plainNumber, threeDigits } from './format.ts';
import { referenceOf, type Member, type PhaseGroup, type ReportModel, type ScenarioGroup } from './model.ts';
import { spreadOf, type Spread } from './statistics.ts';
import { cell, numbers, words, type Cell, type Table, type Tone } from './table.ts';

const THROUGHPUT_FIGURES = [REQUESTS, CPU, CPU_SHARE, RSS_PEAK, SQL, REDIS, SHED, FAILED, GENERATOR];
const LATENCY_FIGURES = [P50, P95, P99, P999, LATENCY_MAX, LOOP_P99];

/** What the server can do: the closed loops, or whatever a scenario without one ran. */
export function throughputTable(model: ReportModel): Table {
  return summaryTable('Throughput and cost', model, THROUGHPUT_FIGURES, ({ phases }) => preferred(phases, 'closed'));
}

/** What a user feels: the open loops, or whatever a scenario without one ran. */
export function latencyTable(model: ReportModel): Table {
  return summaryTable('Latency', model, LATENCY_FIGURES, ({ phases }) => preferred(phases, 'open'));
}

/** Phases of this loop; all of them when a scenario has none. */
export function preferred(phases: readonly PhaseGroup[], loop: PhaseResult['loop']): readonly PhaseGroup[] {
  const found = phases.filter(({ members }) => members.some(({ phase }) => phase.loop === loop));
  return found.length > 0 ? found : phases;
}

/** Every figure of a phase that someone told: a row each, a column for each series. */
export function phaseTable({ name, members }: PhaseGroup): Table {
  const told = PHASE_FIGURES.filter((figure) => members.some((member) => hasNews(figure, member)));
  const columns = members.flatMap((member) => {
    const reference = referenceOf(member, members);
    const ratio = reference === null ? [] : [numbers(member.series.source.letter === '' ? `to ${reference.series.label}` : 'B by A')];
    return [numbers(member.series.label), ...ratio];
  });
  const rows = told.map((figure) => [
    cell(figure.label),
    ...members.flatMap((member) => {
      const reference = referenceOf(member, members);
      const spread = figureOf(figure, member);
      return [spreadCell(figure, spread), ...(reference === null ? [] : [ratioCell(figure, figureOf(figure, reference), spread, isJudged(member))])];
    }),
  ]);
  return { caption: name, columns: [words('Figure'), ...columns], rows };
}

export interface SourcedCheck {
  readonly scenario: string;
  readonly series: string;
  readonly check: Check;
}

export function allChecks(model: ReportModel): readonly SourcedCheck[] {
  return model.scenarios.flatMap(({ name, series }) => series.flatMap((one) => (
    one.scenario.checks.map((check) => ({ scenario: name, series: series.length > 1 ? one.label : '', check })))));
}

export function checksTable(checks: readonly SourcedCheck[]): Table {
  return {
    caption: 'Checks',
    columns: [words('Scenario'), words('Check'), numbers('Measured'), numbers('Demanded'), words('Verdict')],
    rows: checks.map(({ scenario, series, check }) => [
      cell(scenario, series), cell(check.name), cell(withUnit(check.value, check.unit)),
      cell(`${check.relation === 'at most' ? '≤' : '≥'} ${withUnit(check.limit, check.unit)}`),
      check.passed ? cell('✓ pass', '', 'good') : cell('✗ MISSED', '', 'bad'),
    ]),
  };
}

/** Rows that differ between two results are marked: their ratios mean little then. */
export function machineTable({ sources }: ReportModel): Table {
  const rows: [string, (source: typeof sources[number]) => string][] = [
    ['Processor', ({ result: { machine } }) => machine.processor],
    ['Logical processors', ({ result: { machine } }) => `${plainNumber(machine.processors)} (${plainNumber(machine.threadsPerCore)} a core)`],
    ['Memory', ({ result: { machine } }) => formatBytes(machine.memoryBytes)],
    ['System', ({ result: { machine } }) => machine.system],
    ['Node.js', ({ result: { machine } }) => machine.node],
    ['PostgreSQL', ({ result: { machine } }) => machine.postgres],
    ['Redis', ({ result: { machine } }) => machine.redis],
    ['Titles', ({ result: { data } }) => plainNumber(data.titles)],
    ['Streams', ({ result: { data } }) => plainNumber(data.streams)],
    ['Database', ({ result: { data } }) => formatBytes(data.databaseBytes)],
  ];
  return {
    caption: 'Machine and data',
    columns: [words(''), ...sources.map(({ label }) => words(label))],
    rows: rows.map(([label, of]) => {
      const texts = sources.map((source) => of(source) || 'none');
      const differs = new Set(texts).size > 1;
      return [cell(differs ? `${label} (differs)` : label), ...texts.map((text) => cell(text))];
    }),
  };
}

export function differencesOf(model: ReportModel): readonly string[] {
  return machineTable(model).rows.flatMap(([label]) => (label?.text.endsWith(' (differs)') === true ? [label.text.replace(' (differs)', '')] : []));
}

/** `closed loop, 64 connections, 5 rounds of 10 s, by wrk`. */
export function describePhase({ loop, ratePerS, connections, rounds, generator }: PhaseResult): string {
  const pace = loop === 'closed' ? 'closed loop' : `open loop${ratePerS === null ? '' : `, ${threeDigits(ratePerS)} req/s asked`}`;
  const length = spreadOf(rounds.map(({ elapsedS }) => elapsedS));
  const times = `${rounds.length} ${rounds.length === 1 ? 'round' : 'rounds'}${length === null ? '' : ` of ${formatSeconds(length.median)}`}`;
  return `${pace}, ${plainNumber(connections)} ${connections === 1 ? 'connection' : 'connections'}, ${times}, generator ${generator}`;
}

export function figureOf(figure: Figure, { phase }: Member): Spread | null {
  return spreadOf(phase.rounds.map((round) => figure.of(round)));
}

export function verdictText(comparison: Comparison): string {
  const { verdict } = comparison;
  if (verdict === 'better' || verdict === 'worse') return verdict;
  return verdict === 'within' ? 'as before' : verdict === 'unknown' ? 'too few rounds' : '';
}

export function verdictTone({ verdict }: Comparison): Tone {
  return verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : 'plain';
}

function summaryTable(
  caption: string, model: ReportModel, figures: readonly Figure[], phasesOf: (group: ScenarioGroup) => readonly PhaseGroup[],
): Table {
  const rows = model.scenarios.flatMap((group) => phasesOf(group).flatMap((phase) => summaryRows(group, phase, figures)));
  return { caption, columns: [words('Scenario'), words('Phase'), ...figures.map(({ label }) => numbers(label))], rows };
}

/** A row for each series; A and B of one contender share a row. */
function summaryRows(group: ScenarioGroup, { name, members }: PhaseGroup, figures: readonly Figure[]): Cell[][] {
  const isComparison = new Set(group.series.map(({ contender }) => contender)).size > 1;
  return members.flatMap((member) => {
    const { source, contender } = member.series;
    const partner = source.letter === 'A' ? members.find((other) => referenceOf(other, members) === member) : undefined;
    if (source.letter === 'B' && referenceOf(member, members) !== null) return [];
    const only = source.letter !== '' && partner === undefined ? `only in ${source.letter}` : '';
    const note = [isComparison ? contender : '', only].filter((part) => part !== '').join(', ');
    const loop = member.phase.loop === 'closed' ? 'closed loop' : `open loop${rateOf(member.phase)}`;
    const cells = figures.map((figure) => summaryCell(figure, figureOf(figure, member), partner && figureOf(figure, partner)));
    return [[cell(group.name, note), cell(name, loop), ...cells]];
  });
}

function rateOf({ ratePerS }: PhaseResult): string {
  return ratePerS === null ? '' : `, ${threeDigits(ratePerS)}/s`;
}

/** @param b undefined when there is no second file */
function summaryCell(figure: Figure, a: Spread | null, b: Spread | null | undefined): Cell {
  if (b === undefined) return spreadCell(figure, a);
  if (a === null || b === null) return cell(`${medianText(figure, a)} → ${medianText(figure, b)}`);
  const comparison = compare(a, b, figure.better);
  const verdict = comparison.verdict === 'better' || comparison.verdict === 'worse' ? ` ${comparison.verdict}` : '';
  const change = `${medianText(figure, a)} → ${medianText(figure, b)}`;
  return comparison.ratio === null
    ? cell(change, verdict.trim(), verdictTone(comparison))
    : cell(`${formatRatio(comparison.ratio)}${verdict}`, change, verdictTone(comparison));
}

function spreadCell(figure: Figure, spread: Spread | null): Cell {
  if (spread === null) return cell(NONE);
  const [low, high] = [formatFigure(figure.kind, spread.min), formatFigure(figure.kind, spread.max)];
  return cell(medianText(figure, spread), low === high ? '' : `${low} – ${high}`);
}

function ratioCell(figure: Figure, a: Spread | null, b: Spread | null, judged: boolean): Cell {
  if (a === null || b === null) return cell(NONE);
  const comparison = compare(a, b, figure.better);
  const ratio = comparison.ratio === null ? NONE : formatRatio(comparison.ratio);
  return judged ? cell(ratio, verdictText(comparison), verdictTone(comparison)) : cell(ratio);
}

/** Contenders of one file differ by design; only a second file is better or worse. */
function isJudged(member: Member): boolean {
  return member.series.source.letter === 'B';
}

function medianText({ kind }: Figure, spread: Spread | null): string {
  return spread === null ? NONE : formatFigure(kind, spread.median);
}

/** Nothing shed and nothing failed is worth a row only where something else happened somewhere. */
function hasNews(figure: Figure, member: Member): boolean {
  const spread = figureOf(figure, member);
  return spread !== null && (figure !== SHED || spread.max > 0);
}

function withUnit(value: number, unit: string): string {
  return `${plainNumber(value)} ${unit}`.trim();
}
