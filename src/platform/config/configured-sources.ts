/** The instance's sources, from the variables that name them, and which way each is reached. */
import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import {
  splitCategories,
  type AddonSettings,
  type IndexerSettings,
  type ManagerSettings,
  type SourceKind,
  type SourceSettings,
} from '../../lib/source-settings/source-settings.ts';
import type { Config } from './config.ts';
import type { ConfiguredIndexer } from './source-parsers.ts';
import { PUBLIC_ADDRESSES } from './source-variables.ts';

/** In the order in which they are asked and shown. */
export function configuredSources(config: Config): readonly SourceSettings[] {
  return [
    ...config.TORZNAB_SOURCES.map((indexer) => indexerSettings(config, 'torznab', indexer)),
    ...managers(config),
    ...zilean(config),
    ...peers(config),
    ...addons(config),
    ...config.NEWZNAB_SOURCES.map((indexer) => indexerSettings(config, 'newznab', indexer)),
  ];
}

/** What a way out can be chosen for, beside the kinds of sources: `own` are servers that users name. */
export type ProxyGroup = SourceKind | 'metadata' | 'debrid' | 'feeds' | 'own';
export const PROXY_GROUPS: readonly ProxyGroup[] = [
  'torznab',
  'newznab',
  'prowlarr',
  'jackett',
  'zilean',
  'addon',
  'torrentio',
  'mediafusion',
  'metadata',
  'debrid',
  'feeds',
  'own',
];

/**
 * The proxy that calls go through; null: directly.
 * @param url what is called; null when it is not known yet
 * @param name of the source, beside its group
 */
export function proxyFor(
  config: Config,
  group: ProxyGroup,
  url: string | null,
  name?: string,
): string | null {
  const { REQUESTS_PROXY_URL, REQUESTS_PROXY_NON_DEBRID_ENABLED, REQUESTS_PROXY_EXCLUDE } = config;
  if (!REQUESTS_PROXY_NON_DEBRID_ENABLED && group !== 'debrid') return null;
  if (REQUESTS_PROXY_EXCLUDE.includes(group)) return null;
  const isExcluded = name !== undefined && REQUESTS_PROXY_EXCLUDE.includes(name);
  if (isExcluded || (url !== null && isLocal(new URL(url).hostname))) return null;
  // Addresses that users name are looked up here, where they are checked.
  return group === 'own'
    ? (REQUESTS_PROXY_URL?.replace(/^socks5h:/i, 'socks5:') ?? null)
    : REQUESTS_PROXY_URL;
}

function common(
  config: Config,
  { kind, name, url }: { readonly kind: SourceKind; readonly name: string; readonly url: string },
) {
  return { name, url, isPersonal: false, proxyUrl: proxyFor(config, kind, url, name) } as const;
}

function indexerSettings(
  config: Config,
  kind: IndexerSettings['kind'],
  { name, url, apiKey, categories, headers }: ConfiguredIndexer,
): IndexerSettings {
  return {
    ...common(config, { kind, name, url }),
    kind,
    id: `${kind}:${name}`,
    apiKey,
    headers,
    ...splitCategories(categories),
  };
}

function managers(config: Config): readonly ManagerSettings[] {
  const { PROWLARR_URL, PROWLARR_API_KEY, JACKETT_URL, JACKETT_API_KEY } = config;
  const of = (
    kind: ManagerSettings['kind'],
    name: string,
    url: string | null,
    apiKey: string | null,
    isOn: boolean | null,
  ): readonly ManagerSettings[] =>
    url === null || isOn === false
      ? []
      : [{ ...common(config, { kind, name, url }), kind, id: kind, apiKey: apiKey ?? '' }];
  return [
    ...of('prowlarr', 'Prowlarr', PROWLARR_URL, PROWLARR_API_KEY, config.IS_SCRAP_FROM_PROWLARR),
    ...of('jackett', 'Jackett', JACKETT_URL, JACKETT_API_KEY, config.IS_SCRAP_FROM_JACKETT),
  ];
}

function zilean(config: Config): readonly SourceSettings[] {
  const url = addressOf(config.ZILEAN_URL, config.IS_SCRAP_FROM_ZILEAN, PUBLIC_ADDRESSES.zilean);
  if (url === null) return [];
  const kind = 'zilean';
  return [{ ...common(config, { kind, name: 'Zilean', url }), kind, id: kind }];
}

function peers(config: Config): readonly AddonSettings[] {
  const { MEDIAFUSION_SECRET_STR: secret } = config;
  const torrentio = addressOf(
    config.TORRENTIO_URL,
    config.IS_SCRAP_FROM_TORRENTIO,
    PUBLIC_ADDRESSES.torrentio,
  );
  const mediafusion = addressOf(
    config.MEDIAFUSION_URL,
    config.IS_SCRAP_FROM_MEDIAFUSION,
    PUBLIC_ADDRESSES.mediafusion,
  );
  const of = (
    kind: AddonSettings['kind'],
    name: string,
    url: string | null,
  ): readonly AddonSettings[] =>
    url === null ? [] : [{ ...common(config, { kind, name, url }), kind, id: kind }];
  const peer = mediafusion === null || secret === null ? mediafusion : `${mediafusion}/${secret}`;
  return [...of('torrentio', 'Torrentio', torrentio), ...of('mediafusion', 'MediaFusion', peer)];
}

/** Called by their hosts, and by a number where several are of one host, until their manifests are read. */
function addons(config: Config): readonly AddonSettings[] {
  const kind = 'addon';
  const hosts = config.ADDON_SOURCES.map((url) => new URL(url).host);
  return config.ADDON_SOURCES.map((url, index) => {
    const host = hosts[index] ?? '';
    if (isLocal(new URL(url).hostname)) return localAddon(config, url, index + 1);
    const before = hosts.slice(0, index).filter((other) => other === host).length;
    const name = before === 0 ? host : `${host} ${before + 1}`;
    return { ...common(config, { kind, name, url }), kind, id: `${kind}:${name}` };
  });
}

/** Users read names and ids: they learn nothing of the operator's network. The hash tells it from what stood there before. */
function localAddon(config: Config, url: string, position: number): AddonSettings {
  const kind = 'addon';
  const name = `Add-on ${position}`;
  const hash = createHash('sha256').update(url).digest('hex').slice(0, ID_HASH_CHARS);
  return { ...common(config, { kind, name, url }), kind, id: `${kind}:${position}-${hash}` };
}

function addressOf(url: string | null, isOn: boolean | null, publicUrl: string): string | null {
  if (isOn === false) return null;
  return url ?? (isOn === true ? publicUrl : null);
}

const ID_HASH_CHARS = 4;
const LOCAL_NAME = /^[^.]+$|\.(?:local|lan|internal|home\.arpa)$/;

/** Reached without a way out: a proxy elsewhere would not find it. */
function isLocal(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(host)
    ? ipaddr.process(host).range() !== 'unicast'
    : LOCAL_NAME.test(host.toLowerCase());
}
