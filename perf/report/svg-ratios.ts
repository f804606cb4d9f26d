/** B by A for every scenario: a point with the range of the rounds around the line where nothing changed. */
import type { Comparison } from './compare.ts';
import { formatRatio } from './format.ts';
import { Markup, markup } from './markup.ts';
import { ratioScale } from './scales.ts';
import { CHART_WIDTH, fitted, textWidth } from './svg-frame.ts';

export interface RatioRow {
  readonly label: string;
  readonly comparison: Comparison & { readonly ratio: number };
}

const ROW = 22;
const TOP = 38;
const LABEL_WIDTH_MAX = 130;

export function ratioChart(title: string, label: string, rows: readonly RatioRow[]): Markup {
  const scale = ratioScale(rows.flatMap(({ comparison: { ratio, low, high } }) => [ratio, low ?? ratio, high ?? ratio]));
  const left = Math.min(LABEL_WIDTH_MAX, 10 + Math.max(...rows.map((row) => textWidth(row.label)))) + 8;
  const right = CHART_WIDTH - 10 - Math.max(...rows.map((row) => textWidth(rowText(row))));
  const x = (ratio: number) => left + scale.shareOf(ratio) * (right - left);
  const bottom = TOP + rows.length * ROW + 4;
  const grid = scale.ticks.map((tick) => markup`<line class="${tick.value === 1 ? 'axis' : 'grid'}" x1="${x(tick.value)}" x2="${x(tick.value)}" y1="${TOP - 2}" y2="${bottom}"/>
<text x="${x(tick.value)}" y="${TOP - 8}" text-anchor="middle">${tick.label}</text>`);
  const lines = rows.map((row, index) => {
    const { ratio, low, high, verdict } = row.comparison;
    const middle = TOP + index * ROW + ROW / 2;
    const place = x(ratio);
    return markup`<text x="2" y="${middle + 3.5}">${fitted(row.label, left - 12)}<title>${row.label}</title></text>
<path class="whisker" d="M${x(low ?? ratio)} ${middle}H${x(high ?? ratio)}"/>${point(verdict, place, middle)}
<text class="value" x="${right + 8}" y="${middle + 3.5}">${rowText(row)}</text>`;
  });
  return markup`<svg viewBox="0 0 ${CHART_WIDTH} ${bottom + 4}" role="img" aria-label="${title}">
<text class="label" x="2" y="13">${label}</text>${grid}${lines}</svg>`;
}

function rowText({ comparison }: RatioRow): string {
  const { ratio, verdict } = comparison;
  return verdict === 'better' || verdict === 'worse' ? `${formatRatio(ratio)} ${verdict}` : formatRatio(ratio);
}

/** A full circle for better, a full square for worse, a ring for no difference that the rounds would show. */
function point(verdict: Comparison['verdict'], x: number, y: number): Markup {
  if (verdict === 'worse') return markup`<rect class="dot bad" x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;
  return markup`<circle class="dot ${verdict === 'better' ? 'good' : 'ring'}" cx="${x}" cy="${y}" r="4.2"/>`;
}
