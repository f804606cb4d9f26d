/**
 * One HTTP/1.1 client connection of the load generator: one request at a time, answers of a known length.
 * It reads no more of a head than status, length and Retry-After: the generator shares a machine with
 * what it measures.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly hasRetryAfter: boolean;
}

export interface ConnectionOwner {
  /** The whole answer is here and the connection is free again. */
  answered(connection: Connection, answer: Answer): void;
  /** It closed or broke; whatever was asked is not answered. */
  lost(connection: Connection): void;
  received(bytes: number): void;
}

/** Sockets read into one buffer in turn: what arrives is looked at before the next read. */
const SHARED = Buffer.allocUnsafe(256 * 1024);
const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

export class Connection {
  /** When its request was due, on the clock of `performance.now()`; meaningless while it is free. */
  dueAtMs = 0;
  isBusy = false;
  /** It closed, broke or was closed. */
  isLost = false;
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  #headSoFar = '';
  #bodyBytesLeft = -1;
  #answer: Answer = { status: 0, hasRetryAfter: false };

  constructor(port: number, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: SHARED, callback: (bytes, buffer) => this.#read(bytes, buffer) },
    });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('error', reject);
    });
    // Who waits for it hears of it; for the others it is told by `lost`.
    this.opened.catch(() => undefined);
    this.#socket.on('error', () => this.#lose());
    this.#socket.on('close', () => this.#lose());
  }

  /** @param request complete bytes of a request without a body */
  ask(request: Uint8Array, dueAtMs: number): void {
    this.dueAtMs = dueAtMs;
    this.isBusy = true;
    this.#socket.write(request);
  }

  close(): void {
    this.isLost = true;
    this.#socket.destroy();
  }

  #lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.#socket.destroy();
    this.#owner.lost(this);
  }

  #read(bytes: number, buffer: Uint8Array): boolean {
    this.#owner.received(bytes);
    if (this.#bodyBytesLeft < 0) {
      const bodyAt = this.#readHead(bytes, buffer as Buffer);
      if (bodyAt < 0) return true;
      this.#bodyBytesLeft -= bytes - bodyAt;
    } else {
      this.#bodyBytesLeft -= bytes;
    }
    if (this.#bodyBytesLeft > 0) return true;
    if (this.#bodyBytesLeft < 0) {
      // More than was asked for: not an answer that can be believed.
      this.#lose();
      return true;
    }
    this.#bodyBytesLeft = -1;
    this.isBusy = false;
    this.#owner.answered(this, this.#answer);
    return true;
  }

  /** Where the body begins in this chunk; negative while the head is not complete. */
  #readHead(bytes: number, buffer: Buffer): number {
    const end = buffer.subarray(0, bytes).indexOf(HEAD_END);
    if (this.#headSoFar === '' && end >= 0) {
      this.#understand(buffer.toString('latin1', 0, end));
      return end + HEAD_END.byteLength;
    }
    return this.#readSplitHead(buffer.toString('latin1', 0, bytes));
  }

  #readSplitHead(chunk: string): number {
    const before = this.#headSoFar.length;
    this.#headSoFar += chunk;
    const end = this.#headSoFar.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#headSoFar.length > HEAD_BYTES_MAX) this.#lose();
      return -1;
    }
    this.#understand(this.#headSoFar.slice(0, end));
    this.#headSoFar = '';
    return end + HEAD_END.byteLength - before;
  }

  #understand(head: string): void {
    const status = Number(head.slice(9, 12));
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    this.#answer = { status, hasRetryAfter: status === 503 && /\r\nretry-after: *\d/i.test(head) };
    this.#bodyBytesLeft = status === 304 ? 0 : Number(length ?? Number.NaN);
    // Chunked answers have no length; nothing that is measured here sends one.
    if (Number.isNaN(this.#bodyBytesLeft)) this.#lose();
  }
}
