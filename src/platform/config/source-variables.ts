/** Environment variables of sources and live search; a part of the table in `variables.ts`. */
import { maskPath } from './mask.ts';
import { boolean, integer, url } from './parsers.ts';
import {
  addonList,
  addonUrl,
  apiKey,
  indexerList,
  nameList,
  serverUrl,
  type ConfiguredIndexer,
} from './source-parsers.ts';
import { optional, variable } from './variable.ts';

const HOURS_PER_DAY = 24;

/** Names, and where they are. */
function shownIndexers(indexers: readonly ConfiguredIndexer[]): string {
  return indexers.map(({ name, url: address }) => `${name} at ${maskPath(address)}`).join(', ');
}

/** Off switches that other servers have; in place of taking the address away. */
function offSwitch(name: string) {
  return variable({
    parser: optional(boolean),
    fallback: null,
    fallbackText: 'on where it has an address',
    effect: `\`false\` leaves ${name} out, whatever its address is.`,
  });
}

/** Off where nothing is set, as other servers have it; `true` alone takes the public address. */
function publicSwitch(name: string, address: string) {
  return variable({
    parser: optional(boolean),
    fallback: null,
    fallbackText: 'on where it has an address',
    effect:
      `\`false\` leaves ${name} out, whatever its address is; \`true\` without an address takes the public one, ` +
      `${address}.`,
  });
}

export const PUBLIC_ADDRESSES = {
  zilean: 'https://zilean.elfhosted.com',
  torrentio: 'https://torrentio.strem.fun',
  mediafusion: 'https://mediafusion.elfhosted.com',
} as const;

