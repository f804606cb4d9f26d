/**
 * The one registry of error codes. An `AppError` carries a code; `http/error-reply.ts` is the only
 * place that turns it into an HTTP answer.
 */
import { CHAT_ERRORS } from './chat-errors.ts';
import { DEBRID_ERRORS } from './debrid-errors.ts';
import type { ErrorSpec } from './error-spec.ts';
import { LIVE_ERRORS } from './live-errors.ts';
import { OPERATOR_ERRORS } from './operator-errors.ts';
import { SOCKET_ERRORS } from './socket-errors.ts';

/** Every code there is. Codes are stable: clients, metrics and tests rely on them. */
export const ERRORS = {
  'request.bad-path': { status: 400, meaning: 'The path is not valid percent-encoded UTF-8.' },
  'request.bad-type': { status: 400, meaning: 'The type is neither `movie` nor `series`.' },
  'request.bad-id': {
    status: 400,
    meaning:
      'The id has none of the forms `tt…`, `tmdb:…`, `tvdb:…`, `kitsu:…`, `mal:…`, `anilist:…`, `sl:…` (episodes: ' +
      '`id:season:episode`, anime `id:episode`); or no id of a catalogue.',
  },
  'request.bad-extra': {
    status: 400,
    meaning:
      'The extra segment of a catalogue path has an unknown, repeated or out-of-range entry, or lacks a required one.',
  },
  'request.bad-query': {
    status: 400,
    meaning: 'A query parameter has a value that is not accepted.',
  },
  'request.too-long': {
    status: 414,
    meaning: 'The path or the query is longer than 5,120 characters.',
  },
  'request.method-not-allowed': {
    status: 405,
    meaning: 'The path has no such method; `Allow` lists those that it has.',
  },
  'request.not-found': { status: 404, meaning: 'No route has this path, or no file this name.' },
  'request.cancelled': { status: 499, meaning: 'The client went away; nobody sees this answer.' },
  'request.body-too-large': { status: 413, meaning: 'The body is longer than the route takes.' },
  'request.body-timeout': {
    status: 408,
    meaning: 'The body did not come to its end within 7.5 s; the connection is closed.',
  },
  'request.bad-body': {
    status: 400,
    meaning: 'The body is not a JSON object in UTF-8 with the fields of its route.',
  },
  'request.too-many': {
    status: 429,
    retryAfterS: 1,
    meaning: 'The address has asked for as much as it may (`RATE_LIMIT_PER_MINUTE`).',
  },
  'config.invalid': {
    status: 400,
    meaning:
      'Fields of a configuration have values that are not accepted; `errors` lists them all.',
  },
  'config.too-large': {
    status: 400,
    meaning: 'The configuration does not fit an install address.',
  },
  'config.bad-token': {
    status: 422,
    meaning:
      'The configuration in the address cannot be read: cut, changed, or made with another key or version.',
  },
  'config.wrong-password': {
    status: 403,
    meaning:
      'The instance is private (`IS_PUBLIC_INSTANCE`), and the configuration in the address does not hold its password.',
  },
  'profile.not-found': {
    status: 404,
    meaning: 'There is no stored profile with this id, or it was revoked.',
  },
  'profile.wrong-key': {
    status: 403,
    meaning: 'The owner key (`X-Owner-Key`) is missing or not that of the profile.',
  },
  'profile.too-many': {
    status: 429,
    retryAfterS: 3600,
    meaning:
      'The address has stored as many profiles this hour as it may (`PROFILES_PER_HOUR_MAX`).',
  },
  'preview.too-many': {
    status: 429,
    retryAfterS: 60,
    meaning:
      'The address has had as many previews and checks of settings this minute as it may (`PREVIEWS_PER_MINUTE_MAX`).',
  },
  'source.too-many-tests': {
    status: 429,
    retryAfterS: 60,
    meaning:
      'The address has had as many tests of settings this minute as it may (`SOURCE_TESTS_PER_MINUTE_MAX`).',
  },
  'login.too-many': {
    status: 429,
    retryAfterS: 60,
    meaning:
      'The address has begun or polled as many logins by a code this minute as it may (`CODE_LOGINS_PER_MINUTE_MAX`).',
  },
  'media.not-found': { status: 404, meaning: 'No title has this id.' },
  'import.bad-line': {
    status: 400,
    meaning: 'A line or an item of an import that cannot be read, or does not say what it plays.',
  },
  'import.no-title': {
    status: 422,
    meaning:
      'What is to be imported does not say of which title it is, or no title is known by that: name type, and a name or an id.',
  },
  'import.not-allowed': {
    status: 403,
    meaning: 'The server does not take imports of this kind from users (`USER_IMPORTS`).',
  },
  'import.quota': {
    status: 409,
    meaning: 'The profile has as many private streams as it may (`PRIVATE_STREAMS_MAX`).',
  },
  'import.too-many': {
    status: 429,
    retryAfterS: 60,
    meaning:
      'The address has asked for as many imports this minute as it may (`USER_IMPORTS_PER_MINUTE_MAX`).',
  },
  'guide.bad-file': {
    status: 400,
    meaning: 'A file that is no XMLTV guide, is cut off or broken, or is larger than accepted.',
  },
  'guide.not-found': { status: 404, meaning: 'There is no guide, or no channel, with this id.' },
  'guide.exists': { status: 409, meaning: 'There is a guide of this name.' },
  'guide.busy': { status: 409, meaning: 'Another sync of the guide is under way.' },
  'job.not-found': {
    status: 404,
    meaning: 'There is no job with this id, or it was deleted by now.',
  },
  'schedule.not-found': { status: 404, meaning: 'There is no schedule of this name.' },
  'job.busy': {
    status: 409,
    meaning:
      'The state of the job does not allow it: it is over, or another one with its dedupe key waits or runs.',
  },
  'torrent.bad-file': {
    status: 400,
    meaning: 'A file that is no `.torrent` file, or is larger than any of them.',
  },
  'source.refused': {
    status: 503,
    retryAfterS: 60,
    meaning: 'A source of streams does not accept the key or the address that it is called with.',
  },
  'source.bad-answer': {
    status: 503,
    retryAfterS: 60,
    meaning: 'A source of streams answers something else than its protocol says.',
  },
  'source.not-found': {
    status: 503,
    retryAfterS: 60,
    meaning: 'Nothing is at the address of a source of streams.',
  },
  'source.unsupported': {
    status: 503,
    retryAfterS: 60,
    meaning: 'A source of streams does not know what it was asked for (Newznab 200 to 299).',
  },
  'source.failed': {
    status: 503,
    retryAfterS: 30,
    meaning: 'A source of streams answers that it failed (Newznab 900 and others).',
  },
  'metadata.bad-answer': {
    status: 503,
    retryAfterS: 60,
    meaning:
      'A metadata service (`CINEMETA_URL`, `TMDB_URL`, `ANIME_LIST_URL`) answers something that is not of its protocol.',
  },
  'metadata.unavailable': {
    status: 503,
    retryAfterS: 5,
    meaning:
      'No title here has this id, and no metadata service answered within `METADATA_DEADLINE_MS`.',
  },
  'playback.bad-link': {
    status: 400,
    meaning:
      'A playback link has no token of 22 characters, no infohash of 40 hexadecimal digits, or a season or episode that is ' +
      'no number.',
  },
  ...DEBRID_ERRORS,
  'access.key-needed': {
    status: 401,
    authenticate: 'Bearer realm="sluice"',
    meaning:
      'Only who has `API_PASSWORD` may ask for this: `X-API-Key: …` or `Authorization: Bearer …` is missing.',
  },
  'access.wrong-key': {
    status: 401,
    authenticate: 'Bearer realm="sluice"',
    meaning: 'The key in `X-API-Key` or `Authorization` is not `API_PASSWORD`.',
  },
  'access.locked': {
    status: 429,
    retryAfterS: 600,
    meaning: 'Ten wrong keys came from the address in ten minutes: none is looked at for a while.',
  },
  'access.admin-off': {
    status: 403,
    meaning: 'Nobody may use the admin API while `API_PASSWORD` is not set.',
  },
  ...OPERATOR_ERRORS,
  ...LIVE_ERRORS,
  ...CHAT_ERRORS,
  ...SOCKET_ERRORS,
  'server.overloaded': {
    status: 503,
    retryAfterS: 1,
    meaning:
      'As many requests wait as may (`HTTP_IN_FLIGHT_MAX`), or the process is at its limit (`HTTP_TURN_BUDGET_MS`).',
  },
  'server.draining': { status: 503, retryAfterS: 2, meaning: 'The server is stopping.' },
  'server.timeout': {
    status: 503,
    retryAfterS: 2,
    meaning: 'The request reached its deadline (`REQUEST_TIMEOUT_MS`).',
  },
  'server.failure': {
    status: 503,
    retryAfterS: 5,
    meaning: 'Something unexpected; the log has it under the request id.',
  },
  'database.unavailable': { status: 503, retryAfterS: 5, meaning: 'PostgreSQL does not answer.' },
  'database.exhausted': {
    status: 503,
    retryAfterS: 1,
    meaning: 'All database connections are busy and the queue for them is full or too slow.',
  },
  'database.not-writable': {
    status: 503,
    retryAfterS: 60,
    meaning:
      'PostgreSQL answers but cannot write: disk full, out of memory, or it takes no writes. Nothing was saved.',
  },
  'database.timeout': {
    status: 503,
    retryAfterS: 2,
    meaning: 'A statement took longer than its limit.',
  },
  'redis.unavailable': {
    status: 503,
    retryAfterS: 2,
    meaning: 'Redis does not answer; requests go on without it, so clients do not see this.',
  },
  'redis.refused': {
    status: 503,
    retryAfterS: 2,
    meaning:
      'Redis answers but refuses (`READONLY`, `LOADING`, `OOM`, …); only `/ready` shows it, requests go on without it.',
  },
  'cache.wait-timeout': {
    status: 503,
    retryAfterS: 1,
    meaning: 'Another request was loading the same thing and did not finish in time.',
  },
  'pool.queue-full': {
    status: 503,
    retryAfterS: 1,
    meaning: 'As many tasks wait for a thread as may (`POOL_QUEUE_MAX`).',
  },
  'pool.task-timeout': {
    status: 503,
    retryAfterS: 2,
    meaning: 'A task on a thread took longer than its limit.',
  },
  'pool.task-failed': {
    status: 503,
    retryAfterS: 5,
    meaning: 'A task on a thread failed or its thread died.',
  },
  'fetch.bad-url': {
    status: 400,
    meaning: 'An address that is not http or https, or none at all.',
  },
  'fetch.bad-header': {
    status: 400,
    meaning: 'A header that was to be sent has characters that no header may have.',
  },
  'fetch.blocked-address': {
    status: 403,
    meaning: 'An address that may not be fetched from (`FETCH_ALLOW_PRIVATE`).',
  },
  'fetch.too-large': {
    status: 503,
    retryAfterS: 60,
    meaning: 'What was fetched is larger than allowed.',
  },
  'fetch.timeout': {
    status: 503,
    retryAfterS: 5,
    meaning: 'What was fetched did not come in time.',
  },
  'fetch.failed': { status: 503, retryAfterS: 5, meaning: 'What was to be fetched could not be.' },
  'fetch.busy': { status: 503, retryAfterS: 1, meaning: 'Too many fetches wait for one host.' },
  'upstream.open': {
    status: 503,
    retryAfterS: 5,
    meaning: 'A server that Sluice asks has been failing; it is left alone for some seconds.',
  },
  'upstream.busy': {
    status: 503,
    retryAfterS: 5,
    meaning:
      'A server that Sluice asks has had as many calls as it may; the next ones come too late.',
  },
  'upstream.limited': {
    status: 503,
    retryAfterS: 30,
    meaning: 'A server that Sluice asks wants to be left alone for a while (429, `Retry-After`).',
  },
  'upstream.failed': {
    status: 503,
    retryAfterS: 5,
    meaning: 'A server that Sluice asks answered with an error of its own (5xx).',
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

export interface AppErrorOptions {
  /** The name of the offending input ("id", "type", "extra.skip"), shown to the client. */
  readonly field?: string;
  readonly cause?: unknown;
  /** A word or two for operators, without addresses or secrets: `/ready` shows it beside the code. */
  readonly detail?: string;
  /** Overrides the registry's `retryAfterS`. */
  readonly retryAfterS?: number;
  /** Every field that is wrong, where there can be several; also shown. */
  readonly problems?: readonly FieldProblem[];
}

export interface FieldProblem {
  /** Path of the field: `sps[1].tk`. */
  readonly field: string;
  /** What was wrong and what is accepted. */
  readonly message: string;
}

/** An expected failure. `message` is shown to clients: it says what was wrong and what is accepted. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly problems: readonly FieldProblem[] | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.problems = options.problems;
    this.detail = options.detail;
    const spec: ErrorSpec = ERRORS[code];
    this.retryAfterS = options.retryAfterS ?? spec.retryAfterS;
  }

  /** What a client has to send, for `WWW-Authenticate`. */
  get authenticate(): string | undefined {
    const spec: ErrorSpec = ERRORS[this.code];
    return spec.authenticate;
  }

  /** HTTP status of this error's code. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}
