/**
 * What a failed statement means: by SQLSTATE, and by postgres.js's own codes for what would be class
 * 08. Messages are never looked at: they are translated by the server.
 */
import { AppError } from '../../lib/errors.ts';

/** Codes of postgres.js and of the sockets below it: there is no connection, or it was lost. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'CONNECT_TLS',
  'CONNECT_NO_HOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** 57P01 administrator shutdown, 57P02 crash, 57P03 starting up: the session is gone or never came up. */
const SESSION_END_STATES: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03']);

/** 40001 serialisation, 40P01 deadlock, 25006 a server that just became read-only. */
const REPEATABLE_STATES: ReadonlySet<string> = new Set(['40001', '40P01', '25006']);

/** What keeps a server from writing, for logs and `/ready`. */
const NOT_WRITABLE_STATES: ReadonlyMap<string, string> = new Map([
  ['53100', 'disk full'],
  ['53200', 'out of memory'],
  ['58030', 'disk error'],
  ['25006', 'read-only'],
]);

const QUERY_CANCELED = '57014';
const TOO_MANY_CONNECTIONS = '53300';
const READ_ONLY_TRANSACTION = '25006';

/**
 * The code of an error that a driver raised (postgres.js puts the query on every error of a statement, pg the server's severity);
 * undefined for anything else, such as a refused connection to some other service inside a transaction.
 */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const isOfServer = 'query' in error || 'severity' in error;
  return isOfServer || error.code.startsWith('CONNECT') ? error.code : undefined;
}

/** True when the connection could not be opened or was lost; whether the statement ran is unknown. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return false;
  return CONNECTION_CODES.has(code) || SESSION_END_STATES.has(code) || isClass08(code);
}

/** True when another server may answer what this one refused. */
export function isServerRefusal(error: unknown): boolean {
  return isConnectionFailure(error) || codeOf(error) === TOO_MANY_CONNECTIONS;
}

/**
 * True when an idempotent read may be sent again. A timeout (57014) and a full
 * server (53300) are not: more of the same makes both worse.
 */
export function isRepeatable(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (REPEATABLE_STATES.has(code) || isConnectionFailure(error));
}

/** True when the connection leads to a server that can no longer do what we need (a demoted primary). */
export function makesSessionUseless(error: unknown): boolean {
  return codeOf(error) === READ_ONLY_TRANSACTION || isConnectionFailure(error);
}

/** True when the server took a write for one that it may not do: it is a standby by now, or was made read-only. */
export function isReadOnlyRefusal(error: unknown): boolean {
  return codeOf(error) === READ_ONLY_TRANSACTION;
}

/** "disk full": why the server cannot write; undefined when the failure says nothing of that kind. */
export function notWritableReason(error: unknown): string | undefined {
  return NOT_WRITABLE_STATES.get(codeOf(error) ?? '');
}

/** The error that callers see. Answers of the server about the statement itself stay as they are. */
export function toAppError(error: unknown, statement: string): unknown {
  const code = codeOf(error);
  if (code === QUERY_CANCELED) return timeoutError(statement, error);
  if (code === TOO_MANY_CONNECTIONS) {
    return new AppError('database.exhausted', 'The database has no free connection.', {
      cause: error,
    });
  }
  const reason = notWritableReason(error);
  if (reason !== undefined) {
    return new AppError('database.not-writable', `The database cannot write: ${reason}.`, {
      cause: error,
      detail: reason,
    });
  }
  if (isRepeatable(error) || isLoginFailure(code)) {
    return new AppError('database.unavailable', 'The database is not available.', { cause: error });
  }
  return error;
}

/** `database.timeout` for the named statement. */
export function timeoutError(statement: string, cause?: unknown): AppError {
  return new AppError('database.timeout', 'The database did not answer in time.', {
    cause: new Error(`statement ${statement} ran into its time limit`, { cause }),
  });
}

/** Class 28: the user or password is wrong; 3D000: there is no such database. Only an operator can help. */
function isLoginFailure(code: string | undefined): boolean {
  return code !== undefined && code.length === 5 && (code.startsWith('28') || code === '3D000');
}

/** SQLSTATEs have five characters; 08 is "connection exception". */
function isClass08(code: string): boolean {
  return code.length === 5 && code.startsWith('08');
}
