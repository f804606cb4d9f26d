/** Texts that are put together from UTF-8 parts: no string is made, flattened and encoded for each. */

/** No release name is nearly so long. */
const TEXT_BYTES_MAX = 4096;
const ZERO = 48;

const encoder = new TextEncoder();

/** UTF-8, for parts that are used often. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export class ByteText {
  readonly bytes = new Uint8Array(TEXT_BYTES_MAX);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  add(part: Uint8Array): void {
    const target = this.bytes;
    const start = this.length;
    for (let index = 0; index < part.length; index++) target[start + index] = part[index] ?? 0;
    this.length = start + part.length;
  }

  addByte(code: number): void {
    this.bytes[this.length++] = code;
  }

  /** A letter and a number of two digits or more: `S02`, `E105`. */
  addNumbered(letterCode: number, number: number): void {
    this.bytes[this.length++] = letterCode;
    if (number > 99) this.bytes[this.length++] = ZERO + Math.floor(number / 100);
    this.bytes[this.length++] = ZERO + (Math.floor(number / 10) % 10);
    this.bytes[this.length++] = ZERO + (number % 10);
  }
}
