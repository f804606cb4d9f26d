/** Languages of subtitles, and which languages are named for nothing else (`SUBFRENCH`, `Sub Ita Eng`, `NORDiC.SUBS`). */
import { languageOfWord, NORDIC_LANGUAGES } from './language-words.ts';
import type { Text } from './text.ts';

const HINT = /sub|vost|vose|legend|napisy|titulky|untertitel|ondertitel|sottotitol/;
const WORD = /[\p{L}\d]+/gu;
const SUBTITLE_FILES: ReadonlySet<string> = new Set(['srt', 'ass', 'ssa', 'sub', 'idx', 'vtt']);

/** Words that say it all. */
const MARKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['vostfr', ['fr']],
  ['vost', ['fr']],
  ['vosta', ['en']],
  ['vose', ['es']],
  ['vostes', ['es']],
  ['esub', ['en']],
  ['esubs', ['en']],
  ['nordicsub', NORDIC_LANGUAGES],
  ['nordicsubs', NORDIC_LANGUAGES],
]);
/** Words of a language for "subtitles": they are in that language unless another follows. */
const OPENERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['legendado', ['pt']],
  ['legendada', ['pt']],
  ['legendas', ['pt']],
  ['legenda', ['pt']],
  ['subtitulado', ['es']],
  ['subtitulada', ['es']],
  ['subtitulos', ['es']],
  ['subtítulos', ['es']],
  ['napisy', ['pl']],
  ['titulky', ['cs']],
  ['untertitel', ['de']],
  ['ondertiteld', ['nl']],
  ['ondertitels', ['nl']],
  ['sottotitoli', ['it']],
  ['sottotitolato', ['it']],
]);
/** What stands beside these is the language. */
const PLAIN = /^(?:soft)?sub(?:s|bed|titles?|titled|forced)?$/;
const PLURAL = /s$|bed$|titled$/;
const JOINED = /^(?:(\p{L}{2,10})(?:subs?|subbed|subtitles?)|subs?(\p{L}{2,10}))$/u;
/** Between a language and the word for subtitles. */
const BETWEEN = /^(?:custom|hardcoded|forced|soft|hard|hc|fan|multi|em|en|in)$/;
const GAP_BEFORE = /^[ ._([-]{1,3}$/;
const GAP_AFTER = /^[ ._:,;+&/([-]{1,3}$/;
/** `svensk, danska, norsk sub` are all subtitles; with blanks or dots between them the nearest is. */
const LIST_GAP = /^(?: ?[,/&+] ?|-)$/;
const CODE_CHARS_MAX = 3;
const CODES_MIN = 3;

export interface Subtitles {
  readonly languages: readonly string[];
  /** What the library takes from words of another meaning. */
  readonly misread: ReadonlySet<string>;
  /** Languages that are named beside those of subtitles. */
  readonly spoken: ReadonlySet<string>;
}

interface Word {
  readonly text: string;
  readonly languages: readonly string[];
  readonly from: number;
  readonly end: number;
}

/** What of a text is said of subtitles. */
interface Findings {
  readonly lower: string;
  readonly words: readonly Word[];
  readonly languages: Set<string>;
  readonly misread: Set<string>;
  readonly used: Set<Word>;
}

/** Undefined for titles without. @param name of the film or series and @param group, which say nothing here */
export function subtitlesOf(
  { lower }: Text,
  name: string,
  group: string | undefined,
): Subtitles | undefined {
  if (!HINT.test(lower)) return undefined;
  const text = withoutNames(lower, name.toLowerCase(), group?.toLowerCase());
  const findings: Findings = {
    lower: text,
    words: wordsOf(text),
    languages: new Set(),
    misread: new Set(),
    used: new Set(),
  };
  findings.words.forEach((word, index) => readMark(findings, word, index));
  const { words, languages, misread, used } = findings;
  return {
    languages: [...languages],
    misread,
    spoken: new Set(words.flatMap((word) => (used.has(word) ? [] : word.languages))),
  };
}

/** Whether a word says nothing but subtitles: no group is called so. @param word in lower case */
export function isSubtitleWord(word: string): boolean {
  if (MARKS.has(word) || OPENERS.has(word) || PLAIN.test(word)) return true;
  const [, before, behind] = JOINED.exec(word) ?? [];
  return languagesOfWord(before ?? behind ?? '').length > 0;
}

/** Of a file of subtitles they are all of subtitles. */
export function isSubtitleFile(extension: string | undefined): boolean {
  return extension !== undefined && SUBTITLE_FILES.has(extension);
}

/** Languages without those that are named for subtitles alone. */
export function audioLanguagesOf(
  languages: readonly string[],
  subtitles: Subtitles,
): readonly string[] {
  const spoken = new Set([...subtitles.spoken].map(baseOf));
  const read = new Set([...subtitles.languages, ...subtitles.misread].map(baseOf));
  return languages.filter(
    (language) => !read.has(baseOf(language)) || spoken.has(baseOf(language)),
  );
}

function baseOf(language: string): string {
  return language.split('-', 1)[0] ?? language;
}

/** Blanks in place of the names, so that everything else keeps its place. */
function withoutNames(lower: string, name: string, group: string | undefined): string {
  const isGroupFirst = group !== undefined && lower.startsWith(`[${group}`);
  const text = isGroupFirst ? ' '.repeat(group.length + 1) + lower.slice(group.length + 1) : lower;
  const [first = ''] = name.split(' ', 1);
  const from = first === '' ? -1 : text.indexOf(first);
  return from === -1
    ? text
    : text.slice(0, from) + ' '.repeat(name.length) + text.slice(from + name.length);
}

function wordsOf(lower: string): Word[] {
  return [...lower.matchAll(WORD)].map(({ 0: text, index }) => ({
    text,
    languages: languagesOfWord(text),
    from: index,
    end: index + text.length,
  }));
}

function languagesOfWord(text: string): readonly string[] {
  if (text === 'nordic') return NORDIC_LANGUAGES;
  const language = languageOfWord(text);
  return language === undefined ? [] : [language];
}

function readMark(findings: Findings, word: Word, index: number): void {
  const mark = MARKS.get(word.text);
  if (mark !== undefined) {
    if (word.text.startsWith('vost')) findings.misread.add('fr');
    return add(findings, mark);
  }
  const opener = OPENERS.get(word.text);
  if (opener !== undefined) {
    const beside = wordsBeside(findings, index);
    return beside.length === 0 ? add(findings, opener) : use(findings, beside);
  }
  if (PLAIN.test(word.text)) return use(findings, wordsBeside(findings, index));
  const [, before, behind] = JOINED.exec(word.text) ?? [];
  return add(findings, languagesOfWord(before ?? behind ?? ''));
}

function add({ languages }: Findings, found: readonly string[]): void {
  for (const language of found) languages.add(language);
}

function use(findings: Findings, words: readonly Word[]): void {
  const named = new Set(words.flatMap(({ languages }) => languages));
  // "PT BR" is one language in two words.
  if (named.has('pt-BR')) named.delete('pt');
  add(findings, [...named]);
  for (const word of words) findings.used.add(word);
}

/** `Sub Ita Eng` or `English Subs`; with both beside it, what follows counts, but in "English subs" grammar does. */
function wordsBeside(findings: Findings, index: number): readonly Word[] {
  const after = wordsAfter(findings, index);
  const before = wordsBefore(findings, index);
  const [nearest] = before;
  const isName = nearest !== undefined && nearest.text.length > CODE_CHARS_MAX;
  const isGrammar = isName && PLURAL.test(findings.words[index]?.text ?? '');
  return after.length === 0 || isGrammar ? before : after;
}

function wordsAfter({ lower, words }: Findings, index: number): readonly Word[] {
  const found: Word[] = [];
  for (let at = index + 1; at < words.length; at++) {
    const [previous, word] = [words[at - 1], words[at]];
    if (
      previous === undefined ||
      word === undefined ||
      !GAP_AFTER.test(lower.slice(previous.end, word.from))
    )
      break;
    if (
      word.languages.length > 0 &&
      (word.text !== 'en' || found.length > 0 || !isLanguage(words[at + 1]))
    )
      found.push(word);
    else if (!BETWEEN.test(word.text)) break;
  }
  return found;
}

/** `legendado em PT`, `subtitulado en español`: a preposition. */
function isLanguage(word: Word | undefined): boolean {
  return word !== undefined && word.languages.length > 0 && word.text.length > CODE_CHARS_MAX;
}

/** The nearest first. */
function wordsBefore(findings: Findings, index: number): readonly Word[] {
  const { lower, words } = findings;
  const run: Word[] = [];
  let listed = 1;
  let next = skippedBack(findings, index);
  for (
    let word = words[next - 1];
    word !== undefined && word.languages.length > 0;
    word = words[--next - 1]
  ) {
    const gap = lower.slice(word.end, words[next]?.from);
    const isListed = run.length > 0 && LIST_GAP.test(gap);
    if (!isListed && !GAP_BEFORE.test(gap)) break;
    if (isListed && listed === run.length) listed++;
    run.push(word);
  }
  return isRunOfCodes(run, words[index]) ? run : run.slice(0, listed);
}

/** `ESP.ENG.PT.SUBS` */
function isRunOfCodes(run: readonly Word[], plural: Word | undefined): boolean {
  const isPlural = plural !== undefined && PLURAL.test(plural.text);
  return (
    isPlural && run.length >= CODES_MIN && run.every(({ text }) => text.length <= CODE_CHARS_MAX)
  );
}

/** Index of the word before which a language may stand: `German.Custom.Subbed`. */
function skippedBack({ lower, words }: Findings, index: number): number {
  let at = index;
  for (let word = words[at - 1]; word !== undefined; word = words[at - 1]) {
    const isBetween = BETWEEN.test(word.text) && word.text !== 'en';
    if (!isBetween || !GAP_BEFORE.test(lower.slice(word.end, words[at]?.from))) break;
    at--;
  }
  return at;
}
