/** Environment variables of debrid services; a part of the table in `variables.ts`. */
import { integer } from './parsers.ts';
import { apiKey, serverUrl } from './source-parsers.ts';
import { optional, variable } from './variable.ts';

function address(name: string, url: string) {
  return variable({
    parser: serverUrl(url),
    fallback: url,
    mask: 'url',
    effect: `Where ${name} is asked; another address for a proxy in between, or for tests. May be private.`,
  });
}

export const DEBRID_VARIABLES = {
  DEBRID_WAIT_MS: variable({
    parser: integer(0, 60_000),
    fallback: 12_000,
    unit: 'ms',
    effect:
      'How long a player waits for a service that is still downloading, before it is shown a video that says so. The ' +
      'download goes on.',
  }),
  DEBRID_CHECK_DEADLINE_MS: variable({
    parser: integer(0, 10_000),
    fallback: 800,
    unit: 'ms',
    effect:
      'How long a list of streams waits for what services have cached. What comes later is in the next list.',
  }),
  REALDEBRID_URL: address('Real-Debrid', 'https://api.real-debrid.com'),
  ALLDEBRID_URL: address('AllDebrid', 'https://api.alldebrid.com'),
  PREMIUMIZE_URL: address('Premiumize', 'https://www.premiumize.me'),
  PREMIUMIZE_CLIENT_ID: variable({
    parser: optional(apiKey),
    fallback: null,
    fallbackText: 'none',
    aliases: [{ name: 'PREMIUMIZE_OAUTH_CLIENT_ID' }],
    effect:
      'Client id that Premiumize has given to this server (its page “API clients”). With it users log in by a code; ' +
      'without it they enter their API key.',
  }),
  CODE_LOGINS_PER_MINUTE_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 30,
    unit: 'calls per client address and process',
    effect:
      'Logins at a service by a code (a button of the configure page) that one address may begin in a minute, and how ' +
      'often it may ask in a minute whether one is done; one more is answered 429.',
  }),
  DEBRIDLINK_URL: address('Debrid-Link', 'https://debrid-link.com'),
  TORBOX_URL: address('TorBox', 'https://api.torbox.app'),
  OFFCLOUD_URL: address('Offcloud', 'https://offcloud.com'),
  PIKPAK_URL: address('the drive of PikPak', 'https://api-drive.mypikpak.com'),
  PIKPAK_USER_URL: address('the log-in of PikPak', 'https://user.mypikpak.com'),
  SEEDR_URL: address('Seedr', 'https://v2.seedr.cc'),
  EASYDEBRID_URL: address('EasyDebrid', 'https://easydebrid.com'),
  DEBRIDER_URL: address('Debrider', 'https://debrider.app'),
  STREMTHRU_URL: address('StremThru of users who name no address', 'https://stremthru.432hz.dev'),
  TORRIN_URL: address('Torrin of users who name no address', 'https://api.torrin.app'),
} as const;
