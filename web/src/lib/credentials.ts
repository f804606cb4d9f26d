/** Credentials in a configuration: found by what the server says of its texts, left out or replaced. */
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** `[]` stands for any entry of a list. What is in neither list is a credential. */
export interface TextPaths {
  readonly open: readonly string[];
  /** Open unless they carry a user, a password or a query. */
  readonly addresses: readonly string[];
}

/** What stands in place of a credential; undefined takes it out. */
export type Replace = (text: string, path: string) => string | undefined;

/** A copy with every credential replaced, stored ones (masks) included. */
export function mapCredentials(config: JsonObject, paths: TextPaths, replace: Replace): JsonObject {
  const mapped = mapValue(config, '', (text, path) =>
    isCredential(text, path, paths) ? replace(text, path) : text,
  );
  return isJsonObject(mapped) ? mapped : {};
}

function isCredential(text: string, path: string, { open, addresses }: TextPaths): boolean {
  const pattern = path.replaceAll(/\[\d+\]/g, '[]');
  if (addresses.includes(pattern))
    return (
      /^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(text) || text.includes('?') || text.startsWith('•')
    );
  return text !== '' && !open.includes(pattern);
}

function mapValue(value: JsonValue, path: string, map: Replace): JsonValue | undefined {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[])
      .map((item, index) => mapValue(item, `${path}[${index}]`, map))
      .filter((item) => item !== undefined);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, mapValue(item, path === '' ? key : `${path}.${key}`, map)] as const,
  );
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined),
  );
}
