/** Credentials of several parts that other servers pack into one text: base64 of something readable. */

import { textOf } from '../../lib/json/json-fields.ts';
import { isJsonObject, type JsonValue } from '../../lib/json/json-value.ts';

/** What a text stands for in base64, of either alphabet; empty where that is nothing readable. */
export function decodedBase64(text: string): string {
  if (!/^[\w+/-]{8,}={0,2}$/.test(text)) return '';
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return /^[ -~]{4,}$/.test(decoded) ? decoded : '';
}

/** Of base64 of `{"access_token": …}`, as OAuth gives it; null for anything else. */
export function packedAccessToken(token: string): string | null {
  const text = decodedBase64(token);
  if (!text.startsWith('{')) return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? textOf(value['access_token']) || null : null;
  } catch {
    return null;
  }
}
