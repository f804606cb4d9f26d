/** Errors of the driver as the rest of the program may see them: coded, without arguments or secrets. */
import { AppError } from '../../lib/errors.ts';

/**
 * Wraps a driver error. ioredis hangs the command with its arguments on the error (for AUTH and
 * HELLO: the password) and old servers repeat them in the message, so neither is kept.
 */
export function redisUnavailable(error: unknown): AppError {
  return new AppError('redis.unavailable', 'Redis does not answer', {
    cause: new Error(describeRedisError(error)),
  });
}

/** Redis answers, but refuses for reasons of its own (`READONLY`, `OOM`); `detail` names them. */
export function redisRefused(kinds: readonly string[]): AppError {
  return new AppError('redis.refused', 'Redis refuses commands', { detail: kinds.join(' ') });
}

/** One short line for logs: the code or the start of the message, never what was sent. */
export function describeRedisError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return (code + error.message.replace(/,? with args beginning with.*$/is, '')).slice(0, 200);
}
