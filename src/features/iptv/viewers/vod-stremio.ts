/** Films and series as Stremio's clients read them: by the library's ids where the title is known there, else by our own. */
import type { VodKind } from '../../../lib/iptv/vod-facts.ts';
import type { ChannelGroup } from '../contract.ts';
import {
  WHOLE_FILM,
  type VodEpisode,
  type VodPart,
  type VodSource,
  type VodTitle,
} from '../vod/contract.ts';
import { episodeName } from './vod-xtream.ts';

export const VOD_ID_PREFIX = 'slvod:';
export const VOD_CATALOG_ID = 'sluice-vod';

const GROUPS_MAX = 200;
const GROUP_CHARS_MAX = 64;

export function vodCatalog(kind: VodKind, groups: readonly ChannelGroup[]) {
  const options = groups
    .map(({ title }) => title)
    .filter((title) => title !== '' && title.length <= GROUP_CHARS_MAX)
    .slice(0, GROUPS_MAX);
  return {
    type: kind,
    id: VOD_CATALOG_ID,
    name: kind === 'movie' ? 'Films of providers' : 'Series of providers',
    extra: [
      { name: 'skip' },
      { name: 'search' },
      ...(options.length === 0 ? [] : [{ name: 'genre', options, optionsLimit: 1 }]),
    ],
  };
}

export function vodPreview({ id, imdbId, kind, name, year, group, poster, details }: VodTitle) {
  return {
    id: imdbId === '' ? VOD_ID_PREFIX + id : imdbId,
    type: kind,
    name,
    ...(/^https?:\/\//i.test(poster) ? { poster } : {}),
    ...(group === '' ? {} : { genres: [group] }),
    ...(year === 0 ? {} : { releaseInfo: String(year) }),
    ...(details.plot === undefined ? {} : { description: details.plot }),
    ...(details.rating === undefined ? {} : { imdbRating: details.rating.toFixed(1) }),
  };
}

export function vodMeta(title: VodTitle, episodes: readonly VodEpisode[]) {
  const id = VOD_ID_PREFIX + title.id;
  const { backdrop, cast, director } = title.details;
  return {
    ...vodPreview(title),
    id,
    ...(backdrop === undefined ? {} : { background: backdrop }),
    ...(cast === undefined ? {} : { cast: cast.split(/\s*,\s*/) }),
    ...(director === undefined ? {} : { director: director.split(/\s*,\s*/) }),
    ...(title.kind === 'movie'
      ? {}
      : {
          videos: episodes.map((episode) => ({
            id: `${id}:${episode.season}:${episode.episode}`,
            title: episodeName(title, episode),
            season: episode.season,
            episode: episode.episode,
            released: `${episode.details.released ?? '1970-01-01'}T00:00:00.000Z`,
            ...(episode.details.image === undefined ? {} : { thumbnail: episode.details.image }),
            ...(episode.details.plot === undefined ? {} : { overview: episode.details.plot }),
          })),
        }),
  };
}

/** `slvod:ID`, or `slvod:ID:season:episode`; null for other ids. */
export function readVodId(id: string): (VodPart & { readonly id: string }) | null {
  const [, own = '', season, episode] =
    /^slvod:([0-9a-f]{16})(?::(\d{1,4}):(\d{1,5}))?$/.exec(id) ?? [];
  if (own === '') return null;
  return season === undefined
    ? { id: own, ...WHOLE_FILM }
    : { id: own, season: Number(season), episode: Number(episode) };
}

const PICTURES = ['', 'SD', 'HD', 'FHD', 'UHD'];

/** The n-th source by the n-th address. */
export function vodStreams(sources: readonly VodSource[], playUrl: string, bingeGroup: string) {
  return sources.map(({ provider, name, quality, container, url, userAgent, referrer }, at) => {
    const headers = {
      ...(userAgent === '' ? {} : { 'User-Agent': userAgent }),
      ...(referrer === '' ? {} : { Referer: referrer }),
    };
    const hasHeaders = Object.keys(headers).length > 0;
    return {
      name: ['IPTV', PICTURES[quality] ?? ''].join(' ').trim(),
      description: `${name}\n${provider}`,
      url: at === 0 ? playUrl : `${playUrl}?source=${at}`,
      behaviorHints: {
        notWebReady: hasHeaders || container !== 'mp4' || !/^https:/i.test(url),
        bingeGroup,
        ...(hasHeaders ? { proxyHeaders: { request: headers } } : {}),
      },
    };
  });
}
