/** `{path|modifier(argument)}`: what modifiers make of a value. Every result is bounded, whatever the arguments. */
import { isList, numberOf, textOf, type TemplateValue } from './value.ts';

export type Modifier = (value: TemplateValue, args: readonly string[]) => TemplateValue;

/** What the reference says of one, and how many arguments it takes. */
export interface ModifierSpec {
  readonly apply: Modifier;
  readonly args: readonly [min: number, max: number];
  readonly description: string;
}

/** Longer results are cut. */
export const VALUE_CHARS_MAX = 2000;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `4.19 GB`: 1024-based, two decimals; whole bytes. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  // 1023.995 would be written 1024.00.
  for (; amount >= 1023.995 && unit < UNITS.length - 1; unit++) amount /= 1024;
  return `${unit === 0 ? Math.trunc(bytes) : (Math.round(amount * 100) / 100).toFixed(2)} ${UNITS[unit] ?? ''}`;
}

/** `mm:ss` or `hh:mm:ss` of seconds. */
function timeText(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds));
  const parts = [Math.trunc(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.trunc(whole / 3600));
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

function titleCase(text: string): string {
  return text.replaceAll(/\p{L}[\p{L}\p{M}\p{N}'’]*/gu, (word) => {
    const [first = ''] = word;
    return first.toUpperCase() + word.slice(first.length).toLowerCase();
  });
}

/** At most so many code points; never half of a character. */
function truncated(text: string, count: number): string {
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left--)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

/** All occurrences, up to VALUE_CHARS_MAX: the result can be as long as text times replacement. */
function replaced(text: string, from: string, to: string): string {
  if (from === '') return text;
  let result = '';
  let at = 0;
  for (
    let found = text.indexOf(from);
    found !== -1 && result.length < VALUE_CHARS_MAX;
    found = text.indexOf(from, at)
  ) {
    result += text.slice(at, found) + to;
    at = found + from.length;
  }
  return bounded(result + text.slice(at));
}

/** Cut to VALUE_CHARS_MAX, not inside a character. */
export function bounded(text: string): string {
  if (text.length <= VALUE_CHARS_MAX) return text;
  const code = text.charCodeAt(VALUE_CHARS_MAX - 1);
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? VALUE_CHARS_MAX - 1 : VALUE_CHARS_MAX);
}

/** On every entry of a list, or on the text. */
function each(change: (text: string) => string): Modifier {
  return (value) => (isList(value) ? value.map(change) : bounded(change(textOf(value))));
}

export const MODIFIERS: ReadonlyMap<string, ModifierSpec> = new Map<string, ModifierSpec>([
  [
    'bytes',
    {
      apply: (value) => (value === null ? null : bytesText(numberOf(value))),
      args: [0, 0],
      description: 'A number of bytes as 4.19 GB (1024-based)',
    },
  ],
  [
    'time',
    {
      apply: (value) => (value === null ? null : timeText(numberOf(value))),
      args: [0, 0],
      description: 'A number of seconds as 01:34:05',
    },
  ],
  ['upper', { apply: each((text) => text.toUpperCase()), args: [0, 0], description: 'CAPITALS' }],
  [
    'lower',
    { apply: each((text) => text.toLowerCase()), args: [0, 0], description: 'small letters' },
  ],
  ['title', { apply: each(titleCase), args: [0, 0], description: 'First Letters Capital' }],
  [
    'first',
    {
      apply: (value) => (isList(value) ? (value[0] ?? null) : truncated(textOf(value), 1)),
      args: [0, 0],
      description: 'The first entry of a list, or the first character',
    },
  ],
  [
    'last',
    {
      apply: (value) =>
        isList(value) ? (value.at(-1) ?? null) : (Array.from(textOf(value).slice(-2)).at(-1) ?? ''),
      args: [0, 0],
      description: 'The last entry of a list, or the last character',
    },
  ],
  [
    'join',
    {
      apply: (value, [separator = ', ']) =>
        isList(value) ? bounded(value.join(separator)) : value,
      args: [0, 1],
      description: "The entries of a list with this between: join(' + ')",
    },
  ],
  [
    'truncate',
    {
      apply: (value, [count = '0']) => truncated(textOf(value), Math.max(0, numberOf(count))),
      args: [1, 1],
      description: 'At most so many characters: truncate(40)',
    },
  ],
  [
    'replace',
    {
      apply: (value, [from = '', to = '']) => replaced(textOf(value), from, to),
      args: [1, 2],
      description: "One text by another, everywhere: replace('.', ' ')",
    },
  ],
  [
    'escape',
    {
      apply: each((text) => text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char)),
      args: [0, 0],
      description: 'HTML characters as entities',
    },
  ],
]);

/** Other names. */
export const MODIFIER_ALIASES: ReadonlyMap<string, string> = new Map([['e', 'escape']]);
