/** Which entries of a configuration's `sps` count, in the order in which they are used. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';

/** `sp`, the one provider of old configurations, counts when the list has no enabled one. */
export function enabledProviders(config: JsonObject): readonly JsonObject[] {
  const listed = enabledOf(config['sps']);
  return listed.length > 0 ? listed : enabledOf([config['sp'] ?? null]);
}

function enabledOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[])
    .filter(isJsonObject)
    .filter(({ en }) => en !== false)
    .toSorted((a, b) => priorityOf(a) - priorityOf(b));
}

function priorityOf({ pr }: JsonObject): number {
  return typeof pr === 'number' ? pr : 0;
}
