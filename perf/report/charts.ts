/** The charts of a report: overviews of all scenarios, and what each phase looked like. Each comes with its figures as a table. */
import type { RoundResult, TimelinePoint } from '../result.ts';
import { compare } from './compare.ts';
import { CPU, formatFigure, P95, REQUESTS, RSS_PEAK, type Figure, type FigureKind } from './figures.ts';
import { formatMicros, formatRatio, NONE, plainNumber } from './format.ts';
import type { Markup } from './markup.ts';
import { referenceOf, type Member, type PhaseGroup, type ReportModel, type ScenarioGroup } from './model.ts';
import { medianCurve, type CurvePoint } from './percentiles.ts';
import { linearScale, logMicrosScale, percentileScale, secondsScale } from './scales.ts';
import { median } from './statistics.ts';
import { barChart, type BarGroup } from './svg-bars.ts';
import { lineChart, type Line } from './svg-lines.ts';
import { ratioChart, type RatioRow } from './svg-ratios.ts';
import { cell, numbers, words, type Table } from './table.ts';
import { figureOf, preferred, verdictText } from './tables.ts';

export interface Chart {
  readonly title: string;
  readonly svg: Markup;
  /** The same figures for those who do not see the chart. */
  readonly table: Table;
}

const OVERVIEWS: readonly (readonly [title: string, axis: string, figure: Figure, loop: 'closed' | 'open'])[] = [
  ['Throughput', 'requests per second', REQUESTS, 'closed'],
  ['CPU per request', 'server CPU', CPU, 'closed'],
  ['Latency, 95th percentile', 'p95', P95, 'open'],
  ['Memory, peak', 'RSS', RSS_PEAK, 'closed'],
];

/** One bar for each scenario and series, from the first phase of the kind that tells the figure best. */
export function overviewCharts(model: ReportModel): readonly Chart[] {
  return OVERVIEWS.flatMap(([title, axis, figure, loop]) => {
    const groups = model.scenarios.flatMap((group) => barGroup(group, figure, loop));
    return groups.length === 0 ? [] : [overview(title, axis, figure, groups)];
  });
}

/** How B differs from A, scenario by scenario; empty for one result. */
export function changeCharts(model: ReportModel): readonly Chart[] {
  if (model.sources.length < 2) return [];
  return OVERVIEWS.flatMap(([title, , figure, loop]) => {
    const rows = model.scenarios.flatMap((group) => ratioRows(group, figure, loop));
    if (rows.length === 0) return [];
    const better = figure.better === 'higher' ? 'right is better' : 'left is better';
    return [{ title: `${title}, B by A`, svg: ratioChart(`${title}, B by A`, `ratio, ${better}`, rows), table: ratioTable(title, rows) }];
  });
}

/** Percentiles and, where the rounds were long enough, what happened second by second. */
export function phaseCharts(phase: PhaseGroup): readonly Chart[] {
  return [percentileChart(phase), ...timelineCharts(phase)].filter((chart) => chart !== null);
}

/** Latency over the rate that was asked, for scenarios that step it; null for others. */
export function rateChart({ phases, series }: ScenarioGroup): Chart | null {
  const lines = series.map((one): Line => ({
    ...one,
    points: phases.flatMap(({ members }) => members.filter((member) => member.series === one)).flatMap((member) => {
      const spread = figureOf(P95, member);
      const rate = member.phase.ratePerS;
      return spread === null || rate === null ? [] : [{ x: rate, y: spread.median, low: spread.min, high: spread.max, mark: formatMicros(spread.median) }];
    }).toSorted((a, b) => a.x - b.x),
  }));
  const points = lines.flatMap((line) => line.points);
  const rates = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  if (rates.length < 3) return null;
  const title = 'Latency by rate, 95th percentile';
  const scale = logMicrosScale(points.flatMap(({ low, high }) => [low ?? 0, high ?? 0]));
  const rows = rates.map((rate) => [cell(plainNumber(rate)), ...lines.map(({ points: own }) => cell(own.find(({ x }) => x === rate)?.mark ?? NONE))]);
  return {
    title,
    svg: lineChart(title, { label: 'requests per second, asked', scale: linearScale(rates.at(-1) ?? 1, 'rate') }, { label: 'p95, log scale', scale }, lines),
    table: { caption: title, columns: [numbers('Requests/s'), ...lines.map(({ label }) => numbers(label))], rows },
  };
}

