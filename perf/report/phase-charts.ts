/** What a phase looked like: its percentiles, and what happened second by second. */
import type { RoundResult, TimelinePoint } from '../result.ts';
import { drawn, type Chart } from './chart.ts';
import { formatFigure, type FigureKind } from './figures.ts';
import { formatMicros, NONE, plainNumber } from './format.ts';
import type { Member, PhaseGroup } from './model.ts';
import { medianCurve, type CurvePoint } from './percentiles.ts';
import {
  linearScale,
  logMicrosScale,
  percentileScale,
  rangeScale,
  secondsScale,
} from './scales.ts';
import { median } from '../harness/statistics.ts';
import { lineChart, type Line, type LinePoint } from './svg-lines.ts';
import { cell, numbers, words, type Cell } from './table.ts';

/** Rounds that were too short for a timeline have the percentiles alone. */
export function phaseCharts({ members }: PhaseGroup): readonly Chart[] {
  return [...percentileChart(members), ...timelineCharts(members)];
}

const NAMED_PERCENTILES = [50, 90, 95, 99, 99.9, 99.99, 99.999];
const PERCENTILE_ROWS_MAX = 24;

function percentileChart(members: readonly Member[]): Chart[] {
  const curves = members.map(({ series, phase }) => ({ series, curve: medianCurve(phase.rounds) }));
  const points = curves.flatMap(({ curve }) => curve);
  if (points.length === 0) return [];
  const title = 'Latency by percentile';
  const percentiles = [...new Set(points.map(({ percentile }) => percentile))].toSorted(
    (a, b) => a - b,
  );
  const xScale = percentileScale(percentiles.at(-1) ?? 0);
  const yScale = logMicrosScale(points.flatMap(({ micros }) => [micros.min, micros.max]));
  const lines = curves.map(({ series, curve }): Line => ({
    ...series,
    points: curve.map(curvePoint),
  }));
  const shown =
    percentiles.length > PERCENTILE_ROWS_MAX
      ? percentiles.filter((one) => NAMED_PERCENTILES.includes(one))
      : percentiles;
  const rows = shown.map((percentile) => [
    cell(`p${plainPercentile(percentile)}`),
    ...curves.map(({ curve }) => cell(microsAt(curve, percentile))),
  ]);
  const svg = lineChart(
    title,
    { label: 'percentile', scale: xScale },
    { label: 'latency, log scale', scale: yScale },
    lines,
  );
  return [
    drawn(
      title,
      svg,
      [words('Percentile'), ...curves.map(({ series }) => numbers(series.short))],
      rows,
    ),
  ];
}

function curvePoint({ percentile, micros }: CurvePoint): LinePoint {
  const point = { x: percentile, y: micros.median, low: micros.min, high: micros.max };
  return NAMED_PERCENTILES.includes(percentile)
    ? { ...point, mark: `p${percentile} ${formatMicros(micros.median)}` }
    : point;
}

/** 99.99 in full, 33.333333 not. */
function plainPercentile(percentile: number): string {
  return String(Number(percentile.toFixed(4)));
}

function microsAt(curve: readonly CurvePoint[], wanted: number): string {
  const found = curve.find(({ percentile }) => percentile === wanted);
  return found === undefined ? NONE : formatMicros(found.micros.median);
}

interface Timeline {
  readonly title: string;
  readonly axis: string;
  readonly kind: FigureKind;
  readonly of: (point: TimelinePoint) => number | null;
}

const SHED: Timeline = {
  title: 'Shed over time',
  axis: 'answers 503 per second',
  kind: 'rate',
  of: (point) => point.shedPerS,
};
const TIMELINES: readonly Timeline[] = [
  {
    title: 'Requests over time',
    axis: 'requests per second',
    kind: 'rate',
    of: (point) => point.requestsPerS,
  },
  SHED,
  { title: 'Latency over time', axis: 'p95', kind: 'micros', of: (point) => point.p95 },
  {
    title: 'CPU over time',
    axis: 'of one processor',
    kind: 'share',
    of: (point) => point.cpuShare,
  },
  {
    title: 'Memory over time',
    axis: 'RSS, not from 0',
    kind: 'bytes',
    of: (point) => point.rssBytes,
  },
];

/** Shedding has a chart where there was any. */
function timelineCharts(members: readonly Member[]): Chart[] {
  const timelines = members.map((member) => ({
    member,
    points: middleRound(member)?.timeline ?? [],
  }));
  const all = timelines.flatMap(({ points }) => points);
  if (all.length < 2) return [];
  const shown = all.some(({ shedPerS }) => shedPerS > 0)
    ? TIMELINES
    : TIMELINES.filter((timeline) => timeline !== SHED);
  return shown.flatMap((timeline) => {
    const lines = timelines.map(({ member: { series }, points }): Line => ({
      ...series,
      points: points
        .map((point) => ({ x: point.atS, y: timeline.of(point) }))
        .toSorted((a, b) => a.x - b.x),
    }));
    return timelineChart(timeline, lines, members);
  });
}

function timelineChart(
  { title, axis, kind }: Timeline,
  lines: readonly Line[],
  members: readonly Member[],
): Chart[] {
  const points = lines.flatMap((line) => line.points);
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]));
  if (values.length === 0) return [];
  const [least, most] = [
    values.reduce((low, value) => Math.min(low, value), Infinity),
    values.reduce((high, value) => Math.max(high, value), 0),
  ];
  const xScale = secondsScale(points.reduce((end, { x }) => Math.max(end, x), 0));
  const yScale = kind === 'bytes' ? rangeScale(least, most, kind) : linearScale(most, kind);
  const svg = lineChart(
    title,
    { label: 'time', scale: xScale },
    { label: axis, scale: yScale },
    lines,
  );
  return [
    drawn(
      title,
      svg,
      [numbers('Second'), ...members.map(({ series }) => numbers(series.short))],
      timelineRows(kind, lines),
    ),
  ];
}

/** The round whose throughput is the nearest to the median: one that really happened. */
function middleRound({ phase }: Member): RoundResult | undefined {
  const middle = median(phase.rounds.map(({ requestsPerS }) => requestsPerS));
  return phase.rounds.toSorted(
    (a, b) => Math.abs(a.requestsPerS - middle) - Math.abs(b.requestsPerS - middle),
  )[0];
}

const TIMELINE_ROWS_MAX = 30;

function timelineRows(kind: FigureKind, lines: readonly Line[]): Cell[][] {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted(
    (a, b) => a - b,
  );
  const every = Math.ceil(times.length / TIMELINE_ROWS_MAX);
  return times
    .filter((_, index) => index % every === 0)
    .map((time) => [
      cell(plainNumber(time)),
      ...lines.map(({ points }) => {
        const value = points.find(({ x }) => x === time)?.y ?? null;
        return cell(value === null ? NONE : formatFigure(kind, value));
      }),
    ]);
}
