/** Codes of two and three letters that name languages: several in a row (`Nor Dan Fin Tha`, `CZ.SK`), or alone in brackets. */
import { languageOfShortCode } from './language-words.ts';

/** Codes that are words, countries or marks when no surer one is beside them. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  'hi',
  'br',
  'is',
  'it',
  'no',
  'se',
  'id',
  'he',
  'may',
  'per',
  'cat',
  'est',
  'ice',
  'mar',
  'dan',
  'fin',
  'nor',
  'tel',
  'ben',
  'lit',
  'lat',
  'pan',
  'pun',
  'mal',
  'tam',
  'bra',
  'ind',
  'hun',
  'rom',
  'rum',
]);
/** So many in a row are no words. */
const SURE_RUN = 3;
const GAP_CHARS_MAX = 3;
const NONE: readonly string[] = [];
const BRACKET = /[()[\]{}]/;

/** Languages in the order of the text; one code alone and without brackets is left to the library. */
export function codedLanguages(title: string, from: number): readonly string[] {
  let found = NONE;
  let run: string[] | undefined;
  let end = from;
  for (let at = from; at < title.length; at++) {
    if (!isWordChar(title.charCodeAt(at))) continue;
    const start = at;
    while (at < title.length && isWordChar(title.charCodeAt(at))) at++;
    const code = at - start === 2 || at - start === 3 ? codeAt(title, start, at) : undefined;
    if (run !== undefined && (code === undefined || !isGap(title, end, start))) {
      found = withRun(found, run);
      run = undefined;
    }
    if (code !== undefined) {
      (run ??= []).push(code);
      if (!AMBIGUOUS.has(code) && isBracketed(title, start, at))
        found = [...found, languageOfShortCode(code) ?? code];
    }
    end = at;
  }
  return run === undefined ? found : withRun(found, run);
}

/** Capitals, digits, letters of any script; what stands between words is not. */
function isWordChar(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code > 0x7f
  );
}

/** In lower case; undefined for other words. Codes begin with a capital, and of two letters both are. */
function codeAt(title: string, start: number, end: number): string | undefined {
  if (
    !isCapital(title.charCodeAt(start)) ||
    (end - start === 2 && !isCapital(title.charCodeAt(start + 1)))
  )
    return undefined;
  const word = title.slice(start, end).toLowerCase();
  return languageOfShortCode(word) === undefined ? undefined : word;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isGap(title: string, end: number, start: number): boolean {
  return start - end <= GAP_CHARS_MAX && !BRACKET.test(title.slice(end, start));
}

function isBracketed(title: string, start: number, end: number): boolean {
  return BRACKET.test(title.charAt(start - 1)) && BRACKET.test(title.charAt(end));
}

function withRun(found: readonly string[], run: readonly string[]): readonly string[] {
  const isSure =
    run.length >= SURE_RUN || (run.length > 1 && run.some((word) => !AMBIGUOUS.has(word)));
  return isSure ? [...found, ...run.map((word) => languageOfShortCode(word) ?? word)] : found;
}
