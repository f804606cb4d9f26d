/** Ratios, scenario by scenario: a point with the range of the rounds beside the line where nothing differs. */
import type { Comparison } from './compare.ts';
import { formatRatio } from './format.ts';
import { markup, type Markup } from './markup.ts';
import { ratioScale } from './scales.ts';
import { CHART_WIDTH, gridLine, textWidth } from './svg-frame.ts';
import { labelledRows, ROW_HEIGHT, rowsHeight, type RowGroup } from './svg-rows.ts';

export interface RatioRow {
  readonly label: string;
  readonly comparison: Comparison & { readonly ratio: number };
}

const GAP = 12;

export function ratioChart(
  title: string,
  axis: string,
  groups: readonly RowGroup<RatioRow>[],
): Markup {
  const rows = groups.flatMap((group) => group.rows);
  const scale = ratioScale(
    rows.flatMap(({ comparison: { ratio, low, high } }) => [ratio, low ?? ratio, high ?? ratio]),
  );
  const textsWidth = Math.max(...rows.map((row) => textWidth(rowText(row)))) + 4;
  return labelledRows(title, axis, groups, textsWidth + GAP, ({ top, left, right }) => {
    // The first label of the axis is centred on its line.
    const from = left + 14;
    const x = (ratio: number) => from + scale.shareOf(ratio) * (right - from);
    const bottom = top + rowsHeight(groups);
    const grid = scale.ticks.map(({ value, label }) =>
      gridLine(x(value), top, bottom, label, value === 1),
    );
    return {
      behind: markup`${grid}`,
      row: (row, _, y) => ratioRow(row, x, y + ROW_HEIGHT / 2, CHART_WIDTH - textsWidth),
    };
  });
}

function ratioRow(
  row: RatioRow,
  x: (ratio: number) => number,
  middle: number,
  textX: number,
): Markup {
  const { ratio, low, high, verdict } = row.comparison;
  return markup`<path class="whisker" d="M${x(low ?? ratio)} ${middle}H${x(high ?? ratio)}"/>${point(verdict, x(ratio), middle)}
<text class="value" x="${textX}" y="${middle + 3.5}">${rowText(row)}</text>`;
}

function rowText({ comparison: { ratio, verdict } }: RatioRow): string {
  return verdict === 'better' || verdict === 'worse'
    ? `${formatRatio(ratio)} ${verdict}`
    : formatRatio(ratio);
}

/** A full circle for better, a full square for worse, a ring for what the rounds do not tell apart. */
function point(verdict: Comparison['verdict'], x: number, y: number): Markup {
  if (verdict === 'worse')
    return markup`<rect class="dot bad" x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;
  return markup`<circle class="dot ${verdict === 'better' ? 'good' : 'ring'}" cx="${x}" cy="${y}" r="4.2"/>`;
}
