/**
 * Which font files a text needs. CJK and emoji fonts come in up to 125 files each, split by code points;
 * loading all of them would take 0.4 s and 20 MB, a title needs two or three.
 */
import { graphemesOf } from './title-text.ts';
import { coversCodePoint, type CodePointRanges } from './unicode-ranges.ts';

export type FontPackage =
  | 'inter'
  | 'noto-sans-arabic'
  | 'noto-sans-hebrew'
  | 'noto-sans-devanagari'
  | 'noto-sans-thai'
  | 'noto-sans-tamil'
  | 'noto-sans-telugu'
  | 'noto-sans-kannada'
  | 'noto-sans-malayalam'
  | 'noto-sans-bengali'
  | 'noto-sans-gujarati'
  | 'noto-sans-gurmukhi'
  | 'noto-sans-georgian'
  | 'noto-sans-armenian'
  | 'noto-sans-jp'
  | 'noto-sans-kr'
  | 'noto-sans-sc'
  | 'noto-color-emoji';

/** One file of a package: `latin`, `arabic`, or a number for CJK and emoji. */
export interface FontSubset {
  readonly package: FontPackage;
  readonly subset: string;
}

/** Subsets of a package with what they cover, in the package's order. */
export type SubsetTable = ReadonlyMap<string, CodePointRanges>;

export interface FontChoice {
  /** The text without the characters that no bundled font has. Empty when most of it had to go. */
  readonly text: string;
  /** In order of preference. */
  readonly subsets: readonly FontSubset[];
}

const TEXT_PACKAGES: readonly FontPackage[] = [
  'inter',
  'noto-sans-arabic',
  'noto-sans-hebrew',
  'noto-sans-devanagari',
  'noto-sans-thai',
  'noto-sans-tamil',
  'noto-sans-telugu',
  'noto-sans-kannada',
  'noto-sans-malayalam',
  'noto-sans-bengali',
  'noto-sans-gujarati',
  'noto-sans-gurmukhi',
  'noto-sans-georgian',
  'noto-sans-armenian',
];

/** Above this share of missing characters the rest would mislead: the poster goes without a title. */
const MISSING_SHARE_MAX = 0.25;

/** Joiners and variation selectors: they steer shaping and need no glyph of their own. */
const INVISIBLE = /[\u200b-\u200d\u2060]|\p{Variation_Selector}/u;
/** Latin letters may carry any mark, fonts have the usual ones: the others are left out. */
const MARKS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]/g;
const EMOJI =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Regional_Indicator}|\u20e3/u;

/**
 * Chooses for each character the first package that has all of it.
 * @param tableOf gives a package's table; asked only for packages that the text may need
 */
export function chooseFonts(text: string, tableOf: (name: FontPackage) => SubsetTable): FontChoice {
  const cjk = cjkOrder(text);
  const ordered: readonly FontPackage[] = [...TEXT_PACKAGES, ...cjk, 'noto-color-emoji'];
  const emojiFirst: readonly FontPackage[] = ['noto-color-emoji', ...TEXT_PACKAGES, ...cjk];
  const used = new Map<string, FontSubset>();
  let kept = '';
  let missing = 0;
  let visible = 0;
  for (const whole of graphemesOf(text)) {
    if (whole !== ' ') visible++;
    const packages = EMOJI.test(whole) ? emojiFirst : ordered;
    const bare = whole.replace(MARKS, '');
    const grapheme = findSubset(whole, packages, tableOf) === null ? bare : whole;
    const found = grapheme === '' ? null : findSubset(grapheme, packages, tableOf);
    if (found === null) {
      missing++;
      continue;
    }
    used.set(`${found.package}/${found.subset}`, found);
    kept += grapheme;
  }
  const readable = missing <= visible * MISSING_SHARE_MAX;
  const subsets = [...used.values()].sort(
    (a, b) => ordered.indexOf(a.package) - ordered.indexOf(b.package),
  );
  return readable ? { text: kept.replace(/ +/g, ' ').trim(), subsets } : { text: '', subsets: [] };
}

/** Han characters look different by language: kana mean Japanese, hangul Korean, neither Chinese. */
function cjkOrder(text: string): readonly FontPackage[] {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text))
    return ['noto-sans-jp', 'noto-sans-sc', 'noto-sans-kr'];
  if (/\p{Script=Hangul}/u.test(text)) return ['noto-sans-kr', 'noto-sans-jp', 'noto-sans-sc'];
  return ['noto-sans-sc', 'noto-sans-jp', 'noto-sans-kr'];
}

/**
 * The first file that has the whole character, or null. A mark that lies in another file than its letter
 * would be drawn as a box, although both are there.
 */
function findSubset(
  grapheme: string,
  packages: readonly FontPackage[],
  tableOf: (name: FontPackage) => SubsetTable,
): FontSubset | null {
  const visible = Array.from(grapheme).filter((character) => !INVISIBLE.test(character));
  const points = visible.map((character) => character.codePointAt(0) ?? 0);
  for (const name of packages) {
    for (const [subset, ranges] of tableOf(name)) {
      if (points.every((point) => coversCodePoint(ranges, point))) return { package: name, subset };
    }
  }
  return null;
}
