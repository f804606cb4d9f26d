/**
 * JSON in few bytes, for install tokens: a tag byte each, well-known texts as codes (`dictionary.ts`), tokens in 4 or 6 bits
 * a character. Any JSON comes back as it was. The table of tags is in docs/decisions/0012-install-tokens.md.
 */
import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { DICTIONARY, codeOfText } from './dictionary.ts';

const ONE_BYTE_CODES = 0x60;
const INTEGER = 0x60;
const INTEGERS = 32;
const LIST = 0x80;
const OBJECT = 0x90;
const SHORT_COUNT = 16;
const TEXT = 0xa0;
const SHORT_TEXT = 32;
const TWO_BYTE_CODES = 0xc0;
const NULL = 0xc8;
const TRUE = 0xc9;
const FALSE = 0xca;
const UNSIGNED = 0xcb;
const DOUBLE = 0xcc;
const LONG_TEXT = 0xcd;
const LONG_LIST = 0xce;
const LONG_OBJECT = 0xcf;
const HEX = 0xd0;
const BASE64URL = 0xd1;

const HEX_TEXT = /^(?:[\da-f]{2}){4,}$/;
const BASE64URL_TEXT = /^[\w-]{8,}$/;
/** Far more than any configuration nests. */
const DEPTH_MAX = 40;

/** Bytes from which `decodeCompact` makes an equal value. */
export function encodeCompact(value: JsonValue): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/** @throws RangeError for bytes that `encodeCompact` does not write */
export function decodeCompact(bytes: Buffer): JsonValue {
  const reader = new CompactReader(bytes);
  const value = reader.value(0);
  if (!reader.isAtEnd) throw malformed();
  return value;
}

function write(value: JsonValue, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(NULL));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? TRUE : FALSE));
  else if (typeof value === 'number') writeNumber(value, parts);
  else if (typeof value === 'string') writeText(value, parts);
  else if (isList(value)) writeList(value, parts);
  else writeObject(value, parts);
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function writeNumber(value: number, parts: Buffer[]): void {
  if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    const bytes = Buffer.alloc(9);
    bytes[0] = DOUBLE;
    bytes.writeDoubleBE(value, 1);
    parts.push(bytes);
  } else if (value < INTEGERS) {
    parts.push(Buffer.of(INTEGER + value));
  } else {
    parts.push(Buffer.of(UNSIGNED), varint(value));
  }
}

function writeText(text: string, parts: Buffer[]): void {
  const code = codeOfText(text);
  if (code !== undefined) {
    parts.push(codeBytes(code));
  } else if (HEX_TEXT.test(text)) {
    parts.push(Buffer.of(HEX), varint(text.length / 2), Buffer.from(text, 'hex'));
  } else if (BASE64URL_TEXT.test(text)) {
    parts.push(
      Buffer.of(BASE64URL),
      varint(text.length),
      Buffer.from(text + fill(text.length), 'base64url'),
    );
  } else {
    const bytes = Buffer.from(text);
    if (bytes.length < SHORT_TEXT) parts.push(Buffer.of(TEXT + bytes.length), bytes);
    else parts.push(Buffer.of(LONG_TEXT), varint(bytes.length), bytes);
  }
}

function codeBytes(code: number): Buffer {
  const rest = code - ONE_BYTE_CODES;
  return rest < 0 ? Buffer.of(code) : Buffer.of(TWO_BYTE_CODES + (rest >> 8), rest & 0xff);
}

/** Whole groups of four: then no bit of the last character is lost. */
function fill(chars: number): string {
  return 'AAA'.slice(0, (4 - (chars % 4)) % 4);
}

function writeList(items: readonly JsonValue[], parts: Buffer[]): void {
  if (items.length < SHORT_COUNT) parts.push(Buffer.of(LIST + items.length));
  else parts.push(Buffer.of(LONG_LIST), varint(items.length));
  for (const item of items) write(item, parts);
}

function writeObject(object: JsonObject, parts: Buffer[]): void {
  const entries = Object.entries(object);
  if (entries.length < SHORT_COUNT) parts.push(Buffer.of(OBJECT + entries.length));
  else parts.push(Buffer.of(LONG_OBJECT), varint(entries.length));
  for (const [key, value] of entries) {
    writeText(key, parts);
    write(value, parts);
  }
}

/** Seven bits a byte, low ones first; the high bit says that more follow. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

class CompactReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): JsonValue {
    if (depth > DEPTH_MAX) throw malformed();
    const tag = this.#byte();
    if (tag >= INTEGER && tag < LIST) return tag - INTEGER;
    if (tag >= LIST && tag < OBJECT) return this.#list(tag - LIST, depth);
    if (tag >= OBJECT && tag < TEXT) return this.#object(tag - OBJECT, depth);
    switch (tag) {
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case UNSIGNED:
        return this.#varint();
      case DOUBLE:
        return this.#bytes.readDoubleBE(this.#skip(8));
      case LONG_LIST:
        return this.#list(this.#varint(), depth);
      case LONG_OBJECT:
        return this.#object(this.#varint(), depth);
      default:
        return this.#text(tag);
    }
  }

  #text(tag: number): string {
    if (tag < ONE_BYTE_CODES) return textOfCode(tag);
    if (tag >= TEXT && tag < TEXT + SHORT_TEXT) return this.#utf8(tag - TEXT);
    if (tag >= TWO_BYTE_CODES && tag < NULL) {
      return textOfCode(ONE_BYTE_CODES + ((tag - TWO_BYTE_CODES) << 8) + this.#byte());
    }
    switch (tag) {
      case LONG_TEXT:
        return this.#utf8(this.#varint());
      case HEX:
        return this.#slice(this.#varint(), 'hex');
      case BASE64URL: {
        const chars = this.#varint();
        return this.#slice(Math.ceil(chars / 4) * 3, 'base64url').slice(0, chars);
      }
      default:
        throw malformed();
    }
  }

  #list(count: number, depth: number): JsonValue[] {
    this.#expect(count);
    const items: JsonValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.value(depth + 1));
    return items;
  }

  #object(count: number, depth: number): JsonObject {
    this.#expect(count * 2);
    const object: Record<string, JsonValue> = {};
    for (let index = 0; index < count; index++) {
      const key = this.#text(this.#byte());
      if (key === '__proto__') throw malformed();
      object[key] = this.value(depth + 1);
    }
    return object;
  }

  #utf8(bytes: number): string {
    return this.#slice(bytes, 'utf8');
  }

  #slice(bytes: number, encoding: 'utf8' | 'hex' | 'base64url'): string {
    const start = this.#skip(bytes);
    return this.#bytes.toString(encoding, start, this.#at);
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)] ?? 0;
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte <= 0x7f) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw malformed();
  }

  /** Where the next `bytes` bytes begin. */
  #skip(bytes: number): number {
    this.#expect(bytes);
    const start = this.#at;
    this.#at += bytes;
    return start;
  }

  /** Refuses counts that the rest cannot hold, before anything is allocated for them. */
  #expect(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) throw malformed();
  }
}

function textOfCode(code: number): string {
  const text = DICTIONARY[code];
  if (text === undefined) throw malformed();
  return text;
}

function malformed(): RangeError {
  return new RangeError('malformed compact bytes');
}
