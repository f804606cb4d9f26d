/** The one place that turns a failure into an HTTP answer. */
import { AppError, type ErrorCode } from '../lib/errors.ts';
import { plainBlock } from './header-block.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: Buffer;
  readonly block: Buffer;
}

/** What does not exist now may exist in a moment: caches keep it this long, in seconds. */
const NEGATIVE_MAX_AGE_S = 10;
const NEGATIVE_CODE: ErrorCode = 'media.not-found';

/**
 * `{"error":{"code","message","field"?,"requestId"}}` with its headers; for configurations also `status`, `message` and
 * `errors`. Anything that is not an `AppError` becomes `server.failure`; its text never reaches the client.
 * @param lines further header lines, complete with their names
 */
export function errorReply(
  error: unknown,
  requestId: string,
  lines: readonly string[] = [],
): ErrorReply {
  const known =
    error instanceof AppError
      ? error
      : new AppError('server.failure', 'something went wrong on our side');
  const { code, message, field, problems, retryAfterS, authenticate } = known;
  const told = { code, message, field, requestId };
  const body = JSON.stringify(
    problems === undefined
      ? { error: told }
      : { status: 'error', message, code, errors: problems, error: told },
  );
  return {
    status: known.status,
    body: Buffer.from(`${body}\n`),
    block: plainBlock([
      'Content-Type: application/json; charset=utf-8',
      code === NEGATIVE_CODE
        ? `Cache-Control: public, max-age=${NEGATIVE_MAX_AGE_S}`
        : 'Cache-Control: no-store',
      ...(retryAfterS === undefined ? [] : [`Retry-After: ${Math.max(1, Math.ceil(retryAfterS))}`]),
      ...(authenticate === undefined ? [] : [`WWW-Authenticate: ${authenticate}`]),
      ...lines,
    ]),
  };
}
