/**
 * Rows of one StreamSet as one template writes them: finished JSON, written once and copied into every list that shows
 * them, with their pieces for compression. Rows lie end to end in one buffer.
 */
import { Buffer } from 'node:buffer';
import { LIST_CODE } from '../../lib/deflate/piece-gzip.ts';
import { PieceTable } from '../../lib/deflate/piece-table.ts';

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
  /** Made when somebody wants a list compressed. */
  #table: PieceTable | null = null;

  constructor(rowCount: number) {
    this.#starts = new Uint32Array(rowCount);
    this.#ends = new Uint32Array(rowCount);
  }

  /** Memory held; changes as rows and pieces come. */
  get sizeBytes(): number {
    return (
      this.#text.byteLength +
      8 * this.#starts.length +
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

  /** Keeps a copy of `json`, which is not empty. */
  add(row: number, json: Uint8Array): void {
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
    const pieces = this.table.cut(this.#text, this.startOf(row), this.endOf(row));
    this.#pieces.set(row, pieces);
    this.#pieceBytes += PIECES_OVERHEAD_BYTES + (pieces?.byteLength ?? 0);
    return pieces;
  }
}

/** A typed array and its place in the map. */
const PIECES_OVERHEAD_BYTES = 160;
