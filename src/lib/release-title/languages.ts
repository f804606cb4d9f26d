/** Languages that the library leaves out, takes from other words, or robs of their region. */
import { codedLanguages } from './language-codes-in-title.ts';
import { anyOf, type Text } from './text.ts';

/** Words for a language that the library does not take for one at this place. */
const LANGUAGE_WORDS: readonly (readonly [hint: string, pattern: RegExp, code: string])[] = [
  ['ita-dan', /\bita-dan\b/, 'da'],
  ['german', /[ ._-]german[ ._-](?!sub)/, 'de'],
  ['french', /[ ._-]french[ ._-](?!sub)/, 'fr'],
  ['vff', /\bvff\b/, 'fr'],
  ['albanian', /\balbanian\b/, 'sq'],
  ['catalan', /(?<![a-z])catal[aà]n?(?![a-z])/, 'ca'],
];

/** One look for all: most titles hold none. */
const ANY_HINT = anyOf(LANGUAGE_WORDS.map(([hint]) => hint));

/** @param name of the film or series: a word of a language within it (`The Good German`) tells nothing */
export function languagesOf(
  { title, lower }: Text,
  found: readonly string[],
  name: string,
): readonly string[] {
  // Italian "chi" (who) is not Chinese.
  const isWho = found.includes('zh') && /[a-z] chi [a-z]/.test(title);
  const languages = isWho ? found.filter((code) => code !== 'zh') : found;
  const named = ANY_HINT.test(lower) ? withWords(lower, languages, name) : languages;
  return withRegions(lower, withCodes(title, named, name));
}

function withWords(lower: string, languages: readonly string[], name: string): readonly string[] {
  const missed = LANGUAGE_WORDS.filter(
    ([hint, pattern, code]) =>
      lower.includes(hint) &&
      !languages.includes(code) &&
      lower.slice(name.length).search(pattern) !== -1,
  );
  return missed.length === 0 ? languages : [...languages, ...missed.map(([, , code]) => code)];
}

/** Adds languages that are there in no region yet. */
function withCodes(title: string, languages: readonly string[], name: string): readonly string[] {
  const coded = codedLanguages(title, endOfName(title, name));
  let all = languages;
  for (const language of coded) {
    if (!all.some((code) => isSameLanguage(code, language))) all = [...all, language];
  }
  return all;
}

function isSameLanguage(a: string, b: string): boolean {
  return a.split('-', 1)[0] === b.split('-', 1)[0];
}

/** Where the technical part begins, at the latest. */
function endOfName(title: string, name: string): number {
  const blank = name.indexOf(' ');
  const first = blank === -1 ? name : name.slice(0, blank);
  const at = first === '' ? -1 : title.indexOf(first);
  return at === -1 ? 0 : Math.min(title.length, at + name.length);
}

interface Region {
  readonly code: string;
  readonly regional: string;
  readonly pattern: RegExp;
  /** The language without a region. */
  readonly plain: RegExp;
}

const REGIONS: readonly Region[] = [
  {
    code: 'pt',
    regional: 'pt-BR',
    pattern: /(?<![a-z])(?:pt|por)[-._]br(?![a-z])|(?<![a-z])ptbr(?![a-z])/,
    plain: /(?<![a-z])(?:pt|por|portuguese)(?![-._]?br|[a-z])/,
  },
  {
    code: 'es',
    regional: 'es-419',
    pattern: /(?<![a-z])(?:es|spa|esp)[-._](?:la|419|mx)(?![a-z\d])/,
    plain: /(?<![a-z])(?:es|spa|esp|spanish|castellano)(?![-._](?:la|419|mx)|[a-z])/,
  },
];

/** `PT-BR` is the Portuguese of Brazil, unless that of Portugal is named beside it. */
function withRegions(lower: string, languages: readonly string[]): readonly string[] {
  if (!languages.includes('pt') && !languages.includes('es')) return languages;
  let all = languages;
  for (const { code, regional, pattern, plain } of REGIONS) {
    if (!languages.includes(code) || !pattern.test(lower)) continue;
    all = plain.test(lower)
      ? [...all, regional]
      : all.map((language) => (language === code ? regional : language));
  }
  return all;
}

/** German releases call two languages `DL`. */
export function languageFlagsOf({ lower }: Text, found: readonly string[]): readonly string[] {
  const isDual = found.length === 0 && lower.includes('german') && /german.*[ .]dl[ .]/.test(lower);
  return isDual ? ['multi-audio'] : found;
}
