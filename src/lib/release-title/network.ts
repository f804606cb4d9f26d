/** Networks by the marks that the library does not know. */
import { anyOf, type Text } from './text.ts';

const NETWORK_WORDS: readonly (readonly [hint: string, pattern: RegExp, name: string])[] = [
  ['amazonhd', /[. ]AmazonHD[. ]/, 'Amazon'],
  ['amzn', /[. ]AMZN[. ]/, 'Amazon'],
  ['netflix', /[. ]Netflix(?=[. ]|UHD|HD)/, 'Netflix'],
  ['ituneshd', /[. ]iTunesHD[. ]/, 'iTunes'],
  ['stan.web', /[. ]STAN[. ]WEB/, 'Stan'],
  ['viki', /[. ]VIKI[. ]/, 'Viki'],
  ['.ae.', /[. ]AE[. ]WEB/, 'A&E'],
  ['.df.', /[. ]DF[. ]WEB/, 'DramaFever'],
];

/** One look for all: most titles hold none. */
const ANY_HINT = anyOf(NETWORK_WORDS.map(([hint]) => hint));

export function networkOf({ title, lower }: Text, found: string | undefined): string | undefined {
  if (found !== undefined || !ANY_HINT.test(lower)) return found;
  return NETWORK_WORDS.find(([hint, pattern]) => lower.includes(hint) && pattern.test(title))?.[2];
}
