/** Charts over all scenarios: how fast, at what cost, and what changed from A to B or separates Sluice from others. */
import type { PhaseResult } from '../result.ts';
import { compareMembers, figureOf, verdictText } from './cells.ts';
import { drawn, type Chart } from './chart.ts';
import {
  CPU,
  formatFigure,
  P50,
  P95,
  P99,
  REQUESTS,
  RSS_PEAK,
  SHED,
  type Figure,
} from './figures.ts';
import { formatMicros, formatRatio, NONE, plainNumber } from './format.ts';
import {
  hasContenders,
  OWN_NAME,
  preferredPhases,
  rateSteps,
  referenceOf,
  type Member,
  type ReportModel,
  type ScenarioGroup,
} from './model.ts';
import { linearScale, logMicrosScale } from './scales.ts';
import { barChart, type Bar } from './svg-bars.ts';
import { lineChart, type Line, type LinePoint } from './svg-lines.ts';
import { ratioChart, type RatioRow } from './svg-ratios.ts';
import type { RowGroup } from './svg-rows.ts';
import { cell, numbers, words } from './table.ts';

interface Overview {
  readonly title: string;
  readonly axis: string;
  readonly figure: Figure;
  /** Which phases tell it best. */
  readonly loop: PhaseResult['loop'];
}

const OVERVIEWS: readonly Overview[] = [
  { title: 'Throughput', axis: 'requests per second', figure: REQUESTS, loop: 'closed' },
  { title: 'CPU per request', axis: 'server CPU', figure: CPU, loop: 'closed' },
  { title: 'Memory', axis: 'RSS, peak', figure: RSS_PEAK, loop: 'closed' },
  { title: 'Latency p50', axis: 'half of the requests within', figure: P50, loop: 'open' },
  { title: 'Latency p95', axis: '95 % of the requests within', figure: P95, loop: 'open' },
  { title: 'Latency p99', axis: '99 % of the requests within', figure: P99, loop: 'open' },
];

/** One bar for each scenario and series, from the first phase of the kind that tells the figure best; then curves over rates. */
export function overviewCharts({ scenarios }: ReportModel): readonly Chart[] {
  const bars = OVERVIEWS.flatMap((overview) => {
    const groups = scenarios.flatMap((group) => barGroup(group, overview));
    return groups.length === 0 ? [] : [overviewChart(overview, groups)];
  });
  return [...scenarios.flatMap(rateChart), ...bars];
}

/** B by A, or Sluice's advantage over others, scenario by scenario; empty when one ran alone. */
export function ratioCharts(model: ReportModel): readonly Chart[] {
  const own = model.scenarios.some(({ series }) =>
    series.some(({ contender }) => contender === OWN_NAME),
  )
    ? OWN_NAME
    : 'the first one';
  return OVERVIEWS.flatMap((overview) => {
    const groups = model.scenarios.flatMap((group) => ratioGroup(group, overview));
    if (groups.length === 0) return [];
    const isPair = model.sources.length > 1;
    const axis = isPair
      ? `B by A, ${overview.figure.better === 'higher' ? 'right' : 'left'} of 1 is better`
      : `how many times better ${own} does`;
    const title = isPair ? `${overview.title}, B by A` : `${overview.title}, advantage`;
    const columns = [
      words('Scenario'),
      numbers('Ratio'),
      numbers('Least'),
      numbers('Most'),
      words('Verdict'),
    ];
    const cells = groups.flatMap(({ name, rows }) =>
      rows.map(({ label, comparison }) => [
        cell(rowName(name, label)),
        cell(formatRatio(comparison.ratio)),
        cell(ratioOrNone(comparison.low)),
        cell(ratioOrNone(comparison.high)),
        cell(verdictText(comparison)),
      ]),
    );
    return [drawn(title, ratioChart(title, axis, groups), columns, cells)];
  });
}

