/** Rows as COPY's binary format takes them, written straight into the protocol's messages. */

/** Receives chunks that are full, and gives an empty one for each. */
export type SendChunk = (full: Uint8Array<ArrayBuffer>, rows: number) => Uint8Array<ArrayBuffer>;

/** The server reads a message as a whole before its first row: larger ones leave its cache and keep it waiting. */
const MESSAGE_BYTES = 64 * 1024;
/** No row is longer: texts are made of a handful of words. */
const ROW_BYTES_MAX = 16 * 1024;
const COPY_DATA = 'd'.charCodeAt(0);
const COPY_DONE = 'c'.charCodeAt(0);
/** What a stream of binary rows begins with: the signature, no flags, no extension (documentation of COPY). */
const SIGNATURE = [
  0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0,
];
/** Ends the rows (−1 as their number of columns), then CopyDone. */
const TRAILER = [0xff, 0xff, COPY_DONE, 0, 0, 0, 4];
const HEAD_BYTES = 5;
const YEAR_2000_S = Date.UTC(2000, 0, 1) / 1000;
const SECONDS_OF_DAY = 86_400;
/** Shorter texts are faster to write character by character than by a call of the runtime. */
const SHORT_TEXT = 24;

/**
 * One table. A chunk holds everything that one COPY statement needs: messages with rows, the trailer and
 * CopyDone. Columns are written in the order of the statement; nothing checks their number or types but the server.
 */
export class RowWriter {
  readonly #columns: number;
  readonly #send: SendChunk;
  #bytes: Buffer<ArrayBuffer>;
  #view: DataView;
  #at = 0;
  #messageAt = 0;
  #chunkRows = 0;
  #rows = 0;

  constructor(columns: number, first: Uint8Array<ArrayBuffer>, send: SendChunk) {
    this.#columns = columns;
    this.#send = send;
    this.#bytes = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
    this.#view = new DataView(first.buffer, first.byteOffset, first.byteLength);
    this.#begin();
  }

  /** So far, sent or not. */
  get rows(): number {
    return this.#rows;
  }

  /** Begins a row: as many values have to follow as there are columns. */
  row(): void {
    if (this.#at + ROW_BYTES_MAX > this.#bytes.length) this.flush();
    else if (this.#at - this.#messageAt > MESSAGE_BYTES) this.#nextMessage();
    this.#view.setInt16(this.#at, this.#columns);
    this.#at += 2;
    this.#chunkRows++;
    this.#rows++;
  }

  int2(value: number): void {
    this.#view.setInt32(this.#at, 2);
    this.#view.setInt16(this.#at + 4, value);
    this.#at += 6;
  }

  int4(value: number): void {
    this.#view.setInt32(this.#at, 4);
    this.#view.setInt32(this.#at + 4, value);
    this.#at += 8;
  }

  /** Up to 2^53. */
  int8(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.#view.setInt32(this.#at, 8);
    this.#view.setInt32(this.#at + 4, high);
    this.#view.setInt32(this.#at + 8, value - high * 0x1_0000_0000);
    this.#at += 12;
  }

  float4(value: number): void {
    this.#view.setInt32(this.#at, 4);
    this.#view.setFloat32(this.#at + 4, value);
    this.#at += 8;
  }

  bool(value: boolean): void {
    this.#view.setInt32(this.#at, 1);
    this.#bytes[this.#at + 4] = value ? 1 : 0;
    this.#at += 5;
  }

  null(): void {
    this.#view.setInt32(this.#at, -1);
    this.#at += 4;
  }

  /** @param seconds since 1970, whole */
  timestamp(seconds: number): void {
    this.int8((seconds - YEAR_2000_S) * 1_000_000);
  }

  /** @param seconds since 1970 */
  date(seconds: number): void {
    this.int4(Math.floor((seconds - YEAR_2000_S) / SECONDS_OF_DAY));
  }

  text(value: string): void {
    const bytes = value.length <= SHORT_TEXT ? this.#shortText(value) : -1;
    const length = bytes >= 0 ? bytes : this.#bytes.write(value, this.#at + 4);
    this.#view.setInt32(this.#at, length);
    this.#at += 4 + length;
  }

  /** Of bytea, or of a text that is UTF-8 already. */
  bytes(value: Uint8Array, length: number): void {
    this.#view.setInt32(this.#at, length);
    const target = this.#bytes;
    const start = this.#at + 4;
    for (let index = 0; index < length; index++) target[start + index] = value[index] ?? 0;
    this.#at = start + length;
  }

  /** tsvector: lexemes without positions. */
  lexemes(values: readonly string[]): void {
    const lengthAt = this.#at;
    this.#view.setInt32(lengthAt + 4, values.length);
    this.#at += 8;
    for (const value of values) {
      this.#at += this.#bytes.write(value, this.#at);
      this.#bytes.fill(0, this.#at, this.#at + 3);
      this.#at += 3;
    }
    this.#view.setInt32(lengthAt, this.#at - lengthAt - 4);
  }

  /** Sends the rows that have been gathered, if any. */
  flush(): void {
    if (this.#chunkRows === 0) return;
    // The trailer's first two bytes are still rows; CopyDone is a message of its own.
    this.#bytes.set(TRAILER, this.#at);
    this.#endMessage(this.#at + 2);
    const next = this.#send(this.#bytes.subarray(0, this.#at + TRAILER.length), this.#chunkRows);
    this.#bytes = Buffer.from(next.buffer, next.byteOffset, next.byteLength);
    this.#view = new DataView(next.buffer, next.byteOffset, next.byteLength);
    this.#begin();
  }

  /** Length of an ASCII text that was written; −1 for any other. */
  #shortText(value: string): number {
    const target = this.#bytes;
    const start = this.#at + 4;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return -1;
      target[start + index] = code;
    }
    return value.length;
  }

  #begin(): void {
    this.#chunkRows = 0;
    this.#messageAt = 0;
    this.#at = HEAD_BYTES + SIGNATURE.length;
    this.#bytes.set(SIGNATURE, HEAD_BYTES);
  }

  #nextMessage(): void {
    this.#endMessage(this.#at);
    this.#messageAt = this.#at;
    this.#at += HEAD_BYTES;
  }

  #endMessage(end: number): void {
    this.#bytes[this.#messageAt] = COPY_DATA;
    this.#view.setInt32(this.#messageAt + 1, end - this.#messageAt - 1);
  }
}
