/** The JSON that a client sent. */
import { AppError } from '../lib/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../lib/json/json-value.ts';
import type { Request } from './route.ts';

/** @throws AppError `request.bad-body` for anything but a JSON object in UTF-8 */
export function jsonObjectBody({ body }: Request): JsonObject {
  const value = parse(body);
  if (!isJsonObject(value))
    throw new AppError('request.bad-body', 'expected a JSON object in UTF-8 as the body');
  return value;
}

function parse(body: Uint8Array): JsonValue {
  try {
    const value: JsonValue = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return value;
  } catch {
    return null;
  }
}
