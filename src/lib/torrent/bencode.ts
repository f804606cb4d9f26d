/**
 * Bencoding, read once from front to back. No value is built that nobody asks for, and every value knows where its bytes
 * lie: an infohash is of the bytes as they are, which a decoded and encoded again dictionary need not be.
 */

/** What was not bencoding, or more deeply nested than anything honest is. */
export class BencodeError extends Error {
  override readonly name = 'BencodeError';
}

const DEPTH_MAX = 64;
/** Of the length of a string; ten digits are more than any file has. */
const LENGTH_DIGITS_MAX = 10;
const INTEGER_DIGITS_MAX = 20;

const CODE = {
  d: 0x64,
  e: 0x65,
  i: 0x69,
  l: 0x6c,
  colon: 0x3a,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
};

/** Reads one value after the other. Callbacks may read the value that they are called for; what they leave is passed over. */
export class BencodeCursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Where the next value begins. */
  get position(): number {
    return this.#at;
  }

  /** The number; undefined for another kind of value and beyond the safe integers. @throws BencodeError */
  integer(): number | undefined {
    if (this.#peek() !== CODE.i) return this.#passOver();
    this.#at++;
    const isNegative = this.#peek() === CODE.minus;
    if (isNegative) this.#at++;
    const value = this.#digits(INTEGER_DIGITS_MAX, CODE.e);
    if (!Number.isSafeInteger(value)) return undefined;
    return isNegative ? 0 - value : value;
  }

  /** A view of the string's bytes; undefined for another kind of value. @throws BencodeError */
  bytes(): Uint8Array | undefined {
    if (!isDigit(this.#peek())) return this.#passOver();
    const length = this.#digits(LENGTH_DIGITS_MAX, CODE.colon);
    const end = this.#at + length;
    if (end > this.#bytes.byteLength) throw new BencodeError('it ends in the middle of a string');
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }

  /** Calls back before each item; for another kind of value not at all. @throws BencodeError */
  list(eachItem: () => void): void {
    if (this.#peek() !== CODE.l) return this.#passOver();
    this.#enter();
    while (this.#peek() !== CODE.e) this.#read(eachItem);
    this.#leave();
  }

  /** Calls back before each value, with its key, a character a byte; for another kind not at all. @throws BencodeError */
  dictionary(eachValue: (key: string) => void): void {
    if (this.#peek() !== CODE.d) return this.#passOver();
    this.#enter();
    while (this.#peek() !== CODE.e) {
      const key = isDigit(this.#peek()) ? this.bytes() : undefined;
      if (key === undefined) throw new BencodeError('a key that is no string');
      this.#read(() => eachValue(Buffer.from(key).toString('latin1')));
    }
    this.#leave();
  }

  #read(callback: () => void): void {
    const start = this.#at;
    callback();
    if (this.#at === start) this.#passOver();
  }

  /** Steps behind the next value, whatever it is. */
  #passOver(): undefined {
    const outside = this.#depth;
    do {
      const code = this.#peek();
      if (code === CODE.d || code === CODE.l) this.#enter();
      else if (code === CODE.e && this.#depth > outside) this.#leave();
      else if (code === CODE.i) this.integer();
      else if (isDigit(code)) this.bytes();
      else throw new BencodeError(`an unexpected byte at ${this.#at}`);
    } while (this.#depth > outside);
  }

  #enter(): void {
    if (this.#depth >= DEPTH_MAX)
      throw new BencodeError(`it is nested more than ${DEPTH_MAX} deep`);
    this.#depth++;
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #digits(digitsMax: number, terminator: number): number {
    let value = 0;
    const start = this.#at;
    for (let code = this.#peek(); code !== terminator; code = this.#peek()) {
      if (!isDigit(code) || this.#at - start >= digitsMax)
        throw new BencodeError(`a malformed number at ${start}`);
      value = value * 10 + code - CODE.zero;
      this.#at++;
    }
    if (this.#at === start) throw new BencodeError(`a number without digits at ${start}`);
    this.#at++;
    return value;
  }

  #peek(): number {
    const code = this.#bytes[this.#at];
    if (code === undefined) throw new BencodeError('it ends too early');
    return code;
  }
}

function isDigit(code: number): boolean {
  return code >= CODE.zero && code <= CODE.nine;
}
