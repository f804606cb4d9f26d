/** Buffers that are written again when their bytes were sent: new memory for each body makes garbage (docs/memory.md). */
import { Buffer } from 'node:buffer';

export interface BufferPoolOptions {
  /** Of a new buffer. */
  readonly bytes: number;
  /** A buffer that grew beyond this is not kept. */
  readonly keptBytesMax: number;
  /** Buffers that wait to be used again. */
  readonly sparesMax: number;
}

interface Loan {
  readonly bytes: Buffer;
  readonly buffer: Buffer;
  readonly pool: BufferPool;
}

/** Those who were lent longest are forgotten: clients that went away, slow readers. Their buffers are garbage in time. */
const LOANS_MAX = 64;
/** In order of lending: whoever sent bytes needs to know nothing else about them. As a rule there is one, or none. */
const loans: Loan[] = [];

export class BufferPool {
  readonly #options: BufferPoolOptions;
  readonly #spares: Buffer[] = [];

  constructor(options: BufferPoolOptions) {
    this.#options = options;
  }

  /** A buffer that nobody else has. */
  take(): Buffer {
    return this.#spares.pop() ?? Buffer.allocUnsafeSlow(this.#options.bytes);
  }

  /** The first `length` bytes of a buffer that was taken. Until they are given to `recycle`, nobody writes to it. */
  lend(buffer: Buffer, length: number): Buffer {
    const bytes = buffer.subarray(0, length);
    if (loans.length === LOANS_MAX) loans.shift();
    loans.push({ bytes, buffer, pool: this });
    return bytes;
  }

  /** For `recycle`. */
  keep(buffer: Buffer): void {
    const { keptBytesMax, sparesMax } = this.#options;
    if (buffer.byteLength <= keptBytesMax && this.#spares.length < sparesMax)
      this.#spares.push(buffer);
  }
}

/** Nobody reads `bytes` any more: if they were lent, their buffer is used again. Never called, it is garbage in time. */
export function recycle(bytes: Buffer): void {
  for (let at = loans.length - 1; at >= 0; at--) {
    const loan = loans[at];
    if (loan?.bytes !== bytes) continue;
    loans.splice(at, 1);
    loan.pool.keep(loan.buffer);
    return;
  }
}
