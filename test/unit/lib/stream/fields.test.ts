/** Protects the one table of attributes: a row that is added shows up wherever attributes are read, kept, written or shown. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { COLUMNS } from '../../../../perf/seed/tables.ts';
import {
  positionsOf,
  selectList,
  StreamFields,
} from '../../../../src/features/streams/store-rows.ts';
import { DROP_RULES, type DropRule } from '../../../../src/lib/ranking/drop-rules.ts';
import {
  STREAM_FIELDS,
  importedColumns,
  type StreamCell,
  type StreamField,
  type StreamRow,
} from '../../../../src/lib/stream/fields.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import { StreamColumns, columnsBytes } from '../../../../src/lib/stream-set/format.ts';
import {
  INFOHASH_BYTES,
  LAYOUT,
  columnName,
  layoutOf,
} from '../../../../src/lib/stream-set/layout.ts';
import {
  STREAM_VARIABLES,
  fieldVariables,
} from '../../../../src/lib/stream-template/stream-variables.ts';

const EXTRA: StreamField = {
  name: 'frameRate',
  cell: 'uint16',
  select: 'frame_rate',
  column: ['frame_rate', 'smallint'],
  variable: { path: 'stream.frame_rate', example: '24', description: 'Pictures a second' },
};
const FIELDS: readonly StreamField[] = STREAM_FIELDS;
const EXTENDED = [...FIELDS, EXTRA];

const CELL_ARRAYS = {
  float64: Float64Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint16: Uint16Array,
  text: Uint16Array,
  uint8: Uint8Array,
  infohash: Uint8Array,
} as const satisfies Readonly<Record<StreamCell, unknown>>;
/** Widest values of the cells that hold codes and masks. */
const CELL_BITS: Partial<Readonly<Record<StreamCell, number>>> = {
  uint8: 8,
  uint16: 16,
  uint32: 32,
};

describe('an attribute that is added', () => {
  test('is selected once, behind the others, and found there', () => {
    const before = selectList(FIELDS, (text) => `clean(${text})`);
    assert.equal(
      selectList(EXTENDED, (text) => `clean(${text})`),
      `${before}, frame_rate`,
    );
    assert.deepEqual(positionsOf(EXTENDED), { ...positionsOf(FIELDS), frameRate: FIELDS.length });
  });

  test('gets a column of a StreamSet that meets no other', () => {
    const { before, names, rowBytes, wideBytes } = layoutOf(EXTENDED);
    assert.ok(names.includes('frameRate'));
    assert.equal(rowBytes, LAYOUT.rowBytes + 2);
    assert.equal(wideBytes, LAYOUT.wideBytes);
    assert.equal(new Set(Object.values(before)).size, EXTENDED.length);
    assert.equal(
      before['frameRate'],
      before['audioMask'] === undefined ? -1 : before['audioMask'] + 2,
      'behind those of its width',
    );
  });

  test('is written by imports', () => {
    assert.deepEqual(importedColumns(EXTENDED), {
      ...importedColumns(FIELDS),
      frame_rate: 'smallint',
    });
  });

  test('is a variable of templates, or the start fails with its name', () => {
    const reads = Object.fromEntries(STREAM_VARIABLES.map(({ path, read }) => [path, read]));
    const read = () => 24;
    assert.deepEqual(fieldVariables(EXTENDED, { ...reads, 'stream.frame_rate': read }).at(-1), {
      ...EXTRA.variable,
      read,
    });
    assert.throws(
      () => fieldVariables(EXTENDED, reads),
      /nothing reads the variable stream\.frame_rate/,
    );
  });
});

describe('the table of attributes', () => {
  test('every column lies where the layout says, in the type of its cell', () => {
    const [rows, strings] = [3, 5];
    const columns = new StreamColumns(
      new ArrayBuffer(columnsBytes(rows, strings)),
      0,
      rows,
      strings,
    );
    const views = new Map<string, unknown>(Object.entries(columns));
    let end = 0;
    for (const name of LAYOUT.names) {
      const field = FIELDS.find((each) => columnName(each) === name);
      assert.ok(field);
      const view = views.get(name);
      assert.ok(view instanceof CELL_ARRAYS[field.cell], name);
      if (name === 'audioMask') end += (strings + 1) * Uint32Array.BYTES_PER_ELEMENT;
      assert.equal(view.byteOffset, end, name);
      assert.equal(view.length, field.cell === 'infohash' ? rows * INFOHASH_BYTES : rows, name);
      end += view.byteLength;
    }
    assert.equal(end, columnsBytes(rows, strings));
    assert.deepEqual([...views.keys()].toSorted(), [...LAYOUT.names, 'stringOffsets'].toSorted());
  });

  test('every field is read from its place, packed, and read back from its column', () => {
    const texts = FIELDS.map(({ name, cell }, at) =>
      cell === 'text' ? name : cell === 'infohash' ? 'ab'.repeat(20) : String(at + 1),
    );
    const [row, ...others] = new StreamFields(texts).rows(new Map([['trackers', 'udp://a']]));
    assert.ok(row);
    assert.equal(others.length, 0);
    const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, [row]));
    assert.ok(set);
    const values = new Map<string, unknown>(Object.entries(row));
    const views = new Map<string, unknown>(Object.entries(set.columns));
    for (const [at, field] of FIELDS.entries()) {
      const view = views.get(columnName(field));
      assert.ok(view instanceof CELL_ARRAYS[field.cell]);
      const expected =
        field.name === 'trackers' ? 'udp://a' : field.cell === 'text' ? field.name : at + 1;
      if (field.cell === 'infohash') assert.equal(Buffer.from(view).toString('hex'), texts[at]);
      else {
        assert.equal(values.get(field.name), expected);
        const [cell = 0] = view;
        assert.equal(field.cell === 'text' ? textOf(set, cell) : cell, expected, field.name);
      }
    }
  });

  test('codes and bits fit their cells, rules and columns exist', async () => {
    for (const { name, cell, codes = [], bits = [] } of FIELDS) {
      const room = CELL_BITS[cell] ?? 0;
      assert.ok(codes.length <= 2 ** room && bits.length <= room, name);
    }
    const rules: readonly DropRule[] = STREAM_FIELDS.flatMap((field) =>
      'filter' in field ? [field.filter] : [],
    );
    assert.deepEqual(
      rules.filter((rule) => !DROP_RULES.includes(rule)),
      [],
    );
    const schema = await readFile('migrations/schema.sql', 'utf8');
    const table = /CREATE TABLE stream \(([^;]*)\)/.exec(schema)?.[1] ?? '';
    for (const column of Object.keys(importedColumns(FIELDS)))
      assert.match(table, new RegExp(`^  ${column} `, 'm'));
  });

  test('seeds write every attribute that release titles name', () => {
    const named = FIELDS.flatMap(({ column }) =>
      column === undefined || column[1] === 'text' ? [] : [column[0]],
    );
    const seeded: readonly string[] = COLUMNS.stream;
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((column) => !seeded.includes(column)),
      [],
    );
  });

  test('the fixed rows have every field', () => {
    const [row] = fixtureRows(1);
    assert.ok(row);
    assert.deepEqual(
      Object.keys(row satisfies StreamRow).toSorted(),
      FIELDS.map(({ name }) => name).toSorted(),
    );
  });
});

function textOf(
  { heap, columns }: { readonly heap: Buffer; readonly columns: StreamColumns },
  id: number,
): string {
  return heap.toString('utf8', columns.stringOffsets[id], columns.stringOffsets[id + 1]);
}
