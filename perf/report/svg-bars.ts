/** Lying bars with whiskers, one under the other, so that long names have room and a phone can show them. */
import { Markup, markup, NOTHING } from './markup.ts';
import { axisLabel, CHART_WIDTH, fitted, textWidth, type Axis } from './svg-frame.ts';

export interface BarGroup {
  readonly name: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  /** Empty when the group's name says it all. */
  readonly label: string;
  readonly colour: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly text: string;
}

const ROW = 20;
const BAR = 12;
const TOP = 38;
const LABEL_WIDTH_MAX = 130;

export function barChart(title: string, axis: Axis, groups: readonly BarGroup[]): Markup {
  const bars = groups.flatMap((group) => group.bars);
  const left = Math.min(LABEL_WIDTH_MAX, 10 + Math.max(...groups.flatMap(({ name, bars: own }) => (
    own.map(({ label }) => textWidth(label === '' ? name : label) + (label === '' ? 0 : 8))))));
  const right = CHART_WIDTH - 10 - Math.max(...bars.map(({ text }) => textWidth(text)));
  const x = (value: number) => left + axis.scale.shareOf(value) * (right - left);
  let y = TOP;
  const rows = groups.map((group) => {
    const own: Markup[] = [];
    if (group.bars.some(({ label }) => label !== '')) {
      own.push(markup`<text class="name" x="2" y="${y + 13}">${fitted(group.name, CHART_WIDTH * 0.9)}</text>`);
      y += ROW;
    }
    for (const bar of group.bars) {
      own.push(barRow(bar, bar.label === '' ? group.name : bar.label, { left, x, y }));
      y += ROW;
    }
    y += 5;
    return own;
  });
  return markup`<svg viewBox="0 0 ${CHART_WIDTH} ${y + 4}" role="img" aria-label="${title}">
<text class="label" x="2" y="13">${axisLabel(axis)}</text>${grid(axis, x, y)}${rows}<line class="axis" x1="${left}" x2="${left}" y1="${TOP - 2}" y2="${y}"/></svg>`;
}

interface Place {
  readonly left: number;
  readonly x: (value: number) => number;
  readonly y: number;
}

function barRow({ colour, value, low, high, text, label: own }: Bar, label: string, { left, x, y }: Place): Markup {
  const middle = y + ROW / 2;
  const whisker = x(high) - x(low) < 1 ? NOTHING : markup`<path class="whisker" d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 3}v6M${x(high)} ${middle - 3}v6"/>`;
  const indent = own === '' ? 2 : 10;
  return markup`<text x="${indent}" y="${middle + 3.5}">${fitted(label, left - indent - 4)}<title>${label}</title></text>
<rect class="bar c${colour % 6}" x="${left}" y="${middle - BAR / 2}" width="${Math.max(1, x(value) - left)}" height="${BAR}"><title>${`${label}: ${text}`}</title></rect>
${whisker}<text class="value" x="${Math.max(x(high), x(value)) + 5}" y="${middle + 3.5}">${text}</text>`;
}

function grid({ scale }: Axis, x: (value: number) => number, bottom: number): Markup[] {
  return scale.ticks.map(({ value, label }) => markup`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 2}" y2="${bottom}"/>
<text x="${x(value)}" y="${TOP - 8}" text-anchor="middle">${label}</text>`);
}
