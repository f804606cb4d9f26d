/**
 * Dates with the month as a word (`March 4 2025`, `8. Mai 2024`, `3 de junio de 2024`). The library reads English ones
 * with the day first; the others are written as numbers for it.
 */

/** First letters that tell a month from the other eleven, in eight languages; accents are left out. */
const MONTHS: readonly (readonly string[])[] = [
  [
    'january',
    'janvier',
    'januar',
    'janner',
    'enero',
    'gennaio',
    'janeiro',
    'januari',
    'jan',
    'janv',
    'ene',
    'genn',
    'gen',
  ],
  [
    'february',
    'fevrier',
    'februar',
    'febrero',
    'febbraio',
    'fevereiro',
    'februari',
    'feb',
    'fev',
    'fevr',
    'febr',
  ],
  ['march', 'mars', 'marz', 'maerz', 'marzo', 'marco', 'maart', 'mar', 'mrz', 'mrt'],
  ['april', 'avril', 'abril', 'aprile', 'apr', 'avr', 'abr'],
  ['may', 'mai', 'mayo', 'maggio', 'maio', 'mei', 'mag'],
  ['june', 'juin', 'juni', 'junio', 'giugno', 'junho', 'jun', 'giu'],
  ['july', 'juillet', 'juli', 'julio', 'luglio', 'julho', 'jul', 'juil', 'lug'],
  ['august', 'aout', 'agosto', 'augustus', 'aug', 'ago'],
  [
    'september',
    'septembre',
    'septiembre',
    'setiembre',
    'settembre',
    'setembro',
    'sep',
    'sept',
    'set',
    'sett',
  ],
  ['october', 'octobre', 'oktober', 'octubre', 'ottobre', 'outubro', 'oct', 'okt', 'ott', 'out'],
  ['november', 'novembre', 'noviembre', 'novembro', 'nov'],
  ['december', 'decembre', 'dezember', 'diciembre', 'dicembre', 'dezembro', 'dec', 'dez', 'dic'],
];
const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
);

const WORD = '(\\p{L}{3,10})\\.?';
const YEAR = '((?:19|20)\\d\\d)(?![\\dpix])';
const DAY_FIRST = new RegExp(
  `(?<![\\p{L}\\d])(\\d{1,2})(?:st|nd|rd|th|er|º|[.,])?[ ._-]{1,2}(?:de[ ._])?${WORD}[ ._,-]{1,2}(?:del?[ ._])?${YEAR}`,
  'giu',
);
const MONTH_FIRST = new RegExp(
  `(?<!\\p{L})${WORD}[ ._-]{1,2}(\\d{1,2})(?:st|nd|rd|th|,)?[ ._,-]{1,2}${YEAR}`,
  'giu',
);
/** `Nacido el 4 de julio 1989`: with one "de" alone it is a name and a year. */
const HALF_SPANISH = /^\d{1,2}\S?[ ._-]+de[ ._]\p{L}+[ ._-]+\d/iu;
const YEARS = /(?:19|20)\d\d/g;
/** What stands before the year of such a date: a day and a word, in either order. */
const HINT = /(?:\d[^\d]{0,4}[ ._-]\p{L}{3,10}|\p{L}{3}\.?[ ._-]{1,2}\d{1,2})[^\d]{0,5}$/u;
const HINT_CHARS = 24;
const YEAR_CHARS = 4;
/** `1 mai `, before a year. */
const DATE_CHARS_MIN = 6;

export interface WordDate {
  /** The title with the date in numbers, as the library reads it. */
  readonly title: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
}

/** Undefined when the title holds no such date. @param lower its lower-case form */
export function wordDateOf(title: string, lower: string): WordDate | undefined {
  if (!maybeDate(lower)) return undefined;
  for (const match of title.matchAll(DAY_FIRST)) {
    const [text, day = '', month = '', year = ''] = match;
    const date = HALF_SPANISH.test(text) ? undefined : dateOf(year, month, day);
    if (date !== undefined) return replaced(title, match.index, text.length, date);
  }
  for (const match of title.matchAll(MONTH_FIRST)) {
    const [text, month = '', day = '', year = ''] = match;
    const date = dateOf(year, month, day);
    if (date !== undefined) return replaced(title, match.index, text.length, date);
  }
  return undefined;
}

/** Most years follow a name alone, and only what is just before them is looked at. */
function maybeDate(lower: string): boolean {
  YEARS.lastIndex = DATE_CHARS_MIN;
  while (YEARS.test(lower)) {
    const yearAt = YEARS.lastIndex - YEAR_CHARS;
    if (HINT.test(lower.slice(Math.max(0, yearAt - HINT_CHARS), yearAt))) return true;
  }
  return false;
}

/** Undefined for words that are no months, and for days that the month has not. */
function dateOf(year: string, word: string, day: string): string | undefined {
  const month = MONTH_NUMBERS.get(word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase());
  if (month === undefined) return undefined;
  const date = new Date(Date.UTC(Number(year), month - 1, Number(day)));
  return date.getUTCMonth() === month - 1 && Number(day) > 0
    ? date.toISOString().slice(0, 10)
    : undefined;
}

/** The library reads dates since 1970 only, so it gets one of this century. */
function replaced(title: string, from: number, length: number, date: string): WordDate {
  return { title: `${title.slice(0, from)}2001-01-01${title.slice(from + length)}`, date };
}
