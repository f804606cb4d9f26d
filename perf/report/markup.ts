/** HTML and SVG as template literals that escape what is put into them. */
import { escapeHtml } from './escape.ts';

/** Text that is markup already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | readonly Part[];

/** Coordinates need no more, and shorter files load faster. */
const DECIMALS = 100;

/** @throws when a number is not finite: a chart must not hide such a mistake */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(
    strings
      .map((text, index) => (index === 0 ? text : `${rendered(parts[index - 1] ?? '')}${text}`))
      .join(''),
  );
}

export const NOTHING = new Markup('');

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return number(part);
  return part.map(rendered).join('');
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} has no place in a chart`);
  return String(Math.round(value * DECIMALS) / DECIMALS);
}
