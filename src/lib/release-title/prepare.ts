/**
 * Spellings that the library reads wrong, rewritten before it reads: one pass each, in order. Most titles hold
 * none of the words that the passes are about, and one look for all of them settles that (1 µs, where an
 * expression that has not run for a while costs 0.6).
 */
import { withEpisodeHyphen } from './fansub.ts';

interface Rewrite {
  /** The lower-case form of whatever the pattern changes matches it. */
  readonly hint: RegExp;
  readonly pattern: RegExp;
  readonly by: string;
}

const SIZE_HINT = /\d[ ._]?[kmgt](?:ib|o)\b|\d[._][kmgt]b/;
const DATE_HINT = /\d\d[-. ]\d\d[-. ]\d\d/;

const REWRITES: readonly Rewrite[] = [
  // What re-posters append to a release, and a site's name after the group's.
  {
    hint: /asrequested|obfuscated|postbot|xpost|scrambled|buymore|whiterev/,
    by: '',
    pattern:
      /(?:[-._ ](?:AsRequested|Obfuscated|postbot|xpost|Scrambled|BUYMORE|WhiteRev))+(?=\.\w{2,4}$|$)/gi,
  },
  { hint: /mircrew/, pattern: /(?<=[ .](?:by [A-Za-z]\w+|[A-Za-z]+\d\w*)) MIRCrew$/, by: '' },
  { hint: /-re-?enc/, pattern: /-re-?enc(?:oded)?[.-](?=\w+$)/gi, by: '-' },
  { hint: /sample/, pattern: /[-.]sample(?=\.\w{2,4}$)/gi, by: '' },
  // English subtitles are no spoken language.
  { hint: /esub|e-sub|e\.sub/, pattern: /\bE[-.]?Subs?\b/gi, by: 'Subs' },
  { hint: /mux/, pattern: /\b(HDTV|BDRip|BRRip|Blu-?Ray|DVDRip|WEBRip)Mux\b/gi, by: '$1' },
  { hint: /mux/, pattern: /\bBRMux\b/gi, by: 'BluRay' },
  { hint: /tvx26|dlx26|ripx26|rayx26/, pattern: /(TV|DL|Rip|Ray)(?=x26[45])/gi, by: '$1 ' },
  { hint: /mpeg-2|mpeg\.2|mpg2/, pattern: /\b(?:MPEG[-.]2|mpg2)\b/gi, by: 'MPEG2' },
  { hint: /dvd5|dvd9|dvd-/, pattern: /\bdvd-?[59]\b/gi, by: 'DVD' },
  { hint: /dsrip/, pattern: /\bDSRip\b/gi, by: 'SATRip' },
  { hint: /dtsma/, pattern: /\bDTSMA(?![a-z])/gi, by: 'DTS-HD.MA' },
  { hint: /dts-x|dts\.x|dts x/, pattern: /\bDTS[-. ]X(?![\w.]?26)\b/gi, by: 'DTSX' },
  { hint: /hi10|yuv420p10|10bits/, pattern: /\b(?:Hi10P?|yuv420p10|10bits)\b/gi, by: '10bit' },
  { hint: /8bits/, pattern: /\b8bits\b/gi, by: '8bit' },
  { hint: /vhs\.rip|vhs rip/, pattern: /\bVHS[. ]Rip\b/gi, by: 'VHSRip' },
  { hint: /camrp/, pattern: /\bCAMRp\b/gi, by: 'CAMRip' },
  { hint: /dd-|dd\+/, pattern: /\bDD([-+]) ?(?=\d)/g, by: 'DD$1' },
  { hint: / x /, pattern: /\b(\d{3,4}) x (\d{3,4})\b/g, by: '$1x$2' },
  { hint: /bangla/, pattern: /\bBangla\b/g, by: 'Bengali' },
  { hint: /\[ /, pattern: /^\[ (.*) \]$/, by: '$1' },
  { hint: /director cut|director\.cut/, pattern: /\bDirector([ .])Cut\b/gi, by: 'Directors$1Cut' },
  // Discs of a season, all episodes of one, and the parts of a British series.
  { hint: /s\d{1,2}d\d/, pattern: /\bS(\d{1,2})D\d+(?:[-&]\d+)*\b/gi, by: 'S$1' },
  {
    hint: /xall/,
    pattern: /\b(\d{1,2})xAll\b(?:\.Season(?:\.Complete)?)?/gi,
    by: 'Season $1 Complete',
  },
  { hint: /series[ .]\d/, pattern: /\bSeries[ .](\d{1,2})[ .]Part[ .](\d{1,3})\b/gi, by: 'S$1E$2' },
  { hint: /staffel/, pattern: /(\d{1,2})\.[ ._]?Staffel\b/gi, by: 'Season $1' },
  { hint: /staffel/, pattern: /\bStaffel(?=[ ._]?\d)/gi, by: 'Season' },
  // `#07` is an episode of a fansub.
  { hint: /^\[.*[ _]#\d\d/, pattern: /([ _])#(\d{2,3})(?!\d)/g, by: '$1- $2' },
  // Ranges of seasons in words: `S01 to S05`, `Saison 1 à 5`, `Staffel 1 bis 3`, `Сезоны 1-3`.
  {
    hint: /s\d{1,2}[ ._](?:to|thru|through|bis)[ ._]/,
    pattern: /(?<![a-z\d])S(\d{1,2})[ ._](?:to|thru|through|bis)[ ._]S?(\d{1,2})(?![\de])/gi,
    by: 'S$1-S$2',
  },
  {
    hint: /(?:season|saison|staffel|temporada|stagion|сезон)\D{1,4}\d/,
    pattern: new RegExp(
      '(?<![\\p{L}\\d])(?:seasons?|saisons?|staffeln?|temporadas?|stagion[ei])[ ._]+(\\d{1,2})' +
        '[ ._]+(?:to|through|à|a|al|bis)[ ._]+(\\d{1,2})(?!\\d|\\.\\d|[ ._]?[ex]\\d)',
      'giu',
    ),
    by: 'S$1-S$2',
  },
  {
    hint: /сезоны/,
    pattern: /сезоны:?[ ._]*(\d{1,2})[ ._]*[-–][ ._]*(\d{1,2})(?!\d)/giu,
    by: 'S$1-S$2',
  },
  // `Season 2 - 05` is one episode: ranges of seasons have no blanks, or end in one digit, or are complete.
  {
    hint: /\d[ ._]+-[ ._]+\d\d/,
    by: '$1 $2 E$3',
    pattern:
      /(?<![a-z\d])(season|temporada|seizoen)[ ._]?(\d{1,2})[ ._]+-[ ._]+(\d{2,3})(?=v\d|[^\da-z-]|$)(?!.*\bcompl)/gi,
  },
  // Sizes that are taken for lists of episodes.
  { hint: SIZE_HINT, pattern: /(\d[.,]\d{1,3})[._](?=[KMGT]i?B\b)/gi, by: '$1 ' },
  { hint: SIZE_HINT, pattern: /(\d ?[KMGT])iB\b/gi, by: '$1B' },
  { hint: SIZE_HINT, pattern: /(\d[.,]\d{1,2} ?G|\d{3} ?M)o\b/g, by: '$1B' },
  // `(Director, 1922)`: the words beside the year are no part of the name.
  {
    hint: /\([^()\d]{3,44}\d{4}\)/,
    by: '($2) $1',
    pattern: /\((\p{L}[^()\d]{0,40}?)[ ,/-]+((?:19|20)\d\d)\)/gu,
  },
  // The library takes a date with the blanks around it and so joins its neighbours.
  {
    hint: /\d(?:st|nd|rd|th) /,
    pattern: /(\d(?:st|nd|rd|th) [a-z]{3,9} (?:19|20)\d\d) (?=\w)/gi,
    by: '$1 .',
  },
  { hint: DATE_HINT, pattern: /((?:19|20)\d\d([-. ])\d\d\2\d\d)([ .])(?=\w)/g, by: '$1$3.' },
  { hint: DATE_HINT, pattern: /(\d\d([-. ])\d\d\2(?:19|20)\d\d)([ .])(?=\w)/g, by: '$1$3.' },
];

/** In lower case. */
const ANY_HINT = new RegExp([...new Set(REWRITES.map(({ hint }) => hint.source))].join('|'));

/** ` - LOKiHD - Telly`: two releasers at the end; the first one's is the release. */
const TWO_RELEASERS = /^( - (?!Subs)[A-Za-z]\w{1,19}) - (?![SE]P?\d)[A-Za-z]\w{1,19}$/i;
const RELEASERS_CHARS = 46;

/** The title as the library reads it right. @param lower its lower-case form */
export function prepareTitle(title: string, lower: string): string {
  let text = title;
  if (ANY_HINT.test(lower)) {
    for (const { hint, pattern, by } of REWRITES)
      if (hint.test(lower)) text = text.replace(pattern, by);
  }
  return withoutSecondReleaser(text.startsWith('[') ? withEpisodeHyphen(text) : text);
}

function withoutSecondReleaser(title: string): string {
  const second = title.lastIndexOf(' - ');
  if (second < title.length - RELEASERS_CHARS / 2 || second <= 0) return title;
  const first = title.lastIndexOf(' - ', second - 1);
  return first !== -1 && TWO_RELEASERS.test(title.slice(first)) ? title.slice(0, second) : title;
}
