/** The configuration as it is sent: what equals a default is left out, unknown keys stay. */
import { listOf, sameJson, type JsonObject, type JsonValue } from './json.ts';

/** @param defaults every setting at its default, by key */
export function configToSend(config: JsonObject, defaults: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(config)) {
    const sent = key === 'snfp' ? listOf(value).filter((pattern) => pattern !== '') : value;
    if (!sameJson(sent, defaults[key])) result[key] = sent;
  }
  return result;
}
