/** Fields of JSON that another server has sent: read as what they should be, whatever they are. */
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/** Empty for anything but a text. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A count or size that is written as a number or as its digits; undefined for anything else. */
export function countOf(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
    ? number
    : undefined;
}

/** A text, or a number as its digits; empty for anything else: ids come as both. */
export function idOf(value: JsonValue | undefined): string {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
}

/** The object, or an empty one. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The objects of a list; whatever else stands in it is left out, and what is no list has none. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}
