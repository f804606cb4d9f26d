/** A table before it is Markdown or HTML. */

export type Tone = 'good' | 'bad' | 'plain';

export interface Cell {
  readonly text: string;
  /** Smaller, on a line of its own. */
  readonly note?: string;
  readonly tone?: Tone;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly label: string;
  readonly isNumber: boolean;
}

export function cell(text: string, note = '', tone: Tone = 'plain'): Cell {
  return { text, note, tone };
}

export function words(label: string): Column {
  return { label, isNumber: false };
}

export function numbers(label: string): Column {
  return { label, isNumber: true };
}
