/**
 * Text cut into pieces that are likely to come again, each distinct one known by number, with the bits that it is sent
 * as. Flat arrays, no object a piece.
 */
import { JsonPieces } from './json-pieces.ts';
import type { ListCode } from './list-code.ts';

/** Piece numbers are 16 bits wide. */
const PIECES_MAX = 65_535;
const NONE = 0xffff;
/** Where a piece that changes stands: it is not found by its bytes. */
const NOWHERE = 0xffff_ffff;
const PIECE_BYTES_MAX = 65_535;
/** Longest bits of a byte, in 32-bit words a byte. */
const WORDS_PER_BYTE_MAX = 15 / 32;

/** In a text that is cut: bytes that are one piece, which is told by its number. */
export interface ChangingPiece {
  /** Where it begins in the text. */
  readonly start: number;
  readonly number: number;
}

/** Its result is read before it is asked again. */
const cutter = new JsonPieces();

export class PieceTable {
  readonly #code: ListCode;
  /** Open addressing; twice as many slots as pieces at least. */
  #slots = new Uint16Array(512).fill(NONE);
  #starts = new Uint32Array(256);
  #wordEnd = 0;
  /** Number of distinct pieces. */
  count = 0;
  /** Length of each piece in bytes. */
  lengths = new Uint16Array(256);
  /** Where the bits of each piece begin in `words`, and how many they are. */
  wordStarts = new Uint32Array(256);
  bitCounts = new Uint32Array(256);
  words = new Int32Array(1024);

  constructor(code: ListCode) {
    this.#code = code;
  }

  /** Memory that the table holds. */
  get sizeBytes(): number {
    return (
      this.#slots.byteLength +
      this.#starts.byteLength +
      this.lengths.byteLength +
      this.wordStarts.byteLength +
      this.bitCounts.byteLength +
      this.words.byteLength
    );
  }

  /**
   * The numbers of the pieces from `start` to `end`, in order; null when the table is full.
   * @param text holds everything that was cut before, where it was then
   * @param changing of `addChanging`: within one piece of what is around it
   */
  cut(
    text: Uint8Array,
    start: number,
    end: number,
    changing: ChangingPiece | null = null,
  ): Uint16Array | null {
    const count = cutter.cut(text, start, end);
    if (this.count + count + 1 > PIECES_MAX) return null;
    const numbers = new Uint16Array(changing === null ? count : count + 2);
    let at = 0;
    let from = start;
    for (let piece = 0; piece < count; piece++) {
      const to = cutter.cuts[piece] ?? end;
      if (to - from > PIECE_BYTES_MAX) return null;
      if (changing !== null && from <= changing.start && changing.start < to) {
        if (changing.start > from) numbers[at++] = this.#numberOf(text, from, changing.start);
        numbers[at++] = changing.number;
        from = changing.start + (this.lengths[changing.number] ?? 0);
        if (from > to) return null;
      }
      if (from < to) numbers[at++] = this.#numberOf(text, from, to);
      from = to;
    }
    return at === numbers.length ? numbers : numbers.slice(0, at);
  }

  /** The number of a piece of so many bytes, which `change` sets; null when the table is full. */
  addChanging(length: number): number | null {
    if (this.count >= PIECES_MAX) return null;
    const number = this.#add(length);
    this.#starts[number] = NOWHERE;
    const words = Math.ceil(length * WORDS_PER_BYTE_MAX) + 1;
    if (this.#wordEnd + words > this.words.length)
      this.words = grown(this.words, (this.#wordEnd + words) * 2);
    this.wordStarts[number] = this.#wordEnd;
    this.#wordEnd += words;
    return number;
  }

  /** What a piece of `addChanging` is from now on. */
  change(number: number, bytes: Uint8Array): void {
    this.#writeBits(number, this.wordStarts[number] ?? 0, bytes, 0, bytes.length);
  }

  #numberOf(text: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(text, from, to) & mask;
    for (let known = this.#slots[slot] ?? NONE; known !== NONE; known = this.#slots[slot] ?? NONE) {
      if (this.#isPiece(known, text, from, to)) return known;
      slot = (slot + 1) & mask;
    }
    const number = this.#add(to - from);
    this.#slots[slot] = number;
    this.#starts[number] = from;
    this.#keepBits(number, text, from, to);
    if (this.count * 2 > this.#slots.length) this.#growSlots(text);
    return number;
  }

  #add(length: number): number {
    const number = this.count++;
    if (number === this.lengths.length) this.#growPieces();
    this.lengths[number] = length;
    return number;
  }

  #isPiece(number: number, text: Uint8Array, from: number, to: number): boolean {
    if (this.lengths[number] !== to - from) return false;
    let other = this.#starts[number] ?? 0;
    for (let at = from; at < to; at++, other++) if (text[other] !== text[at]) return false;
    return true;
  }

  #keepBits(number: number, text: Uint8Array, from: number, to: number): void {
    const needed = this.#wordEnd + ((to - from) >> 1) + 2;
    if (needed > this.words.length) this.words = grown(this.words, needed * 2);
    this.wordStarts[number] = this.#wordEnd;
    this.#wordEnd = this.#writeBits(number, this.#wordEnd, text, from, to);
  }

  /** The piece as literals, in words of 32 bits from `start` on, the last one filled up with zeros; returns where they end. */
  #writeBits(number: number, start: number, text: Uint8Array, from: number, to: number): number {
    const { literalCodes, literalLengths } = this.#code;
    let end = start;
    let bitCount = 0;
    let word = 0;
    let filled = 0;
    for (let at = from; at < to; at++) {
      const code = literalCodes[text[at] ?? 0] ?? 0;
      const length = literalLengths[text[at] ?? 0] ?? 0;
      word |= code << filled;
      filled += length;
      bitCount += length;
      if (filled < 32) continue;
      this.words[end++] = word;
      filled -= 32;
      word = filled === 0 ? 0 : code >>> (length - filled);
    }
    if (filled > 0) this.words[end++] = word;
    this.bitCounts[number] = bitCount;
    return end;
  }

  #growPieces(): void {
    const length = this.lengths.length * 2;
    this.lengths = grown(this.lengths, length);
    this.#starts = grown(this.#starts, length);
    this.wordStarts = grown(this.wordStarts, length);
    this.bitCounts = grown(this.bitCounts, length);
  }

  #growSlots(text: Uint8Array): void {
    const slots = new Uint16Array(this.#slots.length * 2).fill(NONE);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      const start = this.#starts[number] ?? 0;
      if (start === NOWHERE) continue;
      let slot = hashOf(text, start, start + (this.lengths[number] ?? 0)) & mask;
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

/** FNV-1a, with its high bits folded in. */
function hashOf(text: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (text[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

function grown<Numbers extends Uint16Array | Uint32Array | Int32Array>(
  array: Numbers,
  length: number,
): Numbers {
  const larger = new (array.constructor as new (length: number) => Numbers)(length);
  larger.set(array);
  return larger;
}
