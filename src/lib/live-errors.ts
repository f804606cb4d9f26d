/** Error codes of live streams, what their encoders send, and transcodes; part of the registry in `errors.ts`. */
import type { ErrorSpec } from './error-spec.ts';

export const LIVE_ERRORS = {
  'live.not-found': {
    status: 404,
    meaning: 'There is no live stream or recording with this id, or it was deleted.',
  },
  'live.wrong-key': {
    status: 403,
    meaning: 'The owner key (`X-Owner-Key`) is missing or not that of the live stream.',
  },
  'live.bad-state': {
    status: 409,
    meaning: 'The live stream has ended, or is in another state that does not allow it.',
  },
  'live.bad-segment': {
    status: 422,
    meaning:
      'An encoder sent a file of a type that is not taken, a segment that is cut off or none, or a playlist that cannot be read.',
  },
  'live.disk-full': {
    status: 503,
    retryAfterS: 30,
    meaning: 'Live streams hold as much as they may (`LIVE_DISK_MAX_MB`), or the disk is full.',
  },
  'storage.failed': {
    status: 503,
    retryAfterS: 10,
    meaning: 'The store of segments (`LIVE_S3_URL`) does not answer, or refuses.',
  },
  'transcode.not-found': {
    status: 404,
    meaning: 'There is no transcode with this id, no such rendition of it, or it was deleted.',
  },
  'transcode.failed': {
    status: 409,
    meaning:
      'The transcode failed; the message says why. Asking for it again makes another attempt.',
  },
  'transcode.not-ready': {
    status: 503,
    retryAfterS: 2,
    meaning: 'The transcode waits for others, or for a worker of the queue `transcode`.',
  },
} as const satisfies Record<string, ErrorSpec>;
