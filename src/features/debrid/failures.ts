/** What the viewer sees, and the log says, for each failure of a service. */
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import type { ExceptionVideo } from '../../lib/exception-videos/messages.ts';

export type DebridErrorCode = Extract<ErrorCode, `debrid.${string}`>;

interface Failure {
  readonly video: ExceptionVideo;
  /** After the name of the service and a colon. */
  readonly says: string;
}

/** One row for each way in which services fail. */
export const FAILURES: Readonly<Record<DebridErrorCode, Failure>> = {
  'debrid.no-credentials': { video: 'configure_debrid', says: 'a credential is missing' },
  'debrid.unsupported': { video: 'unsupported_direct_download', says: 'it cannot play this' },
  'debrid.bad-token': { video: 'invalid_token', says: 'it does not accept the token' },
  'debrid.bad-login': { video: 'invalid_credentials', says: 'it does not accept the login' },
  'debrid.account-locked': { video: 'invalid_token', says: 'the account is locked' },
  'debrid.need-premium': { video: 'need_premium', says: 'this needs a subscription' },
  'debrid.ip-not-allowed': { video: 'ip_not_allowed', says: 'this address is not allowed' },
  'debrid.api-blocked': {
    video: 'alldebrid_api_blocked',
    says: 'the owner of the account has to confirm this address',
  },
  'debrid.server-refused': {
    video: 'alldebrid_server_error',
    says: 'it takes no calls from servers or VPNs',
  },
  'debrid.login-pending': { video: 'invalid_token', says: 'the code is not confirmed yet' },
  'debrid.login-expired': { video: 'invalid_token', says: 'the code has expired or was used' },
  'debrid.not-found': { video: 'torrent_not_downloaded', says: 'it does not have this any more' },
  'debrid.infringing': { video: 'content_infringing', says: 'a rights holder complained' },
  'debrid.inappropriate': { video: 'inappropriate_content', says: 'it does not take such content' },
  'debrid.downloading': { video: 'torrent_downloading', says: 'it is still downloading' },
  'debrid.not-downloaded': { video: 'torrent_not_downloaded', says: 'it does not have the file' },
  'debrid.torrent-failed': { video: 'torrent_error', says: 'it gave the torrent up' },
  'debrid.transfer-failed': { video: 'transfer_error', says: 'its transfer failed' },
  'debrid.add-failed': { video: 'add_torrent_failed', says: 'it does not take the torrent' },
  'debrid.usenet-failed': { video: 'usenet_transfer_error', says: 'its Usenet download failed' },
  'debrid.torrent-limit': { video: 'torrent_limit', says: 'too many active downloads' },
  'debrid.queue-full': { video: 'queue_full', says: 'the queue is full' },
  'debrid.traffic-limit': {
    video: 'exceed_remote_traffic_limit',
    says: 'the traffic of the account is used up',
  },
  'debrid.daily-limit': { video: 'daily_download_limit', says: 'no more links today' },
  'debrid.no-space': { video: 'not_enough_space', says: 'the storage is full' },
  'debrid.too-many-requests': { video: 'too_many_requests', says: 'it is asked too often' },
  'debrid.service-down': { video: 'debrid_service_down_error', says: 'it does not work just now' },
  'debrid.bad-answer': { video: 'api_error', says: 'its answer makes no sense' },
  'debrid.refused-call': { video: 'api_error', says: 'it does not understand a call' },
  'debrid.share-failed': {
    video: 'webdav_error',
    says: 'its WebDAV share does not show the file',
  },
  'debrid.proxy-failed': { video: 'mediaflow_proxy_error', says: 'its MediaFlow proxy failed' },
  'debrid.proxy-address': {
    video: 'mediaflow_ip_error',
    says: 'its MediaFlow proxy did not tell its public address',
  },
  'debrid.failed': { video: 'provider_error', says: 'it failed' },
};

/** Of calls that got no answer from the service, or none that was read. */
const OTHERS: Readonly<Partial<Record<ErrorCode, ExceptionVideo>>> = {
  'fetch.bad-url': 'network_error',
  'fetch.bad-header': 'invalid_token',
  'fetch.blocked-address': 'network_error',
  'fetch.too-large': 'api_error',
  'fetch.timeout': 'debrid_service_down_error',
  'fetch.failed': 'debrid_service_down_error',
  'fetch.busy': 'too_many_requests',
  'upstream.open': 'debrid_service_down_error',
  'upstream.failed': 'debrid_service_down_error',
  'upstream.busy': 'too_many_requests',
  'upstream.limited': 'too_many_requests',
};

export function videoOf(error: unknown): ExceptionVideo {
  if (!(error instanceof AppError)) return 'api_error';
  return isDebridCode(error.code)
    ? FAILURES[error.code].video
    : (OTHERS[error.code] ?? 'api_error');
}

/** @param detail what exactly, without anything that a server has sent but codes that are known */
export function debridFailure(code: DebridErrorCode, service: string, detail = ''): AppError {
  const { says } = FAILURES[code];
  return new AppError(code, `${service}: ${says}${detail === '' ? '' : ` (${detail})`}`);
}

function isDebridCode(code: ErrorCode): code is DebridErrorCode {
  return Object.hasOwn(FAILURES, code);
}
