/**
 * COPY into a table over `pg`. postgres.js loses errors that come after the last row of a COPY, and waits for ever: full disks
 * are such errors.
 */
import type { ClientBase, Connection, Submittable } from 'pg';

/** The part of pg's protocol between a client and what it runs that is not in its types. */
class CopyIn implements Submittable {
  readonly #statement: string;
  readonly #messages: readonly Uint8Array[];
  readonly #done: (error: Error | null) => void;
  #error: Error | null = null;

  constructor(
    statement: string,
    messages: readonly Uint8Array[],
    done: (error: Error | null) => void,
  ) {
    this.#statement = statement;
    this.#messages = messages;
    this.#done = done;
  }

  /** Rows go out behind the statement: a server that refuses it ignores them. */
  submit(connection: Connection): void {
    connection.query(this.#statement);
    for (const message of this.#messages) connection.stream.write(message);
  }

  handleCopyInResponse(): void {
    // The rows are on their way.
  }

  handleCommandComplete(): void {
    // The server is ready for more a message later.
  }

  handleReadyForQuery(): void {
    this.#done(this.#error);
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#done(error);
  }
}

/** @param messages a whole conversation: CopyData messages, then CopyDone */
export function copyMessages(
  client: ClientBase,
  statement: string,
  messages: readonly Uint8Array[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyIn(statement, messages, (error) => (error === null ? resolve() : reject(error))),
    );
  });
}

const COPY_DATA = 'd'.charCodeAt(0);
const COPY_DONE = Uint8Array.of('c'.charCodeAt(0), 0, 0, 0, 4);
const HEAD_BYTES = 5;
/** The server reads a message as a whole before its first row: larger ones leave its cache and keep it waiting. */
const MESSAGE_BYTES = 64 * 1024;

/** @param rows in COPY's text format */
export function copyRows(client: ClientBase, statement: string, rows: Uint8Array): Promise<void> {
  const messages: Uint8Array[] = [];
  for (let from = 0; from < rows.byteLength; from += MESSAGE_BYTES) {
    const piece = rows.subarray(from, from + MESSAGE_BYTES);
    const head = Buffer.alloc(HEAD_BYTES);
    head[0] = COPY_DATA;
    head.writeUInt32BE(piece.byteLength + HEAD_BYTES - 1, 1);
    messages.push(head, piece);
  }
  return copyMessages(client, statement, [...messages, COPY_DONE]);
}
