/** Every error code that a service is known to answer with, and what it means here. */
import type { DebridErrorCode } from './failures.ts';

type CodesByFailure = Readonly<Partial<Record<DebridErrorCode, readonly string[]>>>;

/** By service, by failure. Codes that are numbers stand here as their digits. */
const CODES: Readonly<Record<string, CodesByFailure>> = {
  realdebrid: {
    'debrid.service-down': ['-1', '6', '16', '17', '19', '25'],
    'debrid.refused-call': ['1', '2', '3', '4', '31', '32'],
    'debrid.too-many-requests': ['5', '34'],
    'debrid.not-found': ['7'],
    'debrid.bad-token': ['8', '9', '10', '11', '12', '13'],
    'debrid.account-locked': ['14', '15'],
    'debrid.traffic-limit': ['18', '23', '36'],
    'debrid.need-premium': ['20'],
    'debrid.torrent-limit': ['21'],
    'debrid.ip-not-allowed': ['22'],
    'debrid.not-downloaded': ['24'],
    'debrid.transfer-failed': ['26', '27', '28', '29', '30'],
    'debrid.downloading': ['33'],
    'debrid.infringing': ['35'],
    'debrid.unsupported': ['37'],
  },
  alldebrid: {
    'debrid.failed': ['GENERIC'],
    'debrid.service-down': [
      'MAINTENANCE',
      'LINK_HOST_UNAVAILABLE',
      'LINK_HOST_FULL',
      'LINK_TEMPORARY_UNAVAILABLE',
    ],
    'debrid.refused-call': [
      '404',
      'ALREADY_SENT',
      'LINK_IS_MISSING',
      'BAD_LINK',
      'STREAM_INVALID_GEN_ID',
      'STREAM_INVALID_STREAM_ID',
      'USER_LINK_MISSING',
      'USER_LINK_INVALID',
      'MISSING_NOTIF_ENDPOINT',
      'VOUCHER_DURATION_INVALID',
      'VOUCHER_NB_INVALID',
      'NO_MORE_VOUCHER',
      'NO_JSON_PARAM',
      'JSON_INVALID',
      'FREEDAYS_INVALID_COUNTRY',
      'FREEDAYS_INVALID_PHONE',
      'FREEDAYS_INVALID_PROVIDER',
    ],
    'debrid.bad-token': ['AUTH_MISSING_APIKEY', 'AUTH_BAD_APIKEY'],
    'debrid.api-blocked': ['AUTH_BLOCKED'],
    'debrid.account-locked': ['AUTH_USER_BANNED', 'ACCOUNT_INVALID'],
    'debrid.server-refused': ['NO_SERVER', 'MAGNET_NO_SERVER'],
    'debrid.unsupported': [
      'LINK_HOST_NOT_SUPPORTED',
      'LINK_NOT_SUPPORTED',
      'LINK_PASS_PROTECTED',
      'REDIRECTOR_NOT_SUPPORTED',
    ],
    'debrid.not-downloaded': ['LINK_DOWN', 'MAGNET_LINKS_REMOVED'],
    'debrid.too-many-requests': ['LINK_TOO_MANY_DOWNLOADS', 'MAGNET_PROCESSING_COOLDOWN'],
    'debrid.daily-limit': ['LINK_HOST_LIMIT_REACHED'],
    'debrid.need-premium': [
      'FREE_TRIAL_LIMIT_REACHED',
      'MUST_BE_PREMIUM',
      'MAGNET_MUST_BE_PREMIUM',
      'INSUFFICIENT_BALANCE',
    ],
    'debrid.not-found': ['DELAYED_INVALID_ID', 'MAGNET_INVALID_ID'],
    'debrid.add-failed': [
      'MAGNET_INVALID_URI',
      'MAGNET_INVALID_FILE',
      'MAGNET_NO_URI',
      'MAGNET_TOO_LARGE',
      'MAGNET_MAGNET_TOO_BIG',
    ],
    'debrid.transfer-failed': [
      'LINK_ERROR',
      'REDIRECTOR_ERROR',
      'MAGNET_FILE_UPLOAD_FAILED',
      'MAGNET_UPLOAD_FAILED',
      'MAGNET_INTERNAL_ERROR',
      'MAGNET_PROCESSING_FAILED',
      'DOWNLOAD_FAILED',
    ],
    'debrid.downloading': ['MAGNET_PROCESSING'],
    'debrid.torrent-limit': ['MAGNET_TOO_MANY_ACTIVE', 'MAGNET_TOO_MANY'],
    'debrid.torrent-failed': ['MAGNET_CANT_BOOTSTRAP', 'MAGNET_TOOK_TOO_LONG'],
    'debrid.login-expired': ['PIN_ALREADY_AUTHED', 'PIN_EXPIRED', 'PIN_INVALID'],
  },
  debridlink: {
    'debrid.bad-token': [
      'badToken',
      'badSign',
      'hidedToken',
      'access_denied',
      'expired_token',
      'unauthorized_client',
      'invalid_client',
    ],
    'debrid.login-pending': ['authorization_pending'],
    'debrid.service-down': [
      'server_error',
      'unknowR',
      'internalError',
      'maintenanceHost',
      'noServerHost',
      'disabledServerHost',
    ],
    'debrid.refused-call': [
      'unsupported_grant_type',
      'unsupported_response_type',
      'invalid_request',
      'invalid_scope',
      'badArguments',
    ],
    'debrid.not-found': ['badId', 'fileNotFound'],
    'debrid.too-many-requests': ['floodDetected', 'maxAttempts'],
    'debrid.ip-not-allowed': ['serverNotAllowed'],
    'debrid.need-premium': ['freeServerOverload', 'notFreeHost'],
    'debrid.account-locked': ['accountLocked', 'captchaRequired'],
    'debrid.unsupported': ['notDebrid', 'hostNotValid', 'badFileUrl', 'badFilePassword'],
    'debrid.not-downloaded': ['fileNotAvailable'],
    'debrid.daily-limit': ['maxLink', 'maxLinkHost'],
    'debrid.traffic-limit': ['maxData', 'maxDataHost'],
    'debrid.add-failed': ['notAddTorrent', 'torrentTooBig'],
    'debrid.torrent-limit': ['maxTorrent'],
    'debrid.queue-full': ['maxTransfer'],
  },
  torbox: {
    'debrid.service-down': [
      'DATABASE_ERROR',
      'REDIRECT_ERROR',
      'NO_SERVERS_AVAILABLE_ERROR',
      'DOWNLOAD_SERVER_ERROR',
      'VENDOR_DISABLED',
    ],
    'debrid.failed': ['UNKNOWN_ERROR', 'BOZO_RSS_FEED', 'SELLIX_ERROR', 'SEARCH_ERROR'],
    'debrid.bad-token': ['NO_AUTH', 'BAD_TOKEN', 'AUTH_ERROR', 'OAUTH_VERIFICATION_ERROR'],
    'debrid.refused-call': [
      'INVALID_OPTION',
      'ENDPOINT_NOT_FOUND',
      'MISSING_REQUIRED_OPTION',
      'TOO_MANY_OPTIONS',
      'INVALID_DEVICE',
    ],
    'debrid.not-found': ['ITEM_NOT_FOUND'],
    'debrid.need-premium': ['PLAN_RESTRICTED_FEATURE'],
    'debrid.downloading': ['DUPLICATE_ITEM'],
    'debrid.add-failed': ['TOO_MUCH_DATA', 'DOWNLOAD_TOO_LARGE', 'BOZO_TORRENT'],
    'debrid.traffic-limit': ['MONTHLY_LIMIT'],
    'debrid.too-many-requests': ['COOLDOWN_LIMIT'],
    'debrid.torrent-limit': ['ACTIVE_LIMIT'],
    'debrid.usenet-failed': ['BOZO_NZB'],
    'debrid.not-downloaded': ['DIFF_ISSUE', 'LINK_OFFLINE'],
  },
  stremthru: {
    'debrid.service-down': [
      'BAD_GATEWAY',
      'INTERNAL_SERVER_ERROR',
      'SERVICE_UNAVAILABLE',
      'STORE_SERVER_DOWN',
    ],
    'debrid.failed': ['UNKNOWN'],
    'debrid.refused-call': [
      'BAD_REQUEST',
      'METHOD_NOT_ALLOWED',
      'UNSUPPORTED_MEDIA_TYPE',
      'STORE_NAME_INVALID',
    ],
    'debrid.bad-token': ['UNAUTHORIZED', 'FORBIDDEN', 'PROXY_AUTHENTICATION_REQUIRED'],
    'debrid.need-premium': ['PAYMENT_REQUIRED'],
    'debrid.not-found': ['NOT_FOUND', 'GONE'],
    'debrid.downloading': ['CONFLICT'],
    'debrid.unsupported': ['NOT_IMPLEMENTED'],
    'debrid.add-failed': ['STORE_MAGNET_INVALID'],
    'debrid.transfer-failed': ['UNPROCESSABLE_ENTITY'],
    'debrid.torrent-limit': ['STORE_LIMIT_EXCEEDED'],
    'debrid.too-many-requests': ['TOO_MANY_REQUESTS'],
    'debrid.infringing': ['UNAVAILABLE_FOR_LEGAL_REASONS'],
  },
  pikpak: {
    'debrid.refused-call': ['invalid_argument'],
    'debrid.not-found': ['not_found'],
    'debrid.no-space': ['file_space_not_enough'],
    'debrid.api-blocked': ['captcha_invalid'],
    'debrid.bad-token': ['unauthenticated'],
    'debrid.bad-login': ['invalid_account_or_password', 'invalid_grant'],
  },
};

const BY_SERVICE: ReadonlyMap<string, ReadonlyMap<string, DebridErrorCode>> = new Map(
  Object.entries(CODES).map(([service, byFailure]) => [service, byCode(byFailure)]),
);

/** Undefined for a code that is not known. */
export function failureOfCode(service: string, code: string): DebridErrorCode | undefined {
  return BY_SERVICE.get(service)?.get(code);
}

function byCode(byFailure: CodesByFailure): ReadonlyMap<string, DebridErrorCode> {
  return new Map(
    (Object.keys(byFailure) as DebridErrorCode[]).flatMap((failure) =>
      (byFailure[failure] ?? []).map((code) => [code, failure] as const),
    ),
  );
}
