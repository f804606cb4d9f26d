/** A chart and the same figures for those who do not see it. */
import type { Markup } from './markup.ts';
import type { Cell, Column, Table } from './table.ts';

export interface Chart {
  readonly title: string;
  readonly svg: Markup;
  readonly table: Table;
}

export function drawn(
  title: string,
  svg: Markup,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Chart {
  return { title, svg, table: { caption: title, columns, rows } };
}
