/** Where the columns of a StreamSet lie: by width, widest first so that each is aligned, then in the order of the table. */
import { STREAM_FIELDS, type StreamCell, type StreamField } from '../stream/fields.ts';

export const INFOHASH_BYTES = 20;

interface CellShape {
  /** Of the parts of the layout; the offsets of strings lie before the first of `AFTER_OFFSETS`. */
  readonly order: number;
  readonly bytes: number;
}

const CELLS: Readonly<Record<StreamCell, CellShape>> = {
  float64: { order: 0, bytes: 8 },
  uint32: { order: 1, bytes: 4 },
  int32: { order: 1, bytes: 4 },
  uint16: { order: 2, bytes: 2 },
  text: { order: 3, bytes: 2 },
  uint8: { order: 4, bytes: 1 },
  infohash: { order: 5, bytes: INFOHASH_BYTES },
};
const FIRST_AFTER_OFFSETS = CELLS.uint16.order;

export interface ColumnLayout<Name extends string> {
  /** Bytes of one row in all columns before this one. */
  readonly before: Readonly<Record<Name, number>>;
  /** Names of columns in their order. */
  readonly names: readonly string[];
  readonly rowBytes: number;
  /** Bytes of one row in the columns before the offsets of strings. */
  readonly wideBytes: number;
  /** Columns of string ids; they lie side by side. */
  readonly texts: number;
}

export function layoutOf<Name extends string>(
  fields: readonly (StreamField & { readonly name: Name })[],
): ColumnLayout<Name> {
  const placed = fields.toSorted((a, b) => CELLS[a.cell].order - CELLS[b.cell].order);
  const before: [name: Name, bytes: number][] = [];
  let rowBytes = 0;
  let wideBytes = 0;
  for (const { name, cell } of placed) {
    before.push([name, rowBytes]);
    rowBytes += CELLS[cell].bytes;
    if (CELLS[cell].order < FIRST_AFTER_OFFSETS) wideBytes = rowBytes;
  }
  return {
    before: Object.fromEntries(before) as Record<Name, number>,
    names: placed.map(columnName),
    rowBytes,
    wideBytes,
    texts: fields.filter(({ cell }) => cell === 'text').length,
  };
}

export function columnName({ name, cell }: StreamField): string {
  return cell === 'text' ? `${name}Id` : name;
}

export const LAYOUT = layoutOf(STREAM_FIELDS);
