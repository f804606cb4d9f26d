/** Reads the fields of one line of an import, each with a limit. Its errors name the field, what it has, and what is accepted. */
import { foldControlCharacters } from '../control-characters.ts';
import { AppError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';

const SHOWN_CHARS_MAX = 40;
const OTHER_THAN_PRINTED_ASCII = /[^ -~]/;

/** @throws AppError `import.bad-line` */
export function badLine(message: string): never {
  throw new AppError('import.bad-line', message);
}

export class LineFields {
  readonly #object: JsonObject;
  readonly #path: string;

  /** @param path before the names of its fields in messages: empty, or `title.` */
  constructor(object: JsonObject, path = '') {
    this.#object = object;
    this.#path = path;
  }

  /** Under the first of the names that is there and not null. */
  #get(names: readonly string[]): JsonValue | undefined {
    for (const name of names) {
      const value = this.#object[name];
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  has(...names: readonly string[]): boolean {
    return this.#get(names) !== undefined;
  }

  /** One line; empty when it is not there. Numbers are taken as they are written. */
  text(charsMax: number, ...names: readonly string[]): string {
    const value = this.#get(names);
    if (value === undefined) return '';
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.#fail(names, value, 'a text');
    const text = storable(String(value));
    return text.length > charsMax
      ? this.#fail(names, value, `at most ${charsMax} characters`)
      : text;
  }

  /** A whole number, also as digits in a text; `fallback` when it is not there. */
  integer(
    {
      min,
      max,
      fallback,
    }: { readonly min: number; readonly max: number; readonly fallback: number },
    ...names: readonly string[]
  ): number {
    const value = this.#get(names);
    if (value === undefined || value === '') return fallback;
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    const isFitting =
      typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max;
    return isFitting ? number : this.#fail(names, value, `a whole number from ${min} to ${max}`);
  }

  /** 0 when it is not there. */
  decimal(
    { min, max }: { readonly min: number; readonly max: number },
    ...names: readonly string[]
  ): number {
    const value = this.#get(names);
    if (value === undefined) return 0;
    const isFitting = typeof value === 'number' && value >= min && value <= max;
    return isFitting ? value : this.#fail(names, value, `a number from ${min} to ${max}`);
  }

  /** ISO, as `2010-06-16`; empty when it is not there. */
  date(name: string): string {
    const text = this.text(SHOWN_CHARS_MAX, name);
    const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
    return text === '' || isDate ? text : this.#fail([name], text, 'a date as 2010-06-16');
  }

  /** As `text`, with the line breaks that it has. */
  paragraphs(charsMax: number, name: string): string {
    const value = this.#get([name]);
    if (value === undefined) return '';
    if (typeof value !== 'string' || value.length > charsMax)
      return this.#fail([name], value, `a text of at most ${charsMax} characters`);
    return foldControlCharacters(value, true).toWellFormed();
  }

  flag(...names: readonly string[]): boolean {
    const value = this.#get(names);
    if (value === undefined || value === '') return false;
    if (typeof value === 'boolean') return value;
    const isTrue = value === 'true' || value === 1 || value === '1';
    const isFalse = value === 'false' || value === 0 || value === '0';
    return isTrue || isFalse ? isTrue : this.#fail(names, value, 'true or false');
  }

  /** Empty when it is not there. A text with commas is a list, too. */
  texts(
    { countMax, charsMax }: { readonly countMax: number; readonly charsMax: number },
    ...names: readonly string[]
  ): readonly string[] {
    const value = this.#get(names);
    if (value === undefined) return [];
    const items: readonly JsonValue[] =
      typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
    if (items.length > countMax) return this.#fail(names, null, `at most ${countMax} texts`);
    return items.flatMap((item) => {
      if (typeof item !== 'string' || item.length > charsMax)
        return this.#fail(names, item, `texts of at most ${charsMax} characters`);
      const text = storable(item);
      return text === '' ? [] : [text];
    });
  }

  /** Those that are names of the list; others are refused. */
  names<T extends string>(accepted: readonly T[], ...names: readonly string[]): readonly T[] {
    return this.texts({ countMax: 64, charsMax: 64 }, ...names).map((text) => {
      const found = accepted.find((name) => name.toLowerCase() === text.toLowerCase());
      return found ?? this.#fail(names, text, `one of ${accepted.join(', ')}`);
    });
  }

  /** Undefined when it is not there. */
  name<T extends string>(accepted: readonly T[], ...names: readonly string[]): T | undefined {
    return this.names(accepted, ...names)[0];
  }

  /** Undefined when it is not there. */
  object(...names: readonly string[]): LineFields | undefined {
    const value = this.#get(names);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) return this.#fail(names, value, 'an object');
    return new LineFields(value, `${this.#path}${names[0] ?? ''}.`);
  }

  /** Empty when it is not there. */
  objects(countMax: number, ...names: readonly string[]): readonly LineFields[] {
    const value = this.#get(names);
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length > countMax)
      return this.#fail(names, null, `a list of at most ${countMax} objects`);
    return (value as readonly JsonValue[]).map((item, at) => {
      if (!isJsonObject(item)) return this.#fail(names, item, 'a list of objects');
      return new LineFields(item, `${this.#path}${names[0] ?? ''}[${at}].`);
    });
  }

  /** @throws AppError `import.bad-line`, always */
  fail(name: string, expected: string): never {
    return this.#fail([name], this.#object[name] ?? null, expected);
  }

  #fail(names: readonly string[], value: JsonValue, expected: string): never {
    const shown = value === null ? '' : ` is ${shortened(JSON.stringify(value))}`;
    return badLine(`${this.#path}${names[0] ?? ''}${shown}: expected ${expected}`);
  }
}

/** One line that databases take: UTF-8 has no halves of surrogate pairs. */
function storable(text: string): string {
  // Most are of these characters alone, and looking for others costs a tenth of what folding does.
  if (!OTHER_THAN_PRINTED_ASCII.test(text)) return text.trim();
  return foldControlCharacters(text).toWellFormed();
}

function shortened(text: string): string {
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}
