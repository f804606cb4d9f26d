/**
 * Shapes of configuration fields. A document is checked against them by hand-written code, not by a schema
 * library: an install token is read within a request (40 µs in all, docs/decisions/0012-install-tokens.md).
 */
import type { JsonValue } from '../json/json-value.ts';

/** Accepted values of a choice; null is JSON's null ("unknown"). */
export type ChoiceValue = string | null;

export type Shape =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly whole: boolean }
  /** Bytes, or `"inf"` for no limit. */
  | { readonly kind: 'size' }
  | {
      readonly kind: 'text';
      readonly charsMax: number;
      readonly secret: boolean;
      readonly multiline: boolean;
    }
  /** An address; a secret when it carries a password or a query. `schemes` is for the check of what users send. */
  | {
      readonly kind: 'url';
      readonly charsMax: number;
      readonly schemes: RegExp;
      readonly accepted: string;
    }
  | {
      readonly kind: 'choice';
      readonly values: ReadonlyMap<ChoiceValue, ChoiceValue>;
      readonly accepted: string;
    }
  | { readonly kind: 'list'; readonly item: Shape; readonly itemsMax: number }
  | { readonly kind: 'record'; readonly item: Shape; readonly itemsMax: number }
  | { readonly kind: 'object'; readonly fields: Fields }
  /** Kept as it is: fields that only later versions or other clients read. */
  | { readonly kind: 'kept' };

export interface Field {
  /** Key on the wire. */
  readonly short: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Left out of tokens when the value is this one. Undefined: there is none. */
  readonly fallback: JsonValue | undefined;
}

/** Fields of an object, found by either of their keys. */
export interface Fields {
  readonly byKey: ReadonlyMap<string, Field>;
  readonly all: readonly Field[];
}

interface FieldOptions {
  readonly fallback?: JsonValue;
  readonly required?: boolean;
}

/** Rows of `short key, long alias, shape, options`. */
export type FieldRow = readonly [short: string, long: string, shape: Shape, options?: FieldOptions];

export function fields(rows: readonly FieldRow[]): Fields {
  const byKey = new Map<string, Field>();
  const all = rows.map(([short, long, shape, options]): Field => {
    const field = {
      short,
      shape,
      required: options?.required ?? false,
      fallback: options?.fallback,
    };
    byKey.set(short, field);
    if (!byKey.has(long)) byKey.set(long, field);
    return field;
  });
  return { byKey, all };
}

export const flag: Shape = { kind: 'boolean' };
export const size: Shape = { kind: 'size' };
export const kept: Shape = { kind: 'kept' };

export function whole(min: number, max: number): Shape {
  return { kind: 'number', min, max, whole: true };
}

export function amount(min: number, max: number): Shape {
  return { kind: 'number', min, max, whole: false };
}

export function text(charsMax: number): Shape {
  return { kind: 'text', charsMax, secret: false, multiline: false };
}

/** A text that may have several lines. */
export function lines(charsMax: number): Shape {
  return { kind: 'text', charsMax, secret: false, multiline: true };
}

/** A text that no endpoint shows again. */
export function secret(charsMax: number): Shape {
  return { kind: 'text', charsMax, secret: true, multiline: false };
}

export const url: Shape = {
  kind: 'url',
  charsMax: 2048,
  schemes: /^https?:\/\/[^\s/?#]/i,
  accepted: 'an address that begins with http:// or https://',
};

/** Also news servers: `nntps://user:password@host:563`. */
export const serverUrl: Shape = {
  kind: 'url',
  charsMax: 2048,
  schemes: /^[a-z][a-z\d+.-]*:\/\/[^\s/?#]/i,
  accepted: 'an address such as https://host',
};

/** @param aliases other spellings, by the value that they stand for */
export function choice(
  values: readonly ChoiceValue[],
  aliases: Readonly<Record<string, string>> = {},
): Shape {
  const all = new Map<ChoiceValue, ChoiceValue>();
  for (const value of values) {
    all.set(value, value);
    if (value !== null) all.set(value.toLowerCase(), value);
  }
  for (const [alias, value] of Object.entries(aliases)) all.set(alias.toLowerCase(), value);
  return {
    kind: 'choice',
    values: all,
    accepted: values.map((value) => JSON.stringify(value)).join(', '),
  };
}

export function list(item: Shape, itemsMax: number): Shape {
  return { kind: 'list', item, itemsMax };
}

export function record(item: Shape, itemsMax: number): Shape {
  return { kind: 'record', item, itemsMax };
}

export function object(rows: readonly FieldRow[]): Shape {
  return { kind: 'object', fields: fields(rows) };
}