function firstPhase(group: ScenarioGroup, loop: 'closed' | 'open'): PhaseGroup | undefined {
  return preferred(group.phases, loop)[0];
}

function barGroup(group: ScenarioGroup, figure: Figure, loop: 'closed' | 'open'): BarGroup[] {
  const bars = (firstPhase(group, loop)?.members ?? []).flatMap((member) => {
    const spread = figureOf(figure, member);
    if (spread === null) return [];
    const { label, colour } = member.series;
    return [{ label: group.series.length > 1 ? label : '', colour, value: spread.median, low: spread.min, high: spread.max, text: formatFigure(figure.kind, spread.median) }];
  });
  return bars.length === 0 ? [] : [{ name: group.name, bars }];
}

function overview(title: string, axis: string, figure: Figure, groups: readonly BarGroup[]): Chart {
  const bars = groups.flatMap((group) => group.bars);
  const scale = linearScale(bars.reduce((most, { value, high }) => Math.max(most, value, high), 0), figure.kind, 3);
  const rows = groups.flatMap((group) => group.bars.map(({ label, text, low, high }) => [
    cell(label === '' ? group.name : `${group.name}, ${label}`), cell(text), cell(formatFigure(figure.kind, low)), cell(formatFigure(figure.kind, high)),
  ]));
  return {
    title,
    svg: barChart(title, { label: axis, scale }, groups),
    table: { caption: title, columns: [words('Scenario'), numbers('Median'), numbers('Lowest round'), numbers('Highest round')], rows },
  };
}

function ratioRows(group: ScenarioGroup, figure: Figure, loop: 'closed' | 'open'): RatioRow[] {
  const members = firstPhase(group, loop)?.members ?? [];
  const isComparison = new Set(group.series.map(({ contender }) => contender)).size > 1;
  return members.flatMap((member) => {
    const reference = referenceOf(member, members);
    const [a, b] = [reference && figureOf(figure, reference), figureOf(figure, member)];
    if (a === null || b === null) return [];
    const comparison = compare(a, b, figure.better);
    const { ratio } = comparison;
    const label = isComparison ? `${group.name}, ${member.series.contender}` : group.name;
    return ratio === null || ratio === 0 ? [] : [{ label, comparison: { ...comparison, ratio } }];
  });
}

function ratioTable(caption: string, rows: readonly RatioRow[]): Table {
  return {
    caption: `${caption}, B by A`,
    columns: [words('Scenario'), numbers('B by A'), numbers('Least'), numbers('Most'), words('Verdict')],
    rows: rows.map(({ label, comparison }) => [
      cell(label), cell(formatRatio(comparison.ratio)), cell(ratioOrNone(comparison.low)), cell(ratioOrNone(comparison.high)), cell(verdictText(comparison)),
    ]),
  };
}

function ratioOrNone(ratio: number | null): string {
  return ratio === null ? NONE : formatRatio(ratio);
}

const NAMED_PERCENTILES = [50, 90, 95, 99, 99.9, 99.99, 99.999];

