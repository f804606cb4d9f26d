/** Rows with a label on their left, in groups with a name, under an axis: what bars and ratios have in common. */
import { markup, type Markup } from './markup.ts';
import { CHART_WIDTH, fitted, textWidth } from './svg-frame.ts';

export interface RowGroup<R extends { readonly label: string }> {
  readonly name: string;
  /** Labels are empty when the group's name says it all; then the name stands in their place. */
  readonly rows: readonly R[];
}

/** Where rows are drawn: from their labels to what stands on their right. */
export interface RowArea {
  readonly top: number;
  readonly left: number;
  readonly right: number;
}

interface Drawing<R> {
  /** Grid lines, once. */
  readonly behind: Markup;
  readonly row: (row: R, name: string, y: number) => Markup;
}

export const ROW_HEIGHT = 20;
const GROUP_GAP = 5;
const TOP = 36;
const LABELS_WIDTH_MAX = 140;
const INDENT = 10;

export function labelledRows<R extends { readonly label: string }>(
  title: string,
  axis: string,
  groups: readonly RowGroup<R>[],
  rightWidth: number,
  draw: (area: RowArea) => Drawing<R>,
): Markup {
  const widths = groups.flatMap(({ name, rows }) =>
    rows.map(({ label }) => (label === '' ? textWidth(name) : textWidth(label) + INDENT)),
  );
  const left = Math.min(LABELS_WIDTH_MAX, 8 + Math.max(...widths));
  const { behind, row } = draw({ top: TOP, left, right: CHART_WIDTH - rightWidth });
  let y = TOP;
  const drawn: Markup[] = [];
  for (const { name, rows } of groups) {
    if (hasHeading({ name, rows })) {
      drawn.push(labelText('name', name, 2, y, CHART_WIDTH - 10));
      y += ROW_HEIGHT;
    }
    for (const one of rows) {
      const [x, label, whole] =
        one.label === ''
          ? ([2, name, name] as const)
          : ([INDENT, one.label, `${name}, ${one.label}`] as const);
      drawn.push(labelText('row', label, x, y, left - x - 4), row(one, whole, y));
      y += ROW_HEIGHT;
    }
    y += GROUP_GAP;
  }
  return markup`<svg viewBox="0 0 ${CHART_WIDTH} ${y + 2}" role="img" aria-label="${title}">
<text class="label" x="2" y="12">${axis}</text>${behind}${drawn}</svg>`;
}

export function rowsHeight<R extends { readonly label: string }>(
  groups: readonly RowGroup<R>[],
): number {
  return groups.reduce(
    (height, group) =>
      height + (group.rows.length + (hasHeading(group) ? 1 : 0)) * ROW_HEIGHT + GROUP_GAP,
    0,
  );
}

function hasHeading<R extends { readonly label: string }>({ rows }: RowGroup<R>): boolean {
  return rows.some(({ label }) => label !== '');
}

function labelText(
  kind: 'name' | 'row',
  text: string,
  x: number,
  y: number,
  width: number,
): Markup {
  return markup`<text class="${kind}" x="${x}" y="${y + ROW_HEIGHT / 2 + 3.5}">${fitted(text, width)}<title>${text}</title></text>`;
}
