/**
 * gzip (RFC 1952) of texts that are made of known pieces: the work of finding repetitions is a look-up a piece instead of
 * a search a byte, and a piece that is new to the text is sent as bits that were computed once.
 * 25 streams take a third to a half of what zlib's fast levels take (docs/decisions/0015-written-rows.md).
 */
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { DISTANCE_MAX, LIST_CODE_LENGTHS, ListCode, MATCH_BYTES_MAX } from './list-code.ts';
import type { PieceTable } from './piece-table.ts';
import { BitList } from './prefix-code.ts';

export const LIST_CODE = new ListCode(LIST_CODE_LENGTHS);

/** Shorter repetitions cost as much as what they repeat. */
const MATCH_BYTES_MIN = 4;
/** A piece of so few bits is sent as it is unless it goes on with a repetition: half as many bits to put together. */
const SHORT_BITS = 16;
/** Between two parts: no piece has it, so no repetition goes across. */
const BARRIER = -1;
/** Magic, deflate, no flags, no time, fastest, unknown system (RFC 1952 section 2.3). */
const GZIP_HEAD = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
/** The head of 10 bytes is followed by whole words. */
const PADDING_BYTES = 2;
const TRAILER_BYTES = 8;

/** A text as it is compressed: parts of known pieces, with the same bytes before, between and after them. */
export interface PiecedText {
  readonly bytes: Uint8Array;
  readonly table: PieceTable;
  /** Piece numbers of each part. */
  readonly parts: readonly Uint16Array[];
}

export interface Frame {
  readonly before: Uint8Array;
  /** One byte. */
  readonly between: number;
  readonly after: Uint8Array;
}

export class PieceGzip {
  readonly #code: ListCode;
  readonly #frame: Frame;
  readonly #startWords: Int32Array;
  readonly #startBits: number;
  readonly #startWord: number;
  /** The last piece of each number: its place in `#pieces`. Overwritten by every call, like all that follow. */
  #lastOf = new Int32Array(1024);
  #pieces = new Int32Array(4096);
  #positions = new Int32Array(4096);
  #words = new Int32Array(16_384);
  #bytes = Buffer.from(this.#words.buffer);
  /** Bits that do not fill a word yet, how many they are, and where the word will go. */
  #word = 0;
  #filled = 0;
  #at = 0;

