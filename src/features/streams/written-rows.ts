/**
 * Rows of one StreamSet as one template writes them: finished JSON, written once and copied into every list that shows
 * them, with their pieces for compression. Rows lie end to end in one buffer. One with a link has a gap where a token goes.
 */
import { Buffer } from 'node:buffer';
import { LIST_CODE } from '../../lib/deflate/piece-gzip.ts';
import type { Gap } from '../../lib/deflate/gapped-text.ts';
import { PieceTable } from '../../lib/deflate/piece-table.ts';
import { PLAYBACK_TOKEN_CHARS } from '../../lib/install-token/playback-token.ts';

/** A usual row has 300 to 900 bytes. */
const ROW_BYTES_USUAL = 640;
const ROWS_USUAL = 48;

export class WrittenRows {
  #text = Buffer.allocUnsafeSlow(ROW_BYTES_USUAL * ROWS_USUAL);
  #end = 0;
  /** By row: where it begins and ends in `#text`; an end of 0 is a row that was not written yet. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #pieces = new Map<number, Uint16Array | null>();
  #pieceBytes = 0;
  /** Of rows with a link: where in the row, and whose token. */
  readonly #gaps = new Map<number, Gap>();
  /** By service: the piece that its token is. */
  readonly #tokenPieces = new Map<number, number | null>();
  /** Made when somebody wants a list compressed. */
  #table: PieceTable | null = null;

  /** @param rowCount rows that are told apart: more than the set has where these are written in several ways */
  constructor(rowCount: number) {
    this.#starts = new Uint32Array(rowCount);
    this.#ends = new Uint32Array(rowCount);
  }

  /** Memory held; changes as rows and pieces come. */
  get sizeBytes(): number {
    return (
      this.#text.byteLength +
      8 * this.#starts.length +
      GAP_BYTES * this.#gaps.size +
      this.#pieceBytes +
      (this.#table?.sizeBytes ?? 0)
    );
  }

  get text(): Buffer {
    return this.#text;
  }

  get table(): PieceTable {
    this.#table ??= new PieceTable(LIST_CODE);
    return this.#table;
  }

  has(row: number): boolean {
    return this.#ends[row] !== 0;
  }

  startOf(row: number): number {
    return this.#starts[row] ?? 0;
  }

  endOf(row: number): number {
    return this.#ends[row] ?? 0;
  }

  /** Where in the row a token goes, and whose; undefined: nowhere. */
  gapOf(row: number): Gap | undefined {
    return this.#gaps.get(row);
  }

  /** Keeps a copy of `json`, which is not empty. */
  add(row: number, json: Uint8Array, gap?: Gap): void {
    if (gap !== undefined) this.#gaps.set(row, gap);
    const end = this.#end + json.byteLength;
    if (end > this.#text.byteLength) {
      const text = Buffer.allocUnsafeSlow(Math.max(end, this.#text.byteLength * 2));
      text.set(this.#text);
      this.#text = text;
    }
    this.#text.set(json, this.#end);
    this.#starts[row] = this.#end;
    this.#ends[row] = end;
    this.#end = end;
  }

  /** Pieces of a written row; null when the table takes no more. */
  piecesOf(row: number): Uint16Array | null {
    const known = this.#pieces.get(row);
    if (known !== undefined) return known;
    const pieces = this.#cut(row);
    this.#pieces.set(row, pieces);
    this.#pieceBytes += PIECES_OVERHEAD_BYTES + (pieces?.byteLength ?? 0);
    return pieces;
  }

  /** What the tokens are in the next text that is compressed. */
  setTokens(tokens: readonly Uint8Array[]): void {
    for (const [service, number] of this.#tokenPieces) {
      const token = tokens[service];
      if (number !== null && token !== undefined) this.table.change(number, token);
    }
  }

  #cut(row: number): Uint16Array | null {
    const start = this.startOf(row);
    const gap = this.#gaps.get(row);
    if (gap === undefined) return this.table.cut(this.#text, start, this.endOf(row));
    const number = this.#tokenPiece(gap.filling);
    if (number === null) return null;
    const changing = { start: start + gap.start, number };
    return this.table.cut(this.#text, start, this.endOf(row), changing);
  }

  #tokenPiece(service: number): number | null {
    let number = this.#tokenPieces.get(service);
    if (number === undefined) {
      number = this.table.addChanging(PLAYBACK_TOKEN_CHARS);
      this.#tokenPieces.set(service, number);
    }
    return number;
  }
}

/** A typed array and its place in the map. */
const PIECES_OVERHEAD_BYTES = 160;
/** An object of two numbers, and its place in the map. */
const GAP_BYTES = 80;
