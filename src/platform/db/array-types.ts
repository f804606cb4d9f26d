/**
 * Arrays of PostgreSQL's own types, both ways. Not asked for with `fetch_types`: postgres.js 3.4.9 drops the promise of
 * that query, and a connection lost at that moment would end the process.
 */
import type { Sql } from 'postgres';

/** Type number of the element → of its array (src/include/catalog/pg_type.dat). */
const ARRAY_TYPES: Readonly<Record<number, number>> = {
  16: 1000, // bool
  17: 1001, // bytea
  18: 1002, // "char"
  19: 1003, // name
  20: 1016, // int8
  21: 1005, // int2
  23: 1007, // int4
  25: 1009, // text
  26: 1028, // oid
  114: 199, // json
  700: 1021, // float4
  701: 1022, // float8
  1042: 1014, // bpchar
  1043: 1015, // varchar
  1082: 1182, // date
  1114: 1115, // timestamp
  1184: 1185, // timestamptz
  1700: 1231, // numeric
  2950: 2951, // uuid
  3802: 3807, // jsonb
};

type Parse = (text: string) => unknown;
type Serialize = (value: unknown) => unknown;

/** `sql.array(list, type)` looks the array type up here; the types of postgres.js do not show it. */
interface SharedOptions {
  readonly shared?: { readonly typeArrayMap: Record<number, number> };
}

/** Teaches one postgres.js instance to read and write arrays as it reads and writes their elements. */
export function registerArrayTypes(sql: Sql): void {
  const { parsers, serializers } = sql.options;
  const { shared } = sql.options as SharedOptions;
  for (const [element, array] of Object.entries(ARRAY_TYPES)) {
    const elementType = Number(element);
    const parse: Parse = parsers[elementType] ?? ((text) => text);
    const serialize: Serialize = serializers[elementType] ?? String;
    parsers[array] = (text: string) => parseArray(text, parse);
    serializers[array] = (value: unknown) => serializeArray(value, serialize);
    if (shared !== undefined) shared.typeArrayMap[elementType] = array;
  }
}

/** `{1,2,NULL}` → list. Nested arrays become nested lists; dimensions (`[0:1]={…}`) are left out. */
export function parseArray(text: string, parse: Parse): unknown[] {
  const start = text.indexOf('{');
  if (text.startsWith('{}', start)) return [];
  const isPlain = !text.includes('"') && !text.includes('{', start + 1);
  if (!isPlain) return new ArrayReader(text, start, parse).read();
  const parts = text.slice(start + 1, -1).split(',');
  return parts.map((part) => (part === 'NULL' ? null : parse(part)));
}

/** List → `{"1","2",null}`. A string is taken to be in that form already. */
export function serializeArray(value: unknown, serialize: Serialize): unknown {
  if (!Array.isArray(value)) return value;
  const parts = value.map((element: unknown) => {
    if (element === null) return 'null';
    if (Array.isArray(element)) return serializeArray(element, serialize);
    if (element === undefined) throw new TypeError('an array for the database holds undefined');
    return `"${String(serialize(element)).replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}

/** The general form: quotes, escapes and nesting. */
class ArrayReader {
  readonly #text: string;
  readonly #parse: Parse;
  #at: number;

  constructor(text: string, start: number, parse: Parse) {
    this.#text = text;
    this.#at = start;
    this.#parse = parse;
  }

  /** Reads from `{` to after the `}` that belongs to it. */
  read(): unknown[] {
    const list: unknown[] = [];
    while (this.#text[this.#at] !== '}') {
      this.#at += 1;
      if (this.#text[this.#at] === '}') break;
      list.push(this.#element());
    }
    this.#at += 1;
    return list;
  }

  /** Leaves the position at the `,` or `}` behind the element. */
  #element(): unknown {
    const first = this.#text[this.#at];
    if (first === '{') return this.read();
    if (first === '"') return this.#parse(this.#quoted());
    const start = this.#at;
    while (this.#text[this.#at] !== ',' && this.#text[this.#at] !== '}') this.#at += 1;
    const word = this.#text.slice(start, this.#at);
    return word === 'NULL' ? null : this.#parse(word);
  }

  #quoted(): string {
    let value = '';
    this.#at += 1;
    while (this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] === '\\') this.#at += 1;
      value += this.#text[this.#at] ?? '';
      this.#at += 1;
    }
    this.#at += 1;
    return value;
  }
}
