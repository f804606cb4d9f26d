/** Titles made fit for drawing: strange input becomes one line of well-formed text of bounded length. */

/** Longer titles are cut here; what is drawn ends with an ellipsis long before (7 lines of 25 characters). */
const TITLE_GRAPHEMES_MAX = 240;
/** Stacked marks beyond this ("zalgo") climb out of the picture. Vietnamese needs 2, Hebrew 3, Devanagari 3. */
const MARKS_MAX = 4;

const graphemeSegmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** User-perceived characters (UAX #29): what may never be split when lines break or fonts are chosen. */
export function graphemesOf(text: string): string[] {
  return Array.from(graphemeSegmenter.segment(text), (part) => part.segment);
}

/**
 * NFC; white space and control characters as single spaces; no characters that change the direction of the rest (UAX #9),
 * no private-use characters and lone surrogates, at most 4 marks on a base.
 */
export function cleanTitle(raw: string): string {
  // Bounded before the expensive steps: a title of a megabyte must not cost more than one of a line.
  const text = raw
    .slice(0, 8 * TITLE_GRAPHEMES_MAX)
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .normalize('NFC')
    .replace(new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu'), '$1')
    .trim();
  const graphemes = graphemesOf(text);
  return graphemes.length <= TITLE_GRAPHEMES_MAX
    ? text
    : graphemes.slice(0, TITLE_GRAPHEMES_MAX).join('').trim();
}

/** Base direction of a line by its first strong character (UAX #9 rules P2 and P3). */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const strong = /\p{L}/u.exec(text);
  return strong !== null &&
    /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(
      strong[0],
    )
    ? 'rtl'
    : 'ltr';
}
