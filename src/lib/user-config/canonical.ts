/**
 * One form for every spelling of a configuration: short keys, accepted values as `fields.ts` writes them, no
 * nulls, no defaults. Keys that nobody here knows are kept as they are.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { foldControlCharacters, hasControlCharacter } from '../control-characters.ts';
import type { ProblemList } from './problems.ts';
import type { ChoiceValue, Field, Fields, Shape } from './schema.ts';
import { isMasked } from './secrets.ts';

/**
 * How to meet values that a field does not accept. `strict`, for what a user sends: each is a problem. `lenient`, for what
 * is installed: numbers go to the nearest in range, unknown choices are left out, a wrong type is a problem.
 */
export type Strictness = 'strict' | 'lenient';

interface Walk {
  readonly strictness: Strictness;
  readonly problems: ProblemList;
}

const LENIENT_LIST_FACTOR = 10;
const UNKNOWN_DEPTH_MAX = 16;
/** Own keys of these names change what an object is. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const NO_VALUE = undefined;

/** The canonical form; whatever was wrong is in `problems`, and left out. */
export function canonicalObject(
  given: JsonObject,
  schema: Fields,
  strictness: Strictness,
  problems: ProblemList,
): JsonObject {
  return objectOf(given, schema, '', { strictness, problems });
}

function objectOf(given: JsonObject, schema: Fields, path: string, walk: Walk): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const key of Object.keys(given)) {
    const value = given[key] ?? null;
    const field = schema.byKey.get(key);
    if (field === undefined) keepUnknown(result, key, value, path, walk);
    else takeKnown(result, field, key, value, path, walk);
  }
  if (walk.strictness === 'strict') checkRequired(result, schema, path, walk);
  return result;
}

function takeKnown(
  result: Record<string, JsonValue>,
  field: Field,
  key: string,
  given: JsonValue,
  path: string,
  walk: Walk,
): void {
  if (given === null) return;
  const at = path + field.short;
  const value = valueOf(given, field.shape, at, walk);
  if (value === NO_VALUE) return;
  const before = result[field.short];
  if (before !== undefined && key !== field.short && !sameJson(before, value)) {
    if (walk.strictness === 'strict')
      walk.problems.add(at, `given twice, as ${field.short} and as ${key}: leave one out`);
    return;
  }
  if (field.fallback !== undefined && sameJson(value, field.fallback)) return;
  result[field.short] = value;
}

function keepUnknown(
  result: Record<string, JsonValue>,
  key: string,
  value: JsonValue,
  path: string,
  walk: Walk,
): void {
  if (REFUSED_KEYS.has(key)) {
    walk.problems.add(path + key, 'this key is not accepted');
  } else if (depthOf(value, 0) > UNKNOWN_DEPTH_MAX) {
    walk.problems.add(path + key, `nested deeper than ${UNKNOWN_DEPTH_MAX} levels`);
  } else {
    result[key] = value;
  }
}

function checkRequired(result: JsonObject, schema: Fields, path: string, walk: Walk): void {
  for (const { short, required } of schema.all) {
    if (!required || result[short] !== undefined || walk.problems.has(path + short)) continue;
    walk.problems.add(path + short, 'is missing');
  }
}

/** Undefined when there is nothing to keep. */
function valueOf(given: JsonValue, shape: Shape, at: string, walk: Walk): JsonValue | undefined {
  switch (shape.kind) {
    case 'boolean':
      return typeof given === 'boolean' ? given : wrong(at, given, 'true or false', walk);
    case 'number':
      return numberOf(given, shape, at, walk);
    case 'size':
      return sizeOf(given, at, walk);
    case 'text':
      return textOf(given, shape, at, walk);
    case 'url':
      return urlOf(given, shape, at, walk);
    case 'choice':
      return choiceOf(given, shape.values, shape.accepted, at, walk);
    case 'list':
      return listOf(given, shape, at, walk);
    case 'record':
      return recordOf(given, shape, at, walk);
    case 'object':
      return isJsonObject(given)
        ? objectOf(given, shape.fields, `${at}.`, walk)
        : wrong(at, given, 'an object', walk);
    case 'kept':
      return depthOf(given, 0) > UNKNOWN_DEPTH_MAX
        ? wrong(at, given, `at most ${UNKNOWN_DEPTH_MAX} levels`, walk)
        : given;
  }
}

