/** Rows into one table by COPY, on a connection of its own, with bounded memory. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Sql } from 'postgres';

/** Larger chunks are no faster; smaller ones cost a system call each. */
const CHUNK_CHARS = 128 * 1024;

/** A value as COPY's text format takes it, without escaping: no tab, newline or backslash. */
export type PlainValue = string | number | boolean | null;

export class CopyTarget {
  readonly #stream: Writable;
  #chunk = '';
  rows = 0;

  private constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** @param columns in the order of the values of `add` */
  static async open(sql: Sql, table: string, columns: readonly string[]): Promise<CopyTarget> {
    return new CopyTarget(await sql.unsafe(`COPY ${table} (${columns.join(', ')}) FROM STDIN`).writable());
  }

  add(values: readonly PlainValue[]): void {
    let line = '';
    for (let at = 0; at < values.length; at++) {
      const value = values[at];
      if (at > 0) line += '\t';
      line += value === null ? '\\N' : String(value);
    }
    this.#chunk += line + '\n';
    this.rows++;
  }

  /** Sends what has been gathered when it is worth it; resolves when the server keeps up. */
  async flush(atLeastChars = CHUNK_CHARS): Promise<void> {
    if (this.#chunk.length < atLeastChars || this.#chunk === '') return;
    const chunk = Buffer.from(this.#chunk, 'utf8');
    this.#chunk = '';
    if (this.#stream.write(chunk)) return;
    await new Promise<void>((resolve, reject) => {
      this.#stream.once('error', reject);
      this.#stream.once('drain', () => {
        this.#stream.off('error', reject);
        resolve();
      });
    });
  }

  /** Resolves when the server has taken all rows. */
  async end(): Promise<void> {
    await this.flush(1);
    this.#stream.end();
    await finished(this.#stream);
  }
}

/** 20 bytes from hexadecimal digits. */
export function bytesValue(hex: string): string {
  return `\\\\x${hex}`;
}
