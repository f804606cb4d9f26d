/**
 * The one registry of error codes. An `AppError` carries a code; `http/error-reply.ts` is the only
 * place that turns it into an HTTP answer.
 */

interface ErrorSpec {
  /** HTTP status of the answer. Our code never answers 5xx except 503. */
  readonly status: number;
  /** Seconds for the `Retry-After` header, when trying again later makes sense. */
  readonly retryAfterS?: number;
}

/** Every code there is. Codes are stable: clients, metrics and tests rely on them. */
export const ERRORS = {
  'request.bad-path': { status: 400 },
  'request.bad-type': { status: 400 },
  'request.bad-id': { status: 400 },
  'request.bad-extra': { status: 400 },
  'request.bad-query': { status: 400 },
  'request.too-long': { status: 414 },
  'request.method-not-allowed': { status: 405 },
  'request.not-found': { status: 404 },
  'request.cancelled': { status: 499 },
  'media.not-found': { status: 404 },
  'catalog.not-found': { status: 404 },
  'server.overloaded': { status: 503, retryAfterS: 1 },
  'server.draining': { status: 503, retryAfterS: 2 },
  'server.failure': { status: 503, retryAfterS: 5 },
  'database.unavailable': { status: 503, retryAfterS: 5 },
  'database.exhausted': { status: 503, retryAfterS: 1 },
  'database.timeout': { status: 503, retryAfterS: 2 },
  'redis.unavailable': { status: 503, retryAfterS: 2 },
  'cache.wait-timeout': { status: 503, retryAfterS: 1 },
  'pool.queue-full': { status: 503, retryAfterS: 1 },
  'pool.task-timeout': { status: 503, retryAfterS: 2 },
  'pool.task-failed': { status: 503, retryAfterS: 5 },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

export interface AppErrorOptions {
  /** The name of the offending input ("id", "type", "extra.skip"), shown to the client. */
  readonly field?: string;
  readonly cause?: unknown;
  /** Overrides the registry's `retryAfterS`. */
  readonly retryAfterS?: number;
}

/** An expected failure. `message` is shown to clients: it says what was wrong and what is accepted. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    const spec: ErrorSpec = ERRORS[code];
    this.retryAfterS = options.retryAfterS ?? spec.retryAfterS;
  }

  /** HTTP status of this error's code. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}
