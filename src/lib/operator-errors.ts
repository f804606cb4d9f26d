/** Error codes that only operators and their tools meet; a part of `ERRORS`. */
import type { ErrorSpec } from './error-spec.ts';

export const OPERATOR_ERRORS = {
  'metrics.unauthorized': {
    status: 401,
    authenticate: 'Bearer realm="metrics"',
    meaning: 'The bearer token is missing or another one than `METRICS_BEARER_TOKEN`.',
  },
  'metrics.private': {
    status: 403,
    meaning: 'Without `METRICS_BEARER_TOKEN` metrics are for private addresses alone.',
  },
  'metrics.unavailable': {
    status: 503,
    retryAfterS: 5,
    meaning: 'The supervisor did not add up the metrics of all processes in time.',
  },
  'exception.not-found': {
    status: 404,
    meaning: 'No failure that is kept (`/api/v1/admin/exceptions`) has this fingerprint.',
  },
  'database.no-statistics': {
    status: 503,
    retryAfterS: 60,
    meaning:
      'PostgreSQL keeps no statistics of statements (`pg_stat_statements`); the message says how they are turned on.',
  },
  'profiler.busy': {
    status: 503,
    retryAfterS: 10,
    meaning: 'A profile or heap snapshot is being made (`ENABLE_PROFILER`): one at a time.',
  },
  'profiler.no-thread': {
    status: 404,
    meaning: 'No thread of the process has this number, or it does not answer the profiler.',
  },
  'feed.bad-feed': {
    status: 400,
    meaning: 'What is said of a feed is not accepted; the message names the field.',
  },
  'feed.not-found': { status: 404, meaning: 'There is no feed with this id.' },
  'folder.unreadable': {
    status: 422,
    meaning: 'A folder of videos, or a share, cannot be read: nothing of it was changed.',
  },
  'folder.not-found': {
    status: 404,
    meaning: 'There is no folder with this id, or the file of this address is gone.',
  },
  'iptv.bad-provider': {
    status: 400,
    meaning: 'What is said of an IPTV provider is not accepted; the message names the field.',
  },
  'iptv.no-provider': { status: 404, meaning: 'There is no IPTV provider with this id.' },
  'iptv.no-snapshot': {
    status: 409,
    meaning:
      'No snapshot of an IPTV provider waits to be published, or none is there to go back to.',
  },
  'iptv.no-channel': {
    status: 404,
    meaning: 'There is no channel with this id, or no provider has it any more.',
  },
  'iptv.bad-token': {
    status: 403,
    meaning: 'The address of an IPTV viewer was revoked, or never given out.',
  },
  'iptv.bad-folder': {
    status: 422,
    meaning: 'The folder for .strm files is none that can be written.',
  },
  'iptv.no-viewer': { status: 404, meaning: 'There is no IPTV viewer with this id.' },
  'iptv.source-failed': {
    status: 503,
    retryAfterS: 10,
    meaning: 'No provider of an IPTV channel sends it now; the message says what the last one did.',
  },
  'iptv.no-slot': {
    status: 503,
    retryAfterS: 10,
    meaning: 'All streams that the accounts of an IPTV channel may have open are in use.',
  },
  'iptv.replaced': {
    status: 409,
    meaning:
      'A newer stream of the IPTV viewer took the place of this one, as their limit is reached.',
  },
  'iptv.bad-playlist': {
    status: 422,
    meaning: 'What an IPTV provider sent, or what was handed in, is no list of channels.',
  },
  'iptv.login-refused': {
    status: 422,
    meaning:
      'An Xtream server does not let the account in: wrong name or password, expired, banned or disabled.',
  },
  'iptv.provider-refused': {
    status: 422,
    meaning: 'An IPTV provider answered with an error; the message says what its status means.',
  },
} as const satisfies Record<string, ErrorSpec>;
