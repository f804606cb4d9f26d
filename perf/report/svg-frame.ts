/** The frame that line charts share: two axes with ticks, grid lines and labels with units. */
import { markup, type Markup } from './markup.ts';
import type { Scale } from './scales.ts';

export const CHART_WIDTH = 400;
export const CHART_HEIGHT = 250;
/** Of text at the size of labels (11): that of a wide font's digits, as nobody knows which font will be there. */
const CHARACTER_WIDTH = 7;
const BOTTOM = CHART_HEIGHT - 40;
const TOP = 28;
const RIGHT = CHART_WIDTH - 14;

export interface Axis {
  readonly label: string;
  readonly scale: Scale;
}

export interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly bottom: number;
  readonly markup: Markup;
}

export function textWidth(text: string): number {
  return text.length * CHARACTER_WIDTH;
}

/** Cut so that it fits; the whole text belongs into a `<title>`. */
export function fitted(text: string, width: number): string {
  const room = Math.max(2, Math.floor(width / CHARACTER_WIDTH));
  return text.length <= room ? text : `${text.slice(0, room - 1).toWellFormed()}…`;
}

export function axisLabel({ label, scale }: Axis): string {
  return scale.unit === '' ? label : `${label} (${scale.unit})`;
}

/** A vertical line down from its label. */
export function gridLine(
  x: number,
  top: number,
  bottom: number,
  label: string,
  isAxis = false,
): Markup {
  return markup`<line class="${isAxis ? 'axis' : 'grid'}" x1="${x}" x2="${x}" y1="${top - 2}" y2="${bottom}"/>
<text x="${x}" y="${top - 8}" text-anchor="middle">${label}</text>`;
}

export function frame(xAxis: Axis, yAxis: Axis): Frame {
  const left = 12 + Math.max(...yAxis.scale.ticks.map(({ label }) => textWidth(label)));
  const x = (value: number) => left + xAxis.scale.shareOf(value) * (RIGHT - left);
  const y = (value: number) => BOTTOM - yAxis.scale.shareOf(value) * (BOTTOM - TOP);
  const rows = yAxis.scale.ticks.map(
    ({
      value,
      label,
    }) => markup`<line class="grid" x1="${left}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${left - 6}" y="${y(value) + 3.5}" text-anchor="end">${label}</text>`,
  );
  const columns = xAxis.scale.ticks.map(({ value, label }) => {
    const half = textWidth(label) / 2;
    const place = Math.min(CHART_WIDTH - half, x(value));
    return markup`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP}" y2="${BOTTOM}"/>
<text x="${place}" y="${BOTTOM + 16}" text-anchor="middle">${label}</text>`;
  });
  return {
    x,
    y,
    bottom: BOTTOM,
    markup: markup`${rows}${columns}<line class="axis" x1="${left}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
<text class="label" x="2" y="13">${axisLabel(yAxis)}</text>
<text class="label" x="${RIGHT}" y="${BOTTOM + 34}" text-anchor="end">${axisLabel(xAxis)}</text>`,
  };
}
