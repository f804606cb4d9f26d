/**
 * Reads what lz-string's `compressToEncodedURIComponent` wrote. Our own, as a text of a few KB may stand for gigabytes, and the
 * library has no limit; it is what the tests compare with.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$';
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter.charCodeAt(0), value]));
const BITS_PER_LETTER = 6;
const PLUS = '+'.charCodeAt(0);
const SPACE = ' '.charCodeAt(0);

/** Codes that stand for no text. */
const CHARACTER_8 = 0;
const CHARACTER_16 = 1;
const END = 2;
const FIRST_ENTRY = 3;

export type Decompressed =
  | { readonly text: string }
  /** `cut`: it ends in the middle or is none; `large`: longer than accepted. */
  | { readonly problem: 'cut' | 'large' };

/** Never throws. @param charsMax of the text */
export function decompressEncoded(encoded: string, charsMax: number): Decompressed {
  const bits = new BitReader(encoded);
  const pieces: string[] = [];
  const entries: string[] = ['', '', ''];
  let last = '';
  let chars = 0;
  // The first code has two bits; one more for each doubling of the entries.
  let width = 2;
  for (;;) {
    const code = bits.read(width);
    if (code === END) return { text: pieces.join('') };
    const entry = readEntry(code, last, entries, bits);
    if (entry === undefined) return { problem: 'cut' };
    chars += entry.length;
    if (chars > charsMax) return { problem: 'large' };
    pieces.push(entry);
    if (last !== '') entries.push(last + entry.charAt(0));
    last = entry;
    width = widthFor(entries.length);
  }
}

/** Undefined where nothing is known by the code, or the text has ended. */
function readEntry(
  code: number,
  last: string,
  entries: string[],
  bits: BitReader,
): string | undefined {
  if (code === CHARACTER_8 || code === CHARACTER_16) {
    const character = bits.read(code === CHARACTER_8 ? 8 : 16);
    if (character < 0) return undefined;
    const text = String.fromCharCode(character);
    entries.push(text);
    return text;
  }
  if (code < FIRST_ENTRY) return undefined;
  // What is about to be entered, used at once.
  return code === entries.length && last !== '' ? last + last.charAt(0) : entries[code];
}

/** Bits of the next code: it may be the entry that is about to be made. */
function widthFor(entries: number): number {
  return Math.max(FIRST_ENTRY, 32 - Math.clz32(entries));
}

/** Letters hold six bits each, the highest first; numbers are written with the lowest first. */
class BitReader {
  readonly #text: string;
  #at = 0;
  #value = 0;
  #left = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** -1 behind the end, and where a letter is none of the alphabet. */
  read(count: number): number {
    let number = 0;
    for (let bit = 0; bit < count; bit++) {
      if (this.#left === 0 && !this.#next()) return -1;
      this.#left--;
      number |= ((this.#value >>> this.#left) & 1) << bit;
    }
    return number;
  }

  #next(): boolean {
    const letter = this.#text.charCodeAt(this.#at++);
    // A plus that went through a form is a blank.
    const value = VALUES.get(letter === SPACE ? PLUS : letter);
    if (value === undefined) return false;
    this.#value = value;
    this.#left = BITS_PER_LETTER;
    return true;
  }
}
