/** Titles of episodes that are known by a date: what stands between the date and the first technical word. */
import { isTechnicalWord } from './technical-words.ts';

const DATE =
  /(?<!\d)(?:(?:19|20)\d\d([-. ])\d\d\1\d\d|\d\d([-. ])\d\d\2(?:(?:19|20)\d\d|\d\d))[-. ]+(?=\p{L})/u;
const LANGUAGE = /^(?:german|french|spanish|italian|english|multi|vostfr|subbed|dubbed)$/;
/** Longer ones are descriptions. */
const WORDS_MAX = 12;

/** Undefined when a technical word, a bracket or nothing follows the date. */
export function titleAfterDate(title: string): string | undefined {
  const date = DATE.exec(title);
  if (date === null) return undefined;
  const [rest = ''] = title.slice(date.index + date[0].length).split(/[[({]|\.\w{2,4}$/, 1);
  const words = rest.split(/[ ._]+/).filter((word) => word !== '');
  const end = words.findIndex(
    (word) => isTechnicalWord(word.toLowerCase()) || LANGUAGE.test(word.toLowerCase()),
  );
  const named = end === -1 ? words : words.slice(0, end);
  return named.length === 0 || named.length > WORDS_MAX ? undefined : named.join(' ');
}
