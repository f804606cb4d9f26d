/** What a server answers to the login of an account. */
import { idOf, objectOf, textOf } from '../json/json-fields.ts';
import type { JsonValue } from '../json/json-value.ts';

const ENDED = /^(?:expired|banned|disabled)$/i;
const EXTENSIONS = ['ts', 'm3u8'];

/** Why the account gets nothing, or an empty text. */
export function loginProblem(profile: JsonValue): string {
  const user = objectOf(objectOf(profile)['user_info']);
  if (!isTrue(user['auth'])) return 'user name or password are wrong';
  const status = textOf(user['status']);
  return ENDED.test(status) ? `the account is ${status.toLowerCase()}` : '';
}

/** The first that the account may have; `ts` where nothing is said. */
export function liveExtension(profile: JsonValue): string {
  const formats = objectOf(objectOf(profile)['user_info'])['allowed_output_formats'];
  const allowed: readonly JsonValue[] = Array.isArray(formats) ? formats : [];
  return EXTENSIONS.find((extension) => allowed.includes(extension)) ?? 'ts';
}

/** Numbers, their texts and truth values are all in use. */
export function isTrue(value: JsonValue | undefined): boolean {
  return value === true || idOf(value) === '1' || textOf(value).toLowerCase() === 'true';
}