  constructor(frame: Frame, code: ListCode = LIST_CODE) {
    this.#code = code;
    this.#frame = frame;
    const start = new BitList();
    for (let padding = 0; padding < PADDING_BYTES; padding++) start.add(0, 8);
    for (const byte of GZIP_HEAD) start.add(byte, 8);
    start.bits.push(...code.head.bits);
    for (const byte of frame.before)
      start.add(code.literalCodes[byte] ?? 0, code.literalLengths[byte] ?? 0);
    this.#startWords = new Int32Array(start.bits.length >> 5);
    this.#startBits = start.bits.length & 31;
    let rest = 0;
    start.bits.forEach((bit, at) => {
      const word = at >> 5;
      if (word < this.#startWords.length)
        this.#startWords[word] = (this.#startWords[word] ?? 0) | (bit << (at & 31));
      else rest |= bit << (at & 31);
    });
    this.#startWord = rest;
  }

  /** The compressed text, in memory that the next call overwrites. */
  compress(text: PiecedText): Buffer {
    this.#reserve(text);
    this.#words.set(this.#startWords);
    this.#at = this.#startWords.length;
    this.#word = this.#startWord;
    this.#filled = this.#startBits;
    this.#lastOf.fill(BARRIER, 0, text.table.count);
    const { between } = this.#frame;
    const { literalCodes, literalLengths } = this.#code;
    let position = this.#frame.before.length;
    let count = 0;
    for (const [at, part] of text.parts.entries()) {
      if (at > 0) {
        this.#put(literalCodes[between] ?? 0, literalLengths[between] ?? 0);
        position++;
      }
      this.#pieces[count++] = BARRIER;
      position = this.#part(part, text.table, count, position);
      count += part.length;
    }
    this.#pieces[count] = BARRIER;
    for (const byte of this.#frame.after)
      this.#put(literalCodes[byte] ?? 0, literalLengths[byte] ?? 0);
    this.#put(this.#code.endCode, this.#code.endLength);
    return this.#finish(text.bytes);
  }

  /** Sends one part, of which the first piece is number `count` of the text; returns the position after it. */
  #part(part: Uint16Array, table: PieceTable, first: number, start: number): number {
    const pieces = this.#pieces;
    const positions = this.#positions;
    const lastOf = this.#lastOf;
    const { lengths, bitCounts } = table;
    let position = start;
    let count = first;
    /** Place of the piece that the last one repeats, or BARRIER; what it repeats began at `from`, `distance` before. */
    let repeated = BARRIER;
    let from = 0;
    let distance = 0;
    let firstRepeated = 0;
    for (let at = 0; at < part.length; at++, count++) {
      const number = part[at] ?? 0;
      if (repeated !== BARRIER && pieces[repeated + 1] === number) {
        repeated++;
      } else {
        if (repeated !== BARRIER)
          this.#repeat(table, position - from, distance, firstRepeated, count);
        repeated = (bitCounts[number] ?? 0) <= SHORT_BITS ? BARRIER : (lastOf[number] ?? BARRIER);
        if (repeated === BARRIER) {
          this.#literals(table, number);
        } else {
          from = position;
          distance = position - (positions[repeated] ?? 0);
          firstRepeated = count;
        }
      }
      pieces[count] = number;
      positions[count] = position;
      lastOf[number] = count;
      position += lengths[number] ?? 0;
    }
    if (repeated !== BARRIER) this.#repeat(table, position - from, distance, firstRepeated, count);
    return position;
  }

  /** `length` bytes as they stood `distance` bytes before; where that does not pay, the pieces themselves. */
  #repeat(
    table: PieceTable,
    length: number,
    distance: number,
    firstPiece: number,
    endPiece: number,
  ): void {
    if (length < MATCH_BYTES_MIN || distance > DISTANCE_MAX) {
      for (let at = firstPiece; at < endPiece; at++) this.#literals(table, this.#pieces[at] ?? 0);
      return;
    }
    const {
      matchCodes,
      matchLengths,
      distanceSymbols,
      distanceCodes,
      distanceLengths,
      distanceBits,
      distanceBases,
    } = this.#code;
    const symbol =
      distanceSymbols[distance <= 256 ? distance - 1 : 256 + ((distance - 1) >> 7)] ?? 0;
    const extra = distance - (distanceBases[symbol] ?? 0);
    const distanceCode = (distanceCodes[symbol] ?? 0) | (extra << (distanceLengths[symbol] ?? 0));
    const distanceCount = distanceBits[symbol] ?? 0;
    for (let left = length; left > 0;) {
      // What is left must be nothing or a repetition again.
      const taken = left <= MATCH_BYTES_MAX ? left : Math.min(MATCH_BYTES_MAX, left - 3);
      const matchCode = matchCodes[taken] ?? 0;
      const matchCount = matchLengths[taken] ?? 0;
      if (matchCount + distanceCount <= 32) {
        this.#put(matchCode | (distanceCode << matchCount), matchCount + distanceCount);
      } else {
        this.#put(matchCode, matchCount);
        this.#put(distanceCode, distanceCount);
      }
      left -= taken;
    }
  }

  #literals({ wordStarts, bitCounts, words }: PieceTable, number: number): void {
    let from = wordStarts[number] ?? 0;
    let left = bitCounts[number] ?? 0;
    for (; left >= 32; left -= 32) this.#put(words[from++] ?? 0, 32);
    if (left > 0) this.#put(words[from] ?? 0, left);
  }

  /** The low `count` bits of `bits`, of which the others are 0; 1 to 32. */
  #put(bits: number, count: number): void {
    const filled = this.#filled;
    const total = filled + count;
    const word = this.#word | (bits << filled);
    const isFull = total >> 5;
    this.#words[this.#at] = word;
    this.#at += isFull;
    this.#filled = total & 31;
    // Without a branch, which would be guessed wrong half of the time. What did not fit: a shift by 32 would be one by 0.
    this.#word = (word & (isFull - 1)) | (((bits >>> 1) >>> (31 - filled)) & -isFull);
  }

  #finish(text: Uint8Array): Buffer {
    this.#words[this.#at] = this.#word;
    const end = this.#at * 4 + ((this.#filled + 7) >> 3);
    this.#bytes.writeUInt32LE(crc32(text), end);
    this.#bytes.writeUInt32LE(text.byteLength, end + 4);
    return this.#bytes.subarray(PADDING_BYTES, end + TRAILER_BYTES);
  }

  #reserve({ bytes, table, parts }: PiecedText): void {
    let pieceCount = 1;
    for (const part of parts) pieceCount += part.length + 1;
    if (this.#pieces.length < pieceCount) {
      this.#pieces = new Int32Array(pieceCount * 2);
      this.#positions = new Int32Array(pieceCount * 2);
    }
    if (this.#lastOf.length < table.count) this.#lastOf = new Int32Array(table.count * 2);
    // A literal has 15 bits at most, and repetitions are shorter than what they repeat.
    const wordsMax = this.#startWords.length + (bytes.byteLength >> 1) + 8;
    if (this.#words.length >= wordsMax) return;
    this.#words = new Int32Array(wordsMax * 2);
    this.#bytes = Buffer.from(this.#words.buffer);
  }
}