function barGroup(group: ScenarioGroup, { figure, loop }: Overview): RowGroup<Bar>[] {
  const rows = membersOf(group, loop).flatMap((member) => {
    const spread = figureOf(figure, member);
    if (spread === null) return [];
    const { short, colour } = member.series;
    const text = formatFigure(figure.kind, spread.median);
    return [
      {
        label: group.series.length > 1 ? short : '',
        colour,
        value: spread.median,
        low: spread.min,
        high: spread.max,
        text,
      },
    ];
  });
  return rows.length === 0 ? [] : [{ name: group.name, rows }];
}

function overviewChart(
  { title, axis, figure: { kind } }: Overview,
  groups: readonly RowGroup<Bar>[],
): Chart {
  const most = groups
    .flatMap((group) => group.rows.map(({ high }) => high))
    .reduce((max, high) => Math.max(max, high), 0);
  const cells = groups.flatMap(({ name, rows }) =>
    rows.map(({ label, text, low, high }) => [
      cell(rowName(name, label)),
      cell(text),
      cell(formatFigure(kind, low)),
      cell(formatFigure(kind, high)),
    ]),
  );
  const columns = [
    words('Scenario'),
    numbers('Median'),
    numbers('Lowest round'),
    numbers('Highest round'),
  ];
  return drawn(
    title,
    barChart(title, { label: axis, scale: linearScale(most, kind, 3) }, groups),
    columns,
    cells,
  );
}

function rowName(name: string, label: string): string {
  return label === '' ? name : `${name}, ${label}`;
}

function ratioGroup(group: ScenarioGroup, { figure, loop }: Overview): RowGroup<RatioRow>[] {
  const members = membersOf(group, loop);
  const rows = members.flatMap((member) => {
    const reference = referenceOf(member, members);
    const comparison = reference === null ? null : compareMembers(figure, reference, member);
    const ratio = comparison?.ratio ?? 0;
    if (comparison === null || ratio === 0) return [];
    return [
      {
        label: hasContenders(group) ? member.series.contender : '',
        comparison: { ...comparison, ratio },
      },
    ];
  });
  return rows.length === 0 ? [] : [{ name: group.name, rows }];
}

/** Of the first phase of this loop, before all of one that was no overload; nobody where phases step a rate: none stands for them all. */
function membersOf(group: ScenarioGroup, loop: PhaseResult['loop']): readonly Member[] {
  if (rateSteps(group).length > 0) return [];
  const phases = preferredPhases(group, loop);
  const phase =
    phases.find(({ members }) =>
      members.every((member) => (figureOf(SHED, member)?.median ?? 0) <= SHED_SHARE_MAX),
    ) ?? phases[0];
  return phase?.members ?? [];
}

const SHED_SHARE_MAX = 0.01;

function ratioOrNone(ratio: number | null): string {
  return ratio === null ? NONE : formatRatio(ratio);
}

/** Latency over the rate that was asked, for scenarios that step it. */
function rateChart(group: ScenarioGroup): Chart[] {
  const steps = rateSteps(group).flatMap((phase) => phase.members);
  const lines = group.series.map((one): Line => {
    const members = steps.filter(({ series }) => series === one);
    return { ...one, points: members.flatMap(ratePoint).toSorted((a, b) => a.x - b.x) };
  });
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return [];
  const rates = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const title = `${group.name}, p95 by rate`;
  const xScale = linearScale(rates.at(-1) ?? 0, 'rate');
  const yScale = logMicrosScale(
    points.flatMap(({ y, low = y ?? 0, high = y ?? 0 }) => [low, high]),
  );
  const rows = rates.map((rate) => [
    cell(plainNumber(rate)),
    ...lines.map((line) => cell(line.points.find(({ x }) => x === rate)?.mark ?? NONE)),
  ]);
  const svg = lineChart(
    title,
    { label: 'requests per second, asked', scale: xScale },
    { label: 'p95, log scale', scale: yScale },
    lines,
  );
  return [
    drawn(
      title,
      svg,
      [numbers('Requests/s'), ...group.series.map(({ short }) => numbers(short))],
      rows,
    ),
  ];
}

function ratePoint(member: Member): LinePoint[] {
  const spread = figureOf(P95, member);
  const x = member.phase.ratePerS;
  if (spread === null || x === null) return [];
  const { median, min, max } = spread;
  return [{ x, y: median, low: min, high: max, mark: formatMicros(median) }];
}
