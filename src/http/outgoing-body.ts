/** One body on its way to one reader, with the little that the socket has not taken yet. */
import type { Exchange } from './exchange.ts';
import type { PartialWrite, SlowReaders } from './slow-readers.ts';
import type { NativeResponse } from './uws.ts';

export interface OutgoingBodyOptions {
  readonly exchange: Exchange;
  readonly response: NativeResponse;
  readonly slowReaders: SlowReaders;
  /** Null: sent in chunks. */
  readonly bodyBytes: number | null;
}

const NOTHING = Buffer.alloc(0);
const PIECE_BYTES = 64 * 1024;
/** `write` takes what the socket does not, and only writing more drains it: little, until all is gone again. */
const PROBE_BYTES = 1024;

export class OutgoingBody implements PartialWrite {
  /** Bytes of the body that were handed over. */
  offset = 0;
  readonly #options: OutgoingBodyOptions;
  /** What goes out now. */
  #chunk: Uint8Array = NOTHING;
  /** Where it begins within the body. */
  #chunkStart = 0;
  #isWaiting = false;
  /** What `write` was given last is still in memory, at least in part. */
  #isBehind = false;
  #taken: ((isTaken: boolean) => void) | null = null;

  constructor(options: OutgoingBodyOptions) {
    this.#options = options;
    options.response.onWritable((offset) => this.#goOn(offset));
  }

  /** True once the reader took it, false when nobody reads any more; at once where the socket takes it. */
  send(chunk: Uint8Array): true | Promise<boolean> {
    const { exchange, bodyBytes } = this.#options;
    const { response } = exchange;
    if (response === null) return Promise.resolve(false);
    if (chunk.byteLength === 0) return true;
    if (bodyBytes !== null && this.offset + chunk.byteLength > bodyBytes)
      throw new RangeError(`the body is longer than the ${bodyBytes} bytes that were announced`);
    this.#chunk = chunk;
    this.#chunkStart = this.offset;
    let isTaken = false;
    response.cork(() => {
      isTaken = this.#write(response);
    });
    return isTaken || this.#wait();
  }

  /** The body is whole: resolves when it is with the reader, as far as can be told. */
  async end(): Promise<void> {
    if (this.#isBehind && this.#options.exchange.response !== null) await this.#wait();
    const { exchange, bodyBytes } = this.#options;
    const { response } = exchange;
    if (response === null) return;
    if (bodyBytes !== null && bodyBytes !== this.offset) return this.breakOff();
    exchange.response = null;
    if (bodyBytes === 0) response.cork(() => response.tryEnd(NOTHING, 0));
    // With `true` a line `Connection: close` would get into the body.
    else if (bodyBytes === null) response.cork(() => response.end(NOTHING, false));
  }

  /** The reader is to see that the body is not whole. */
  breakOff(): void {
    this.#options.exchange.response?.close();
  }

  /** From `SlowReaders`. */
  close(): void {
    this.breakOff();
  }

  /** Nobody reads any more. */
  leave(): void {
    this.#settle(false);
  }

  #wait(): Promise<boolean> {
    this.#options.slowReaders.add(this);
    this.#isWaiting = true;
    return new Promise((resolve) => {
      this.#taken = resolve;
    });
  }

  #settle(isTaken: boolean): void {
    this.#options.slowReaders.delete(this);
    this.#isWaiting = false;
    this.#taken?.(isTaken);
    this.#taken = null;
  }

  /** The socket takes more; called now and then when it does not. */
  #goOn(offset: number): boolean {
    const { response } = this.#options.exchange;
    if (!this.#isWaiting || response === null) return true;
    if (this.#options.bodyBytes !== null) this.offset = offset;
    const isTaken = this.#write(response);
    if (isTaken) this.#settle(true);
    return isTaken;
  }

  /** Whether all of the chunk has gone. */
  #write(response: NativeResponse): boolean {
    const { bodyBytes } = this.#options;
    if (bodyBytes !== null) return this.#tryWrite(response, bodyBytes);
    while (this.#rest > 0) {
      const from = this.offset - this.#chunkStart;
      const bytes = this.#isBehind ? PROBE_BYTES : PIECE_BYTES;
      const piece = this.#chunk.subarray(from, from + bytes);
      this.offset += piece.byteLength;
      this.#isBehind = !response.write(piece);
      if (this.#isBehind) return false;
    }
    return true;
  }

  get #rest(): number {
    return this.#chunkStart + this.#chunk.byteLength - this.offset;
  }

  /** With a length nothing stays behind: the socket says how much it took. */
  #tryWrite(response: NativeResponse, bodyBytes: number): boolean {
    const [isTaken, isDone] = response.tryEnd(
      this.#chunk.subarray(this.offset - this.#chunkStart),
      bodyBytes,
    );
    if (isDone) this.#options.exchange.response = null;
    if (isTaken || isDone) this.offset = this.#chunkStart + this.#chunk.byteLength;
    return isTaken || isDone;
  }
}
