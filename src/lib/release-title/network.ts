/** Networks by the marks that the library does not know. */
import type { Text } from './text.ts';

const NETWORK_WORDS: readonly (readonly [hint: string, pattern: RegExp, name: string])[] = [
  ['amazonhd', /[. ]AmazonHD[. ]/, 'Amazon'], ['amzn', /[. ]AMZN[. ]/, 'Amazon'],
  ['netflix', /[. ]Netflix(?=[. ]|UHD|HD)/, 'Netflix'],
  ['ituneshd', /[. ]iTunesHD[. ]/, 'iTunes'], ['stan.web', /[. ]STAN[. ]WEB/, 'Stan'], ['viki', /[. ]VIKI[. ]/, 'Viki'],
  ['.ae.', /[. ]AE[. ]WEB/, 'A&E'], ['.df.', /[. ]DF[. ]WEB/, 'DramaFever'],
];

export function networkOf({ title, lower }: Text, found: string | undefined): string | undefined {
  return found ?? NETWORK_WORDS.find(([hint, pattern]) => lower.includes(hint) && pattern.test(title))?.[2];
}
