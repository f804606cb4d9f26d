/** Editions that the library does not know. */
import { anyOf, type Text } from './text.ts';

const EDITIONS: readonly (readonly [hint: string, pattern: RegExp, name: string])[] = [
  ['director', /\bdirectors?[ ._]cut\b/i, "Director's Cut"],
  ['special', /[ ._(]special[ ._]edition\b/i, 'Special Edition'],
  ['limited', /[._ ]L[Ii]M[Ii]TED[._ ]|\b[Ll]imited[ ._][Ee]dition\b/, 'Limited Edition'],
  ['festival', /[._ ]FEST[Ii]VAL[._ ]/, 'Festival Edition'],
  ['restored', /\b4k[ ._]restored\b|[._ ]RESTORED[._ ]/i, 'Restored'],
  ['collector', /\bedition[ ._]collector\b|\bcollector[ ._]edition\b/i, 'Collector Edition'],
  ['criterion', /\bcriterion[ ._]edition\b/i, 'Criterion Edition'],
];

/** One look for all: most titles hold none. */
const ANY_HINT = anyOf(EDITIONS.map(([hint]) => hint));

export function editionsOf({ title, lower }: Text, found: readonly string[]): readonly string[] {
  if (!ANY_HINT.test(lower)) return found;
  const missed = EDITIONS.filter(
    ([hint, pattern, name]) => lower.includes(hint) && !found.includes(name) && pattern.test(title),
  );
  return missed.length === 0 ? found : [...found, ...missed.map(([, , name]) => name)];
}