function numberOf(
  given: JsonValue,
  { min, max, whole }: Extract<Shape, { kind: 'number' }>,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  const expected = `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
  if (typeof given !== 'number' || !Number.isFinite(given)) return wrong(at, given, expected, walk);
  if (given >= min && given <= max && (!whole || Number.isInteger(given))) return given;
  if (walk.strictness === 'strict') return wrong(at, given, expected, walk);
  const inRange = Math.min(max, Math.max(min, given));
  return whole ? Math.trunc(inRange) : inRange;
}

function sizeOf(given: JsonValue, at: string, walk: Walk): JsonValue | undefined {
  if (given === 'inf') return given;
  const isSize =
    typeof given === 'number' &&
    Number.isFinite(given) &&
    given >= 0 &&
    given <= Number.MAX_SAFE_INTEGER;
  return isSize ? Math.trunc(given) : wrong(at, given, 'a number of bytes from 0, or "inf"', walk);
}

type TextRules = Pick<Extract<Shape, { kind: 'text' }>, 'charsMax' | 'secret' | 'multiline'>;

function textOf(
  given: JsonValue,
  { charsMax, secret, multiline }: TextRules,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  if (typeof given !== 'string') return wrong(at, secret ? null : given, 'a text', walk);
  if (given.length > charsMax) {
    walk.problems.add(at, `${given.length} characters: expected at most ${charsMax}`);
    return NO_VALUE;
  }
  if (!given.isWellFormed()) {
    walk.problems.add(at, 'holds half of a character (a lone surrogate)');
    return NO_VALUE;
  }
  const text = multiline ? given.replaceAll('\r\n', '\n') : given;
  if (!hasControlCharacter(text, multiline)) return text === '' ? NO_VALUE : text;
  return controlledText(text, multiline, at, walk);
}

/** What is installed goes on working, without them. */
function controlledText(
  text: string,
  multiline: boolean,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  if (walk.strictness === 'lenient') return foldControlCharacters(text, multiline) || NO_VALUE;
  walk.problems.add(
    at,
    `holds a control character: expected ${multiline ? 'none but line feeds' : 'one line of text'}`,
  );
  return NO_VALUE;
}

/** The scheme is checked here, the address when something is fetched (`platform/fetch`). */
function urlOf(
  given: JsonValue,
  { charsMax, schemes, accepted }: Extract<Shape, { kind: 'url' }>,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  const value = textOf(given, { charsMax, secret: true, multiline: false }, at, walk);
  if (typeof value !== 'string' || schemes.test(value) || isMasked(value)) return value;
  if (walk.strictness === 'lenient') return value;
  walk.problems.add(at, `expected ${accepted}`);
  return NO_VALUE;
}

function choiceOf(
  given: JsonValue,
  values: ReadonlyMap<ChoiceValue, ChoiceValue>,
  accepted: string,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  if (typeof given !== 'string' && given !== null)
    return wrong(at, given, `one of ${accepted}`, walk);
  const value = values.get(given) ?? (given === null ? undefined : values.get(given.toLowerCase()));
  if (value !== undefined) return value;
  if (given === null && values.has(null)) return null;
  return walk.strictness === 'strict' ? wrong(at, given, `one of ${accepted}`, walk) : NO_VALUE;
}

function listOf(
  given: JsonValue,
  { item, itemsMax }: Extract<Shape, { kind: 'list' }>,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  if (!Array.isArray(given)) return wrong(at, given, 'a list', walk);
  const items: readonly JsonValue[] = given;
  const most = walk.strictness === 'strict' ? itemsMax : itemsMax * LENIENT_LIST_FACTOR;
  if (items.length > most) {
    walk.problems.add(at, `${items.length} entries: expected at most ${itemsMax}`);
    return NO_VALUE;
  }
  const result: JsonValue[] = [];
  for (let index = 0; index < items.length; index++) {
    const value = valueOf(items[index] ?? null, item, `${at}[${index}]`, walk);
    if (value !== NO_VALUE) result.push(value);
  }
  return result;
}

function recordOf(
  given: JsonValue,
  { item, itemsMax }: Extract<Shape, { kind: 'record' }>,
  at: string,
  walk: Walk,
): JsonValue | undefined {
  if (!isJsonObject(given)) return wrong(at, given, 'an object', walk);
  const entries = Object.entries(given);
  if (entries.length > itemsMax) {
    walk.problems.add(at, `${entries.length} entries: expected at most ${itemsMax}`);
    return NO_VALUE;
  }
  const result: Record<string, JsonValue> = {};
  for (const [key, entry] of entries) {
    if (REFUSED_KEYS.has(key)) {
      walk.problems.add(`${at}.${key}`, 'this key is not accepted');
      continue;
    }
    if (hasControlCharacter(key)) {
      walk.problems.add(at, 'a key holds a control character: expected one line of text');
      continue;
    }
    const value = valueOf(entry, item, `${at}.${key}`, walk);
    if (value !== NO_VALUE) result[key] = value;
  }
  return result;
}

const SHOWN_CHARS = 40;

/** Objects and lists may hold secrets: only what they are is told. */
function shownValue(given: JsonValue): string {
  if (given === null) return '';
  if (typeof given === 'object')
    return `${Array.isArray(given) ? 'a list' : 'an object'} is not accepted: `;
  return `${JSON.stringify(given).slice(0, SHOWN_CHARS)} is not accepted: `;
}

function wrong(at: string, given: JsonValue, expected: string, { problems }: Walk): undefined {
  problems.add(at, `${shownValue(given)}expected ${expected}`);
  return NO_VALUE;
}

/** Stops counting one level past the limit. */
function depthOf(value: JsonValue, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > UNKNOWN_DEPTH_MAX) return depth;
  let deepest = depth + 1;
  for (const part of Object.values(value)) deepest = Math.max(deepest, depthOf(part, depth + 1));
  return deepest;
}

function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const left: JsonValue | undefined = (a as JsonObject)[key];
    const right: JsonValue | undefined = (b as JsonObject)[key];
    return left !== undefined && right !== undefined && sameJson(left, right);
  });
}
