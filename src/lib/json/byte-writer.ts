/**
 * JSON straight to UTF-8 bytes, for the one body that is built on the hot path (streams/present.ts).
 * Strings come as UTF-8 and are escaped byte by byte; no JavaScript string is made of them.
 */
import { Buffer } from 'node:buffer';
import { BufferPool } from './lent-bytes.ts';

const BACKSLASH = 0x5c;
const HEX_DIGITS = Buffer.from('0123456789abcdef');

/** What follows the backslash, by byte; 0 where the byte stands for itself (RFC 8259 section 7). */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(0x75, 0, 0x20); // \u00XX
for (const [character, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\'] as const) {
  ESCAPES[character?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0;
}

/** The bytes of `text` as they stand inside a JSON string: escaped, without quotes. */
export function jsonBytes(text: string): Buffer {
  return Buffer.from(JSON.stringify(text).slice(1, -1));
}

/** Buffers that wait to be written again: as many as bodies are usually on their way at a time. */
const SPARE_BUFFERS_MAX = 16;

/** Grows as needed; `at` may be moved back by the caller to take written bytes away again. */
export class ByteWriter {
  #bytes: Buffer;
  /** Length of `#bytes`: asking a Buffer each time costs 40 % of a whole body (Node 20). */
  #capacity: number;
  readonly #keptBytesMax: number;
  readonly #buffers: BufferPool;
  /** Where the next byte goes. */
  at = 0;

  /**
   * @param bytes room at the start
   * @param keptBytesMax a buffer that grew beyond this is not kept for the next body
   */
  constructor(bytes: number, keptBytesMax: number) {
    this.#buffers = new BufferPool({ bytes, keptBytesMax, sparesMax: SPARE_BUFFERS_MAX });
    this.#bytes = this.#buffers.take();
    this.#capacity = bytes;
    this.#keptBytesMax = keptBytesMax;
  }

  /** A copy of everything written; the writer starts again from nothing. */
  finish(): Buffer {
    const body = Buffer.allocUnsafeSlow(this.at);
    this.#bytes.copy(body, 0, 0, this.at);
    if (this.#capacity > this.#keptBytesMax) this.#resize(this.#keptBytesMax, 0);
    this.at = 0;
    return body;
  }

  /** Everything written, in the writer's own buffer until they are given to `recycle`; the writer goes on with another one. */
  lend(): Buffer {
    const bytes = this.#buffers.lend(this.#bytes, this.at);
    this.#bytes = this.#buffers.take();
    this.#capacity = this.#bytes.byteLength;
    this.at = 0;
    return bytes;
  }

  /** What was written, in the writer's own memory: to be read before anything else is written. */
  peek(): Buffer {
    return this.#bytes.subarray(0, this.at);
  }

  /** Bytes that are JSON already, from `start` to `end` of `source`; for more than 128 bytes. */
  copy(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    source.copy(this.#bytes, this.at, start, end);
    this.at += end - start;
  }

  /** Bytes that are JSON already; short ones: up to 128 bytes the loop beats `TypedArray.set` (a third of a body). */
  raw(bytes: Uint8Array): void {
    const length = bytes.length;
    this.#reserve(length);
    const target = this.#bytes;
    let at = this.at;
    for (let from = 0; from < length; from++) target[at++] = bytes[from] ?? 0;
    this.at = at;
  }

  /** UTF-8 from `start` to `end` of `source` as the inside of a JSON string. */
  escaped(source: Uint8Array, start: number, end: number): void {
    this.#reserve((end - start) * 6);
    const target = this.#bytes;
    let at = this.at;
    for (let from = start; from < end; from++) {
      const byte = source[from] ?? 0;
      const escape = ESCAPES[byte] ?? 0;
      if (escape === 0) {
        target[at++] = byte;
      } else {
        this.at = at;
        this.#escape(byte, escape);
        at = this.at;
      }
    }
    this.at = at;
  }

  /** A whole number from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.#reserve(16);
    if (value >= 1e9) {
      const high = Math.floor(value / 1e9);
      this.integer(high);
      this.#digits(value - high * 1e9, 9);
      return;
    }
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    this.#digits(value, digits);
  }

  /** A number of hundredths with two decimals: 419 is written 4.19. */
  hundredths(value: number): void {
    const whole = Math.floor(value / 100);
    this.integer(whole);
    this.#reserve(3);
    this.#bytes[this.at++] = 0x2e;
    this.#digits(value - whole * 100, 2);
  }

  /** `length` bytes of `source` from `start` as lower-case hexadecimal digits. */
  hex(source: Uint8Array, start: number, length: number): void {
    this.#reserve(length * 2);
    const target = this.#bytes;
    let at = this.at;
    for (let from = start; from < start + length; from++) {
      const byte = source[from] ?? 0;
      target[at++] = HEX_DIGITS[byte >> 4] ?? 0;
      target[at++] = HEX_DIGITS[byte & 15] ?? 0;
    }
    this.at = at;
  }

  /** Repeats what this body already holds from `start` to `end`. */
  repeat(start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.copyWithin(this.at, start, end);
    this.at += end - start;
  }

  /** The last `digits` digits of a whole number below 10^9; the caller has reserved the room. */
  #digits(value: number, digits: number): void {
    const target = this.#bytes;
    let rest = value | 0;
    for (let at = this.at + digits - 1; at >= this.at; at--) {
      target[at] = 0x30 + (rest % 10);
      rest = (rest / 10) | 0;
    }
    this.at += digits;
  }

  #escape(byte: number, escape: number): void {
    const target = this.#bytes;
    target[this.at++] = BACKSLASH;
    target[this.at++] = escape;
    if (escape !== 0x75) return;
    target[this.at++] = 0x30;
    target[this.at++] = 0x30;
    target[this.at++] = HEX_DIGITS[byte >> 4] ?? 0;
    target[this.at++] = HEX_DIGITS[byte & 15] ?? 0;
  }

  #reserve(length: number): void {
    const needed = this.at + length;
    if (needed > this.#capacity) this.#resize(Math.max(needed, this.#capacity * 2), this.at);
  }

  #resize(capacity: number, keptBytes: number): void {
    const resized = Buffer.allocUnsafeSlow(capacity);
    this.#bytes.copy(resized, 0, 0, keptBytes);
    this.#bytes = resized;
    this.#capacity = capacity;
  }
}
