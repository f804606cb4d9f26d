/** Numbers as feeds write them. Nothing is guessed: what is not one is unknown. */
import { sizeBytesOf } from '../release-title/size.ts';

const DIGITS = /^\+?\d{1,16}$/;

/** A whole number from 0 to 2^53 - 1 in digits alone, or null: neither `0x1F` nor `1e3` is one. */
export function readCount(text: string | undefined): number | null {
  const plain = text?.trim() ?? '';
  const value = DIGITS.test(plain) ? Number(plain) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** A third decimal place would be read as a group of thousands. */
const LONG_FRACTION = /(\.\d\d)\d+/;

/** Bytes in digits, or with a unit (`1.4 GiB`, `839.71 MB`); 0 when unknown. */
export function readSize(text: string | undefined): number {
  const plain = text?.trim() ?? '';
  return readCount(plain) ?? sizeBytesOf(plain.replace(LONG_FRACTION, '$1')) ?? 0;
}