function percentileChart({ members }: PhaseGroup): Chart | null {
  const curves = members.map(({ series, phase }) => ({ series, curve: medianCurve(phase.rounds.map(({ latency }) => latency)) }));
  const points = curves.flatMap(({ curve }) => curve);
  if (points.length === 0) return null;
  const title = 'Latency by percentile';
  const xScale = percentileScale(points.reduce((most, { percentile }) => Math.max(most, percentile), 0));
  const yScale = logMicrosScale(points.flatMap(({ micros }) => [micros.min, micros.max]));
  const lines = curves.map(({ series, curve }): Line => ({
    ...series,
    points: curve.map(({ percentile, micros }) => ({
      x: percentile, y: micros.median, low: micros.min, high: micros.max,
      ...(NAMED_PERCENTILES.includes(percentile) ? { mark: `p${percentile} ${formatMicros(micros.median)}` } : {}),
    })),
  }));
  const percentiles = [...new Set(points.map(({ percentile }) => percentile))].toSorted((a, b) => a - b);
  const shown = percentiles.length > 24 ? percentiles.filter((percentile) => NAMED_PERCENTILES.includes(percentile)) : percentiles;
  const rows = shown.map((percentile) => [cell(`p${percentile}`), ...curves.map(({ curve }) => cell(microsAt(curve, percentile)))]);
  return {
    title,
    svg: lineChart(title, { label: 'percentile', scale: xScale }, { label: 'latency, log scale', scale: yScale }, lines),
    table: { caption: title, columns: [words('Percentile'), ...curves.map(({ series }) => numbers(series.label))], rows },
  };
}

function microsAt(curve: readonly CurvePoint[], wanted: number): string {
  const found = curve.find(({ percentile }) => percentile === wanted);
  return found === undefined ? NONE : formatMicros(found.micros.median);
}

const TIMELINES: readonly (readonly [title: string, axis: string, kind: FigureKind, of: (point: TimelinePoint) => number | null])[] = [
  ['Requests over time', 'requests per second', 'rate', (point) => point.requestsPerS],
  ['Shed over time', 'answers 503 per second', 'rate', (point) => point.shedPerS],
  ['Latency over time', 'p95', 'micros', (point) => point.p95],
  ['Memory over time', 'RSS', 'bytes', (point) => point.rssBytes],
];

function timelineCharts({ members }: PhaseGroup): Chart[] {
  const timelines = members.map((member) => ({ member, points: middleRound(member)?.timeline ?? [] }));
  const all = timelines.flatMap(({ points }) => points);
  if (all.length < 2) return [];
  const hasShed = all.some(({ shedPerS }) => shedPerS > 0);
  return TIMELINES.filter(([title]) => hasShed || !title.startsWith('Shed')).flatMap(([title, axis, kind, of]) => {
    const values = all.map(of).filter((value) => value !== null);
    if (values.length === 0) return [];
    const lines = timelines.map(({ member, points }): Line => ({ ...member.series, points: points.map((point) => ({ x: point.atS, y: of(point) })) }));
    const xScale = secondsScale(all.reduce((end, { atS }) => Math.max(end, atS), 0));
    const yScale = linearScale(values.reduce((most, value) => Math.max(most, value), 0), kind);
    return [{
      title,
      svg: lineChart(title, { label: 'time', scale: xScale }, { label: axis, scale: yScale }, lines),
      table: timelineTable(title, kind, lines),
    }];
  });
}

/** The round whose throughput is the nearest to the median: one that really happened. */
function middleRound({ phase }: Member): RoundResult | undefined {
  const middle = median(phase.rounds.map(({ requestsPerS }) => requestsPerS)) ?? 0;
  return phase.rounds.toSorted((a, b) => Math.abs(a.requestsPerS - middle) - Math.abs(b.requestsPerS - middle))[0];
}

const TIMELINE_ROWS_MAX = 30;

function timelineTable(caption: string, kind: FigureKind, lines: readonly Line[]): Table {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  const every = Math.ceil(times.length / TIMELINE_ROWS_MAX);
  const rows = times.filter((_, index) => index % every === 0).map((time) => [
    cell(plainNumber(time)),
    ...lines.map(({ points }) => {
      const value = points.find(({ x }) => x === time)?.y ?? null;
      return cell(value === null ? NONE : formatFigure(kind, value));
    }),
  ]);
  return { caption, columns: [numbers('Second'), ...lines.map(({ label }) => numbers(label))], rows };
}