export const SOURCE_VARIABLES = {
  TORZNAB_SOURCES: variable({
    parser: indexerList,
    fallback: [],
    fallbackText: 'none',
    mask: 'secret',
    shown: shownIndexers,
    effect: 'Torznab endpoints that are searched for every title.',
  }),
  NEWZNAB_SOURCES: variable({
    parser: indexerList,
    fallback: [],
    fallbackText: 'none',
    mask: 'secret',
    shown: shownIndexers,
    effect: 'Newznab (Usenet) endpoints that are searched for every title.',
  }),
  ADDON_SOURCES: variable({
    parser: addonList,
    fallback: [],
    fallbackText: 'none',
    mask: 'origins',
    effect: 'Add-ons whose streams are taken over: any that lists streams, other Sluices included.',
  }),
  PROWLARR_URL: variable({
    parser: optional(serverUrl('http://prowlarr:9696')),
    fallback: null,
    fallbackText: 'none',
    mask: 'url',
    effect: 'Prowlarr, whose indexers are searched for every title. Needs `PROWLARR_API_KEY`.',
  }),
  PROWLARR_API_KEY: variable({
    parser: optional(apiKey),
    fallback: null,
    fallbackText: 'none',
    mask: 'secret',
    effect: 'Key of `PROWLARR_URL` (Settings, General).',
  }),
  IS_SCRAP_FROM_PROWLARR: offSwitch('Prowlarr'),
  JACKETT_URL: variable({
    parser: optional(serverUrl('http://jackett:9117')),
    fallback: null,
    fallbackText: 'none',
    mask: 'url',
    effect: 'Jackett, whose indexers are searched for every title. Needs `JACKETT_API_KEY`.',
  }),
  JACKETT_API_KEY: variable({
    parser: optional(apiKey),
    fallback: null,
    fallbackText: 'none',
    mask: 'secret',
    effect: 'Key of `JACKETT_URL` (at the top of its dashboard).',
  }),
  IS_SCRAP_FROM_JACKETT: offSwitch('Jackett'),
  ZILEAN_URL: variable({
    parser: optional(serverUrl('http://zilean:8181')),
    fallback: null,
    fallbackText: 'none',
    mask: 'url',
    effect: 'Zilean, an index of hash lists, which is searched for every title.',
  }),
  IS_SCRAP_FROM_ZILEAN: publicSwitch('Zilean', PUBLIC_ADDRESSES.zilean),
  TORRENTIO_URL: variable({
    parser: optional(addonUrl('https://torrentio.strem.fun')),
    fallback: null,
    fallbackText: 'none',
    mask: 'origins',
    effect: 'Torrentio, with the settings in its address if any, which is asked for every title.',
  }),
  IS_SCRAP_FROM_TORRENTIO: publicSwitch('Torrentio', PUBLIC_ADDRESSES.torrentio),
  MEDIAFUSION_URL: variable({
    parser: optional(addonUrl('https://mediafusion.example.org')),
    fallback: null,
    fallbackText: 'none',
    mask: 'origins',
    effect: 'Another MediaFusion or Sluice, which is asked for every title.',
  }),
  MEDIAFUSION_SECRET_STR: variable({
    parser: optional(apiKey),
    fallback: null,
    fallbackText: 'none',
    mask: 'secret',
    effect: 'Configuration in the address of `MEDIAFUSION_URL` (`D-…`), where it wants one.',
  }),
  IS_SCRAP_FROM_MEDIAFUSION: publicSwitch('MediaFusion', PUBLIC_ADDRESSES.mediafusion),
  USER_INDEXERS: variable({
    parser: boolean,
    fallback: true,
    aliases: [{ name: 'IS_SCRAP_FROM_TORZNAB' }],
    effect:
      'Users may name indexers of their own. Sluice asks them for this user alone, at public addresses and those of ' +
      '`FETCH_ALLOW_PRIVATE`.',
  }),
  SOURCE_TESTS_PER_MINUTE_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 20,
    unit: 'tests per client address and process',
    effect:
      'Tests of sources (the button of the configure page) that one address may have in a minute; one more is answered 429.',
  }),
  LIVE_SEARCH_STREAMS: variable({
    parser: optional(boolean),
    fallback: null,
    fallbackText: '`true` where there is a source',
    effect:
      'Whether sources are searched for users who chose nothing, and for requests without a configuration.',
  }),
  LIVE_SEARCH_DEADLINE_MS: variable({
    parser: integer(100, 60_000),
    fallback: 2500,
    unit: 'ms',
    effect:
      'How long a list of streams waits for sources. Those that are slower go on behind it, and the next list has what ' +
      'they found.',
  }),
  LIVE_SEARCH_INTERVAL_HOURS: variable({
    parser: integer(1, 8760),
    fallback: 72,
    unit: 'h',
    aliases: [
      { name: 'PROWLARR_SEARCH_INTERVAL_HOUR' },
      { name: 'JACKETT_SEARCH_INTERVAL_HOUR' },
      { name: 'ZILEAN_SEARCH_INTERVAL_HOUR' },
      { name: 'TORRENTIO_SEARCH_INTERVAL_DAYS', factor: HOURS_PER_DAY },
      { name: 'MEDIAFUSION_SEARCH_INTERVAL_DAYS', factor: HOURS_PER_DAY },
    ],
    leastOfAliases: true,
    effect:
      'How long after a search that found something a title is searched for again. New titles are searched for sooner, ' +
      'and what was not found is looked for again after minutes, then hours. Of several names of other servers the least ' +
      'value counts.',
  }),
  REQUESTS_PROXY_URL: variable({
    parser: optional(
      url(['http', 'https', 'socks5', 'socks5h'], 'socks5://user:password@proxy:1080'),
    ),
    fallback: null,
    fallbackText: 'none',
    mask: 'url',
    effect:
      'Proxy (`http://`, `https://`, `socks5://`, or `socks5h://`, which looks names up itself) that sources, metadata ' +
      'and debrid services are reached through. Names without a dot, ' +
      '`.local`, `.lan`, `.internal`, `.home.arpa` and private addresses are reached directly.',
  }),
  REQUESTS_PROXY_NON_DEBRID_ENABLED: variable({
    parser: boolean,
    fallback: true,
    effect: '`false`: sources and metadata are reached directly in spite of `REQUESTS_PROXY_URL`.',
  }),
  REQUESTS_PROXY_EXCLUDE: variable({
    parser: nameList,
    fallback: [],
    fallbackText: 'none',
    effect:
      'What is reached directly in spite of `REQUESTS_PROXY_URL`: `torznab`, `newznab`, `prowlarr`, `jackett`, `zilean`, ' +
      '`addon`, `torrentio`, `mediafusion`, `metadata`, `feeds`, `debrid` (all services), `own` (servers of users), the name ' +
      'of one source, or of one service (`realdebrid`).',
  }),
} as const;
