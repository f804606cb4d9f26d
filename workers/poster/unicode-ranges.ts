/** CSS `unicode-range` lists, as @fontsource packages publish them for the files that a font is split into. */

/** Pairs of first and last code point, both inclusive. */
export type CodePointRanges = Uint32Array;

/**
 * Reads `U+26, U+0-7F, U+4??` (CSS Fonts 4, section 4.5).
 * @throws SyntaxError for anything else: a font package whose format changed must not fail silently.
 */
export function parseUnicodeRanges(list: string): CodePointRanges {
  const bounds = list.split(',').flatMap((part) => {
    const match = /^U\+([0-9a-f]{0,6})(\?{0,5})(?:-([0-9a-f]{1,6}))?$/i.exec(part.trim());
    const [, digits = '', wild = '', last = ''] = match ?? [];
    const invalid = match === null || digits + wild === '' || (wild !== '' && last !== '');
    if (invalid) throw new SyntaxError(`not a unicode range: ${part.slice(0, 40)}`);
    const first = Number.parseInt(digits + '0'.repeat(wild.length), 16);
    const end =
      last === ''
        ? Number.parseInt(digits + 'F'.repeat(wild.length), 16)
        : Number.parseInt(last, 16);
    if (end < first || end > 0x10_ff_ff)
      throw new SyntaxError(`not a unicode range: ${part.slice(0, 40)}`);
    return [first, end];
  });
  return Uint32Array.from(bounds);
}

export function coversCodePoint(ranges: CodePointRanges, codePoint: number): boolean {
  for (let at = 0; at < ranges.length; at += 2) {
    if (codePoint >= (ranges[at] ?? Infinity) && codePoint <= (ranges[at + 1] ?? -1)) return true;
  }
  return false;
}
