/** Chunks of rows to the server, one COPY statement each, in order and with bounded memory. */
import type { Client } from 'pg';
import { copyMessages } from '../../src/platform/db/copy-in.ts';

/** Every COPY statement costs the server a thousand slots for rows, whatever it copies: of 1 MB that was a sixth of its time. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Chunks that may wait: enough for the server never to run dry while titles are made. */
const WAITING_MAX = 4;

interface Waiting {
  readonly statement: string;
  readonly chunk: Uint8Array<ArrayBuffer>;
  readonly rows: number;
}

/**
 * The first failure stops it and rejects every later wait. Sending goes on between the caller's awaits: who makes rows
 * for long without one keeps the server waiting.
 */
export class CopyQueue {
  readonly #client: Client;
  readonly #empty: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: Waiting[] = [];
  #sending: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  #wakeUp: () => void = () => undefined;
  #copiedRows = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Rows that the server has taken. */
  get copiedRows(): number {
    return this.#copiedRows;
  }

  /** Whether the caller should wait for `room`. */
  get isFull(): boolean {
    return this.#waiting.length >= WAITING_MAX || this.#failure !== null;
  }

  /** An empty chunk. */
  lend(): Uint8Array<ArrayBuffer> {
    return this.#empty.pop() ?? new Uint8Array(CHUNK_BYTES);
  }

  /** Takes a chunk with a whole COPY conversation for `statement` in it. */
  add(statement: string, chunk: Uint8Array<ArrayBuffer>, rows: number): void {
    this.#waiting.push({ statement, chunk, rows });
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when more may be added. @throws what the server said about an earlier chunk */
  async room(): Promise<void> {
    while (this.#waiting.length >= WAITING_MAX && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Resolves when the server has taken everything. @throws what it said instead */
  async drain(): Promise<void> {
    await this.#sending;
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #sendAll(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        await copyMessages(this.#client, next.statement, [next.chunk]);
        this.#copiedRows += next.rows;
        this.#empty.push(new Uint8Array(next.chunk.buffer));
        this.#wakeUp();
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#sending = null;
      this.#wakeUp();
    }
  }
}
