/** Channels as Stremio's clients read them: an add-on of its own, by the viewer's address. */
import { ID_PREFIXES } from '../../../lib/stremio/media-id.ts';
import type { Channel, ChannelGroup, ChannelSource } from '../contract.ts';
import { VOD_ID_PREFIX, type vodCatalog } from './vod-stremio.ts';

export const ID_PREFIX = 'sliptv:';
export const CATALOG_ID = 'sluice-tv';

/** `options` of a filter that clients show; more are found by searching. */
const GROUPS_MAX = 200;
/** A longer one cannot be asked for (`parseCatalogExtra`). */
const GROUP_CHARS_MAX = 64;

/** Ids of titles that films and series are found by. */
const LIBRARY_PREFIXES = [ID_PREFIXES.imdb, ID_PREFIXES.tmdb, ID_PREFIXES.sl] as const;

export interface AddonNaming {
  readonly name: string;
  readonly version: string;
  readonly logo: string;
}

/** @param vodCatalogs of films and series, where there are any */
export function tvManifest(
  { name, version, logo }: AddonNaming,
  groups: readonly ChannelGroup[],
  vodCatalogs: readonly ReturnType<typeof vodCatalog>[],
) {
  const options = groups
    .map(({ title }) => title)
    .filter((title) => title !== '' && title.length <= GROUP_CHARS_MAX)
    .slice(0, GROUPS_MAX);
  return {
    id: 'org.sluice.tv',
    version,
    name: `${name} TV`,
    description: 'Live channels',
    logo,
    resources: ['catalog', 'meta', 'stream'],
    types: ['tv', ...vodCatalogs.map(({ type }) => type)],
    idPrefixes:
      vodCatalogs.length === 0 ? [ID_PREFIX] : [ID_PREFIX, VOD_ID_PREFIX, ...LIBRARY_PREFIXES],
    catalogs: [
      {
        type: 'tv',
        id: CATALOG_ID,
        name: 'Channels',
        extra: [
          { name: 'skip' },
          { name: 'search' },
          ...(options.length === 0 ? [] : [{ name: 'genre', options, optionsLimit: 1 }]),
        ],
      },
      ...vodCatalogs,
    ],
    behaviorHints: { adult: false, p2p: false },
  };
}

export function tvPreview({ id, name, group, logo }: Channel) {
  return {
    id: ID_PREFIX + id,
    type: 'tv',
    name,
    posterShape: 'square',
    ...(/^https?:\/\//i.test(logo) ? { poster: logo, logo } : {}),
    ...(group === '' ? {} : { genres: [group] }),
  };
}

const PICTURES = ['', 'SD', 'HD', 'FHD', 'UHD'];

/** The n-th source by the n-th address, so that a client offers another one where the first does not play. */
export function tvStreams(channel: Channel, sources: readonly ChannelSource[], playUrl: string) {
  return sources.map(({ quality, userAgent, referrer, url, mode }, at) => {
    const isProxied = mode === 'proxy';
    const headers = {
      ...(userAgent === '' ? {} : { 'User-Agent': userAgent }),
      ...(referrer === '' ? {} : { Referer: referrer }),
    };
    const hasHeaders = !isProxied && Object.keys(headers).length > 0;
    return {
      name: ['TV', PICTURES[quality] ?? ''].join(' ').trim(),
      description: at === 0 ? channel.name : `${channel.name} (source ${at + 1})`,
      url: at === 0 ? playUrl : `${playUrl}?source=${at}`,
      behaviorHints: {
        // Browsers play HLS over HTTPS alone, without headers of its own.
        notWebReady: hasHeaders || isProxied || !/^https:.*\.m3u8(?:\?|$)/i.test(url),
        bingeGroup: `sluice-tv-${channel.id}`,
        ...(hasHeaders ? { proxyHeaders: { request: headers } } : {}),
      },
    };
  });
}
