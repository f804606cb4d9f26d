/** Lying bars with whiskers, one under the other, so that long names have room and a phone can show them. */
import { markup, NOTHING, type Markup } from './markup.ts';
import { axisLabel, gridLine, textWidth, type Axis } from './svg-frame.ts';
import { labelledRows, ROW_HEIGHT, rowsHeight, type RowGroup } from './svg-rows.ts';

export interface Bar {
  /** Empty when the group's name says it all. */
  readonly label: string;
  readonly colour: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly text: string;
}

const BAR = 12;
const GAP = 5;
const COLOURS = 6;

export function barChart(title: string, axis: Axis, groups: readonly RowGroup<Bar>[]): Markup {
  const widest = Math.max(...groups.flatMap(({ rows }) => rows.map(({ text }) => textWidth(text))));
  return labelledRows(title, axisLabel(axis), groups, widest + GAP + 4, ({ top, left, right }) => {
    const x = (value: number) => left + axis.scale.shareOf(value) * (right - left);
    const bottom = top + rowsHeight(groups);
    const grid = axis.scale.ticks.map(({ value, label }) => gridLine(x(value), top, bottom, label));
    return {
      behind: markup`${grid}`,
      row: (bar, name, y) => barRow(bar, name, { left, x, middle: y + ROW_HEIGHT / 2 }),
    };
  });
}

interface Place {
  readonly left: number;
  readonly x: (value: number) => number;
  readonly middle: number;
}

function barRow(
  { colour, value, low, high, text }: Bar,
  name: string,
  { left, x, middle }: Place,
): Markup {
  const whisker =
    x(high) - x(low) < 1
      ? NOTHING
      : markup`<path class="whisker" d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 3}v6M${x(high)} ${middle - 3}v6"/>`;
  const [top, bottom] = [middle - ROW_HEIGHT / 2, middle + ROW_HEIGHT / 2];
  return markup`<rect class="bar c${colour % COLOURS}" x="${left}" y="${middle - BAR / 2}" width="${Math.max(1, x(value) - left)}" height="${BAR}">
<title>${`${name}: ${text}`}</title></rect><line class="axis" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}"/>
${whisker}<text class="value" x="${Math.max(x(high), x(value)) + GAP}" y="${middle + 3.5}">${text}</text>`;
}
