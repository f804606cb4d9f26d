/**
 * A text with gaps: places where every copy has other bytes of the same length. Until they are filled they hold bytes that
 * JSON never has, so that whatever reads the text finds no gap twice, and no part of one in another.
 */

import type { Buffer } from 'node:buffer';

/** One gap: where it begins, and which filling goes there. */
export interface Gap {
  readonly start: number;
  readonly filling: number;
}

/** Control characters, which JSON escapes: as many as a prime has places. */
const PLACE_BYTES = 31;

/**
 * What stands in the gaps of one filling, of up to 30. Two bytes that follow each other come together nowhere else.
 * @param length up to 31
 */
export function gapBytes(filling: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => 1 + (((filling + 1) * (at + 1)) % PLACE_BYTES));
}

export class GappedText {
  /** With `gapBytes` in its gaps. */
  readonly bytes: Buffer;
  /** In the order of the text. */
  readonly gaps: readonly Gap[];
  /** Of one gap. */
  readonly gapLength: number;

  constructor(bytes: Buffer, gaps: readonly Gap[], gapLength: number) {
    this.bytes = bytes;
    this.gaps = gaps;
    this.gapLength = gapLength;
  }

  /** @param copy of `bytes` at its beginning @param fillings of `gapLength` bytes each */
  fill(copy: Uint8Array, fillings: readonly Uint8Array[]): void {
    fillGaps(copy, this.gaps, fillings);
  }
}

/** Writes each filling into its gaps: a loop, which beats `TypedArray.set` for so few bytes. */
export function fillGaps(
  target: Uint8Array,
  gaps: readonly Gap[],
  fillings: readonly Uint8Array[],
): void {
  for (const { start, filling } of gaps) {
    const bytes = fillings[filling];
    if (bytes === undefined) continue;
    for (let at = 0; at < bytes.length; at++) target[start + at] = bytes[at] ?? 0;
  }
}
