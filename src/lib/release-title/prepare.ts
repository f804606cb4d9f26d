/**
 * Spellings that the library reads wrong, rewritten before it reads: one pass each, in order. Most titles hold
 * none of the words that the passes are about, and one look for all of them settles that (1 µs).
 */

interface Rewrite {
  readonly pattern: RegExp;
  readonly by: string;
}

/** In lower case; whatever a pass changes holds one of them. */
const ANY_HINT = new RegExp(
  'asrequested|obfuscated|postbot|xpost|scrambled|buymore|whiterev|sample|e-?subs?\\b|mux\\b|(?:tv|dl|rip|ray)x26|mpeg[-.]2|' +
    'mpg2|dvd-?[59]|dsrip|dtsma|dts[-. ]x\\b|hi10|yuv420p10|(?:10|8)bits|vhs[. ]rip|camrp|dd[-+] ?\\d|\\d x \\d|bangla|^\\[ |s\\d{1,2}d\\d|\\dxall|series[ .]\\d{1,2}[ .]part|\\([^()]{1,60}\\b\\d{4}\\)|mircrew',
);

const DATE = new RegExp(
  '((?:19|20)\\d\\d([-. ])\\d\\d\\2\\d\\d|\\d\\d([-. ])\\d\\d\\3(?:19|20)\\d\\d|\\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9} (?:19|20)\\d\\d)([ .])(?=\\w)', 'gi',
);

const REWRITES: readonly Rewrite[] = [
  // What re-posters append to a release.
  { pattern: /(?:[-._ ](?:AsRequested|Obfuscated|postbot|xpost|Scrambled|BUYMORE|WhiteRev))+(?=\.\w{2,4}$|$)/gi, by: '' },
  { pattern: /[-.]sample(?=\.\w{2,4}$)/gi, by: '' },
  // English subtitles are no spoken language.
  { pattern: /\bE[-.]?Subs?\b/gi, by: 'Subs' },
  { pattern: /\b(HDTV|BDRip|BRRip|Blu-?Ray|DVDRip|WEBRip)Mux\b/gi, by: '$1' },
  { pattern: /\bBRMux\b/gi, by: 'BluRay' },
  { pattern: /(TV|DL|Rip|Ray)(?=x26[45])/gi, by: '$1 ' },
  { pattern: /\b(?:MPEG[-.]2|mpg2)\b/gi, by: 'MPEG2' },
  { pattern: /\bdvd-?[59]\b/gi, by: 'DVD' },
  { pattern: /\bDSRip\b/gi, by: 'SATRip' },
  { pattern: /\bDTSMA(?![a-z])/gi, by: 'DTS-HD.MA' },
  { pattern: /\bDTS[-. ]X(?![\w.]?26)\b/gi, by: 'DTSX' },
  { pattern: /\b(?:Hi10P?|yuv420p10|10bits)\b/gi, by: '10bit' },
  { pattern: /\b8bits\b/gi, by: '8bit' },
  { pattern: /\bVHS[. ]Rip\b/gi, by: 'VHSRip' },
  { pattern: /\bCAMRp\b/gi, by: 'CAMRip' },
  { pattern: /\bDD([-+]) ?(?=\d)/g, by: 'DD$1' },
  { pattern: /\b(\d{3,4}) x (\d{3,4})\b/g, by: '$1x$2' },
  { pattern: /\bBangla\b/g, by: 'Bengali' },
  { pattern: /^\[ (.*) \]$/, by: '$1' },
  // A site's name after the group's.
  { pattern: /(?<=[ .][A-Za-z]+\d*[A-Z]\w*|\d{2}) MIRCrew$/, by: '' },
  // Discs of a season, all episodes of one, and the parts of a series.
  { pattern: /\bS(\d{1,2})D\d+(?:[-&]\d+)*\b/gi, by: 'S$1' },
  { pattern: /\b(\d{1,2})xAll\b(?:\.Season)?/gi, by: 'Season $1 Complete' },
  { pattern: /\bSeries[ .](\d{1,2})[ .]Part[ .](\d{1,3})\b/gi, by: 'S$1E$2' },
  // `(Director, 1922)`: the words beside the year are no part of the name.
  { pattern: /\(([^()]{0,60}[\p{L}][^()]{0,20}?)[ ,/-]+((?:19|20)\d\d)\)/gu, by: '($2) $1' },
  // The library takes a date with the blanks around it and so joins its neighbours.
  { pattern: DATE, by: '$1$4.' },
];

/** ` - LOKiHD - Telly`: two releasers at the end; the first one's is the release. */
const TWO_RELEASERS = /^( - (?!Subs)[A-Za-z]\w{1,19}) - [A-Za-z]\w{1,19}$/;
const RELEASERS_CHARS = 46;

/** The title as the library reads it right. @param lower its lower-case form */
export function prepareTitle(title: string, lower: string): string {
  const text = ANY_HINT.test(lower) ? REWRITES.reduce((changed, { pattern, by }) => changed.replace(pattern, by), title) : title;
  return withoutSecondReleaser(text);
}

function withoutSecondReleaser(title: string): string {
  const second = title.lastIndexOf(' - ');
  if (second < title.length - RELEASERS_CHARS / 2 || second <= 0) return title;
  const first = title.lastIndexOf(' - ', second - 1);
  return first !== -1 && TWO_RELEASERS.test(title.slice(first)) ? title.slice(0, second) : title;
}
