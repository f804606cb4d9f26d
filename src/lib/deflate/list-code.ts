/**
 * The prefix code that all lists of streams are compressed with: fixed, so that the bits of a piece of text are computed
 * once. Its lengths were counted over lists of generated titles (docs/decisions/0015-written-rows.md).
 */
import { type BitList, canonicalCodes, lastBlockHead } from './prefix-code.ts';

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;

export const MATCH_BYTES_MAX = 258;
export const DISTANCE_MAX = 32_768;

export interface CodeLengths {
  /** 286 symbols: bytes, the end, lengths of repetitions. At most 12 bits each, so that two fit in 32. */
  readonly literals: Uint8Array;
  /** 30 symbols. */
  readonly distances: Uint8Array;
}

/** Everything that writing needs, as numbers in flat tables; bits are sent lowest first. */
export class ListCode {
  readonly literalCodes: Uint16Array;
  readonly literalLengths: Uint8Array;
  /** By length of a repetition, extra bits included: at most 17 bits. */
  readonly matchCodes = new Uint32Array(MATCH_BYTES_MAX + 1);
  readonly matchLengths = new Uint8Array(MATCH_BYTES_MAX + 1);
  /** By distance - 1 up to 256, then by the (distance - 1) / 128 that follow. */
  readonly distanceSymbols = new Uint8Array(512);
  /** By symbol: its bits, how many they are, the smallest distance, and how many bits with the extra ones (at most 25). */
  readonly distanceCodes: Uint16Array;
  readonly distanceLengths: Uint8Array;
  readonly distanceBases = Uint16Array.from(DISTANCE_BASE);
  readonly distanceBits: Uint8Array;
  readonly head: BitList;
  readonly endCode: number;
  readonly endLength: number;

  constructor({ literals, distances }: CodeLengths) {
    this.literalLengths = literals;
    this.literalCodes = canonicalCodes(literals);
    this.distanceLengths = distances;
    this.distanceCodes = canonicalCodes(distances);
    this.distanceBits = distances.map((length, symbol) => length + (DISTANCE_EXTRA[symbol] ?? 0));
    this.head = lastBlockHead(literals, distances);
    this.endCode = this.literalCodes[END_OF_BLOCK] ?? 0;
    this.endLength = literals[END_OF_BLOCK] ?? 0;
    for (let length = 3; length <= MATCH_BYTES_MAX; length++) {
      const step = lengthStep(length);
      const bits = literals[FIRST_LENGTH + step] ?? 0;
      this.matchCodes[length] =
        (this.literalCodes[FIRST_LENGTH + step] ?? 0) |
        ((length - (LENGTH_BASE[step] ?? 0)) << bits);
      this.matchLengths[length] = bits + (LENGTH_EXTRA[step] ?? 0);
    }
    for (let slot = 0; slot < 256; slot++) {
      this.distanceSymbols[slot] = distanceStep(slot + 1);
      this.distanceSymbols[256 + slot] = distanceStep((slot << 7) + 1);
    }
  }
}

/** Symbol of a length of 3 to 258 bytes, counted from the first length symbol. */
function lengthStep(length: number): number {
  return lastAtMost(LENGTH_BASE, length);
}

/** Symbol of a distance of 1 to 32,768 bytes. */
function distanceStep(distance: number): number {
  return lastAtMost(DISTANCE_BASE, distance);
}

function lastAtMost(bases: readonly number[], value: number): number {
  let step = bases.length - 1;
  while ((bases[step] ?? 0) > value) step--;
  return step;
}

/** One character a symbol: the length in base 36. */
const LITERALS = [
  'cccccccccccccccccccccccccccccccc5c6cc7ccccca785655555666567cccccc76867977bcc89a99c7889889aba9bcb',
  'c566656876c867666c56678a88ba78ccacbbccccccccab9ababaaccaccccccb7ccccbccbbcccccccacbbc9ccacabcbcc',
  'cccccccccccccccc9accccccccccccccccbacccccccccccb7ccccccccccbbbbbbb887788a7687788977989bbbbaabb',
].join('');
const DISTANCES = 'bbbbbb8bbbb76ba8423334454567ab';

function lengthsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (digit) => Number.parseInt(digit, 36));
}

export const LIST_CODE_LENGTHS: CodeLengths = {
  literals: lengthsOf(LITERALS),
  distances: lengthsOf(DISTANCES),
};
