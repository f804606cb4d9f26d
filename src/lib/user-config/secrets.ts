/**
 * Secrets of a configuration: shown to nobody, not even to whoever holds the install URL. What is shown
 * instead carries a keyed fingerprint, so that a form can send it back and the stored value is found again,
 * however the form has reordered its entries.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import type { ProblemList } from './problems.ts';
import type { Fields, Shape } from './schema.ts';

/** 4 to 22 URL-safe characters; keyed, so that nothing is learnt from them; equal for equal secrets. */
export type Fingerprint = (secret: string) => string;

const MASK = '••••••••';
const MASKED = /^•{8}[\w-]{4,22}$/u;

/** Whether this stands for a stored secret. */
export function isMasked(value: string): boolean {
  return MASKED.test(value);
}

/** A copy in which every secret is masked. Texts under unknown keys count as secrets: nobody here knows better. */
export function maskSecrets(
  config: JsonObject,
  schema: Fields,
  fingerprint: Fingerprint,
): JsonObject {
  return mapObject(config, schema, '', (value) => MASK + fingerprint(value));
}

/** A copy in which every masked value is the stored one again; those that nothing stored belongs to are problems. */
export function unmaskSecrets(
  config: JsonObject,
  stored: JsonObject,
  schema: Fields,
  fingerprint: Fingerprint,
  problems: ProblemList,
): JsonObject {
  const byMask = new Map<string, string>();
  mapObject(stored, schema, '', (value) => {
    byMask.set(MASK + fingerprint(value), value);
    return value;
  });
  return mapObject(config, schema, '', (value, at) => {
    if (!isMasked(value)) return value;
    const secret = byMask.get(value);
    if (secret === undefined)
      problems.add(at, 'a masked value that belongs to nothing stored: enter it again');
    return secret ?? '';
  });
}

type MapText = (value: string, at: string) => string;

function mapObject(config: JsonObject, schema: Fields, path: string, map: MapText): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(config)) {
    const field = schema.byKey.get(key);
    result[key] =
      field === undefined
        ? mapUnknown(value, path + key, map)
        : mapValue(value, field.shape, path + key, map);
  }
  return result;
}

function mapValue(value: JsonValue, shape: Shape, at: string, map: MapText): JsonValue {
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string' && (shape.secret || isMasked(value))
        ? map(value, at)
        : value;
    case 'url':
      return typeof value === 'string' && (holdsCredentials(value) || isMasked(value))
        ? map(value, at)
        : value;
    case 'list':
      return Array.isArray(value)
        ? (value as readonly JsonValue[]).map((item, index) =>
            mapValue(item, shape.item, `${at}[${index}]`, map),
          )
        : value;
    case 'record':
      return isJsonObject(value)
        ? mapEntries(value, (item, key) => mapValue(item, shape.item, `${at}.${key}`, map))
        : value;
    case 'object':
      return isJsonObject(value) ? mapObject(value, shape.fields, `${at}.`, map) : value;
    case 'kept':
      return mapUnknown(value, at, map);
    case 'boolean':
    case 'number':
    case 'size':
    case 'choice':
      return value;
  }
}

function mapUnknown(value: JsonValue, at: string, map: MapText): JsonValue {
  if (typeof value === 'string') return value === '' ? value : map(value, at);
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((item, index) =>
      mapUnknown(item, `${at}[${index}]`, map),
    );
  }
  return isJsonObject(value)
    ? mapEntries(value, (item, key) => mapUnknown(item, `${at}.${key}`, map))
    : value;
}

function mapEntries(
  value: JsonObject,
  map: (item: JsonValue, key: string) => JsonValue,
): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) result[key] = map(item, key);
  return result;
}

/** A user or a password before the host, or a query, where API keys tend to be. */
function holdsCredentials(address: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(address) || address.includes('?');
}
