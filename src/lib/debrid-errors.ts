/** What debrid services answer, as codes: part of the registry in `errors.ts`. */
import type { ErrorSpec } from './error-spec.ts';

export const DEBRID_ERRORS = {
  'debrid.no-credentials': {
    status: 400,
    meaning: 'A service of the configuration lacks a credential that it needs.',
  },
  'debrid.unsupported': {
    status: 400,
    meaning: 'The service cannot do what was asked: play this kind of stream, or this link.',
  },
  'debrid.bad-token': {
    status: 403,
    meaning: 'The service does not accept the token or key: wrong, expired or revoked.',
  },
  'debrid.bad-login': {
    status: 403,
    meaning: 'The service does not accept the name and the password.',
  },
  'debrid.account-locked': {
    status: 403,
    meaning: 'The account is locked, banned or not yet activated.',
  },
  'debrid.need-premium': {
    status: 403,
    meaning: 'The account has no subscription that allows this, or it has ended.',
  },
  'debrid.ip-not-allowed': {
    status: 403,
    meaning: 'The service does not take calls from this address, or for this viewer.',
  },
  'debrid.api-blocked': {
    status: 403,
    meaning:
      'The service asks the owner of the account to confirm this address first (mail, captcha).',
  },
  'debrid.server-refused': {
    status: 403,
    meaning: 'The service takes no calls from servers and VPNs (AllDebrid `NO_SERVER`).',
  },
  'debrid.login-pending': {
    status: 409,
    retryAfterS: 5,
    meaning: 'The code of a device login was not confirmed yet.',
  },
  'debrid.login-expired': {
    status: 400,
    meaning: 'The code of a device login has expired, was used or refused: begin again.',
  },
  'debrid.not-found': {
    status: 404,
    meaning: 'The service does not have this torrent, file or link any more.',
  },
  'debrid.infringing': {
    status: 451,
    meaning: 'The service refuses this torrent: a complaint by its rights holder.',
  },
  'debrid.inappropriate': {
    status: 451,
    meaning: 'The service refuses this torrent: content that it does not take.',
  },
  'debrid.downloading': {
    status: 503,
    retryAfterS: 30,
    meaning: 'The service is still downloading the torrent.',
  },
  'debrid.not-downloaded': {
    status: 503,
    retryAfterS: 60,
    meaning: 'The service has the torrent, but not this file of it, or not yet.',
  },
  'debrid.torrent-failed': {
    status: 503,
    retryAfterS: 3600,
    meaning: 'The service gave the torrent up: nobody seeds it, a virus, a bad magnet link.',
  },
  'debrid.transfer-failed': {
    status: 503,
    retryAfterS: 300,
    meaning: 'The service failed while it fetched, unpacked or moved the files.',
  },
  'debrid.add-failed': {
    status: 503,
    retryAfterS: 300,
    meaning: 'The service does not take this torrent: its magnet link or its size.',
  },
  'debrid.usenet-failed': {
    status: 503,
    retryAfterS: 300,
    meaning: 'The indexer does not give the NZB, or the service does not take or download it.',
  },
  'debrid.torrent-limit': {
    status: 503,
    retryAfterS: 300,
    meaning: 'The account has as many active downloads as it may.',
  },
  'debrid.queue-full': {
    status: 503,
    retryAfterS: 300,
    meaning: 'The queue of the account is full.',
  },
  'debrid.traffic-limit': {
    status: 503,
    retryAfterS: 3600,
    meaning: 'The account has used up its traffic, or that of one of its hosters.',
  },
  'debrid.daily-limit': {
    status: 503,
    retryAfterS: 3600,
    meaning: 'The account has had as many links today as it may.',
  },
  'debrid.no-space': {
    status: 503,
    retryAfterS: 3600,
    meaning: 'The storage of the account is full.',
  },
  'debrid.too-many-requests': {
    status: 503,
    retryAfterS: 30,
    meaning: 'The service wants to be asked less often for this account.',
  },
  'debrid.service-down': {
    status: 503,
    retryAfterS: 30,
    meaning: 'The service has a failure or maintenance, or one of its hosters has.',
  },
  'debrid.bad-answer': {
    status: 503,
    retryAfterS: 30,
    meaning: 'The service answers something else than its protocol says.',
  },
  'debrid.refused-call': {
    status: 503,
    retryAfterS: 300,
    meaning:
      'The service does not understand a call: a parameter, or a method that it no longer has.',
  },
  'debrid.share-failed': {
    status: 503,
    retryAfterS: 60,
    meaning:
      'The WebDAV share of a download client does not show its files where they were looked for.',
  },
  'debrid.proxy-failed': {
    status: 503,
    retryAfterS: 60,
    meaning: 'The MediaFlow proxy of the user does not answer, or does not accept its password.',
  },
  'debrid.proxy-address': {
    status: 503,
    retryAfterS: 60,
    meaning:
      'The MediaFlow proxy of the user does not know its public address, which services bind links to.',
  },
  'debrid.failed': {
    status: 503,
    retryAfterS: 60,
    meaning: 'The service answers with an error that Sluice does not know.',
  },
} as const satisfies Record<string, ErrorSpec>;
