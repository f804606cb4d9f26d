/** The tables that `npm run bench` prints. */
import { CROSSOVER_BUSY_SHARE } from './busy.ts';
import type { BarResult, CrossoverResult, Row, SuiteReport } from './measure.ts';
import { crossingText, positionOf, type CrossoverRecord } from './record.ts';
import { METRICS, type Metric } from './suite.ts';
import { THRESHOLDS, type Threshold } from './thresholds.ts';

const HEADINGS: Readonly<Record<Metric, string>> = {
  p50Us: 'p50 µs',
  p99Us: 'p99 µs',
  loopUs: 'loop CPU µs',
  cpuUs: 'all CPU µs',
  perS: 'a second',
};

export function suiteText({ name, rows, notes, othersShare }: SuiteReport): string {
  const metrics = METRICS.filter((metric) => rows.some(({ figures }) => figures[metric] !== null));
  const hasBytes = rows.some(({ bytes }) => bytes !== null);
  const heads = [
    'task',
    ...metrics.map((metric) => HEADINGS[metric]),
    ...(hasBytes ? ['bytes'] : []),
  ];
  const lines = rows.map((row) => cellsOf(row, metrics, hasBytes));
  const title = `\n${name} (others: ${(othersShare * 100).toFixed(0)} % of the machine)`;
  return [title, ...tableLines([heads, ...lines]), ...notes.map((note) => `  note: ${note}`)].join(
    '\n',
  );
}

function cellsOf(
  { task, figures, bytes }: Row,
  metrics: readonly Metric[],
  hasBytes: boolean,
): string[] {
  return [
    task,
    ...metrics.map((metric) => decimals(figures[metric])),
    ...(hasBytes ? [bytes === null ? '' : String(bytes)] : []),
  ];
}

/** The first column to the left, the others to the right. */
function tableLines(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  return lines.map(
    (cells) =>
      `  ${cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')}`,
  );
}

function decimals(value: number | null): string {
  if (value === null) return '';
  return value.toFixed(value < 10 ? 3 : value < 1000 ? 1 : 0);
}

export function barsText(bars: readonly BarResult[]): string {
  return ['\nbars', ...bars.map((bar) => `  ${bar.verdict}  ${bar.task}: ${barText(bar)}`)].join(
    '\n',
  );
}

function barText(bar: BarResult): string {
  if ('against' in bar) return `${bar.value.toFixed(3)} ≤ ${bar.ratioMax} × ${bar.against.trim()}`;
  return bar.metric === 'bytes'
    ? `${bar.value} ≤ ${bar.max} bytes`
    : `${decimals(bar.value)} ≤ ${bar.max} µs in the best round`;
}

/** What was measured beside what the code does and what was recorded last. */
export function crossoversText(
  crossovers: readonly CrossoverResult[],
  record: CrossoverRecord,
): string {
  const rows = crossovers.map(({ name, measured, othersShare }) => {
    const {
      ways: [below, above],
      chosen,
      deviation,
    }: Threshold = THRESHOLDS[name];
    const position = positionOf(measured, chosen);
    const isExplained = position === deviation?.measuredIs;
    const verdict =
      othersShare > CROSSOVER_BUSY_SHARE
        ? 'busy'
        : position === 'near'
          ? 'near'
          : isExplained
            ? 'explained'
            : 'NOT NEAR';
    const recorded = record[name];
    return [
      name,
      crossingText(measured),
      crossingText(chosen),
      recorded === undefined ? 'never' : crossingText(recorded.measured),
      verdict,
      `${below} | ${above}`,
    ];
  });
  return [
    '\ncrossovers',
    ...tableLines([
      ['name', 'measured', 'in the code', 'recorded', 'verdict', 'below | above'],
      ...rows,
    ]),
  ].join('\n');
}
