/** Failures of the network, of undici and zlib as ours: coded, in words, without what was sent or received. */
import { AppError } from '../../lib/errors.ts';

/** What went wrong, by the code of the error. */
const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'its name has no address'],
  [/^ECONNREFUSED$/, 'it refuses connections'],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    'it closed the connection before its answer was complete',
  ],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM)$/, 'it cannot be reached'],
  [/^(EPROTO|ERR_SSL_\w+)$/, 'it does not speak TLS there'],
  [/^(CERT_\w+|\w*CERT\w*|\w+_LEAF_SIGNATURE|ERR_TLS_\w+)$/, 'its certificate is not valid'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'its header is too long'],
  [/^(HPE_\w+|UND_ERR_\w*CONTENT_LENGTH\w*)$/, 'it does not speak proper HTTP'],
  [/^(Z_\w+|ERR_PADDING_2|ERR__\w+|ERR_BROTLI_\w+)$/, 'its compressed answer is broken'],
];

/** undici's own limits (connect, headers, body) count as ours. */
export function asFetchFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$|^ETIMEDOUT$/.test(code))
    return new AppError('fetch.timeout', 'the other server did not answer in time');
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const detail = code === '' ? '' : ` (${code})`;
  return new AppError(
    'fetch.failed',
    `the other server did not answer properly${reason === undefined ? '' : `: ${reason}`}${detail}`,
    // Errors of undici can hold what was received: for the log, name and code are enough.
    { cause: new Error(error instanceof Error ? `${error.name}${detail}` : 'unknown failure') },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function tooLarge(bodyBytesMax: number): AppError {
  return new AppError('fetch.too-large', `the answer is larger than ${bodyBytesMax} bytes`);
}

export function tooLate(timeoutMs: number): AppError {
  return new AppError('fetch.timeout', `no whole answer within ${timeoutMs} ms`);
}
