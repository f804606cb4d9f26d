/** Languages of speech and of subtitles that the library leaves out or takes from other words. */
import type { Text } from './text.ts';

/** Words for a language that the library does not take for one at this place. */
const LANGUAGE_WORDS: readonly (readonly [hint: string, pattern: RegExp, code: string])[] = [
  ['ita-dan', /\bita-dan\b/, 'da'], ['german', /[ ._-]german[ ._-](?!sub)/, 'de'], ['french', /[ ._-]french[ ._-](?!sub)/, 'fr'],
  ['vff', /\bvff\b/, 'fr'], ['albanian', /\balbanian\b/, 'sq'], ['catalan', /(?<![a-z])catal[aà]n?(?![a-z])/, 'ca'],
];

/** @param name of the work: a word of a language within it (`The Good German`) tells nothing */
export function languagesOf({ title, lower }: Text, found: readonly string[], name: string): readonly string[] {
  // Italian "chi" (who) is not Chinese.
  const isWho = found.includes('zh') && /[a-z] chi [a-z]/.test(title);
  const languages = isWho ? found.filter((code) => code !== 'zh') : found;
  const missed = LANGUAGE_WORDS.filter(([hint, pattern, code]) =>
    lower.includes(hint) && !languages.includes(code) && lower.slice(name.length).search(pattern) !== -1);
  return missed.length === 0 ? languages : [...languages, ...missed.map(([, , code]) => code)];
}

const SUBTITLE_MARKS: readonly (readonly [hint: string, pattern: RegExp, code: string])[] = [
  ['vostfr', /vostfr/, 'fr'], ['hebsub', /hebsubs?/, 'he'], ['swesub', /swesubs?/, 'sv'],
  ['legenda', /legenda(?:s|do).*pt-?br/, 'pt-BR'], ['german', /german[ .](?:custom[ .])?sub/, 'de'],
  ['spanish', /spanish[ .]sub/, 'es'], ['subtitulado', /subtitulado.*espa[nñ]ol/, 'es'], ['french', /french[ .]sub/, 'fr'],
  ['eng', /\beng(?:lish)?[ .-]?subs?\b|\bsub[ _].*\beng\b/, 'en'], ['ita', /\bsub[ _].*?\bita\b/, 'it'],
  ['esub', /\be-?subs?\b/, 'en'], ['ensub', /ensub/, 'en'],
];

export function subtitleLanguagesOf({ lower }: Text): readonly string[] {
  if (!lower.includes('sub') && !lower.includes('vost') && !lower.includes('legenda')) return [];
  const marks = SUBTITLE_MARKS.filter(([hint, pattern]) => lower.includes(hint) && pattern.test(lower));
  return [...new Set(marks.map(([, , code]) => code))];
}

/** German releases call two languages `DL`. */
export function languageFlagsOf({ lower }: Text, found: readonly string[]): readonly string[] {
  const isDual = found.length === 0 && lower.includes('german') && /german.*[ .]dl[ .]/.test(lower);
  return isDual ? ['multi-audio'] : found;
}
