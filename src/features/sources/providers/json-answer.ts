/** Answers of sources that speak JSON; what is wrong with one is said in the same words for all of them. */
import { AppError } from '../../../lib/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import type { UpstreamAnswer } from '../../../platform/upstream/upstream.ts';

/** Of a list in JSON, which is parsed in one go: a larger one would hold up everybody. */
export const JSON_BYTES_MAX = 2 * 2 ** 20;
/** Of one list; the rest is left out. */
const ROWS_MAX = 1000;

/** @throws AppError `source.refused`, `source.bad-answer` for any status but 200 to 299 */
export function requireSuccess({ status }: Pick<UpstreamAnswer, 'status'>): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403)
    throw new AppError(
      'source.refused',
      `it does not accept the key or the address (HTTP ${status})`,
    );
  const advice = status === 404 ? ': nothing is at this address, check it' : '';
  throw new AppError('source.bad-answer', `it answered with HTTP ${status}${advice}`);
}

/** @throws AppError `source.refused`, `source.bad-answer` */
export function parseJsonAnswer(answer: UpstreamAnswer): JsonValue {
  requireSuccess(answer);
  try {
    return JSON.parse(Buffer.from(answer.bytes).toString('utf8')) as JsonValue;
  } catch {
    const isPage = answer.contentType.startsWith('text/html');
    throw badAnswer(
      isPage
        ? 'a web page came instead of JSON: check the address, and whether it asks to sign in'
        : 'what it answered is not whole JSON',
    );
  }
}

/** The objects of a list; whatever else stands in it is passed over. @throws AppError `source.bad-answer` when it is no list */
export function jsonRows(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw badAnswer(`it answered without ${what}`);
  return (value as readonly JsonValue[]).slice(0, ROWS_MAX).filter(isJsonObject);
}

export function badAnswer(message: string): AppError {
  return new AppError('source.bad-answer', message);
}
