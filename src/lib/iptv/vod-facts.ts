/** What an entry of a provider's list is where it is no channel: a film, an episode, or a series. */
import type { M3uEntry } from '../m3u/entry.ts';
import { readVodName } from './vod-name.ts';

export const VOD_KINDS = ['movie', 'series'] as const;
export type VodKind = (typeof VOD_KINDS)[number];

/** As the provider tells it; all of it may be missing. */
export interface VodDetails {
  readonly plot?: string;
  readonly genre?: string;
  readonly cast?: string;
  readonly director?: string;
  /** 0 to 10. */
  readonly rating?: number;
  /** ISO date. */
  readonly released?: string;
  readonly backdrop?: string;
  /** Epoch seconds. */
  readonly addedS?: number;
  readonly durationS?: number;
  /** Of an episode. */
  readonly image?: string;
}

export interface VodFacts {
  readonly kind: VodKind;
  /** Of the film or series. */
  readonly title: string;
  /** 0 when unknown. */
  readonly year: number;
  /** -1 for films, and for a series as a whole; the same for `episode`. */
  readonly season: number;
  readonly episode: number;
  /** By which the provider tells the series' episodes; empty for what is played itself. */
  readonly seriesRef: string;
  /** `mkv`; empty when unknown. */
  readonly container: string;
  /** `tt…`, `tmdb:…`, or empty. */
  readonly externalId: string;
  readonly details: VodDetails;
}

/** An entry, and what it is where it is no channel. */
export interface ListedEntry {
  readonly entry: M3uEntry;
  readonly vod: VodFacts | null;
}

const CONTAINER = /\.([a-z0-9]{2,4})$/i;
const VIDEO_FILES: ReadonlySet<string> = new Set(
  'mp4 mkv avi mov m4v wmv flv webm mpg mpeg divx ogv 3gp'.split(' '),
);
const SAID_KINDS: Readonly<Record<string, VodKind | 'live'>> = {
  movie: 'movie',
  movies: 'movie',
  vod: 'movie',
  series: 'series',
  serie: 'series',
  tvshow: 'series',
  live: 'live',
  channel: 'live',
  tv: 'live',
};

/** Null for a channel. A file counts as a film only where nothing else of the entry is what channels have. */
export function vodOfEntry(entry: M3uEntry): VodFacts | null {
  const path = pathOf(entry.url);
  const container = CONTAINER.exec(path)?.[1]?.toLowerCase() ?? '';
  const kind = kindOf(entry, path, container);
  if (kind === 'live') return null;
  const { title, year, season, episode } = readVodName(entry.name);
  const isEpisode = season >= 0 && (kind === 'series' || kind === 'file');
  // A series that is one file without a number is watched as a film.
  return {
    kind: isEpisode ? 'series' : 'movie',
    title,
    year,
    season: isEpisode ? season : -1,
    episode: isEpisode ? episode : -1,
    seriesRef: '',
    container,
    externalId: '',
    details: {},
  };
}

function kindOf(entry: M3uEntry, path: string, container: string): VodKind | 'file' | 'live' {
  const said = SAID_KINDS[entry.type.toLowerCase()];
  if (said !== undefined) return said;
  if (/\/movie\/[^/]+\/[^/]+\/[^/]+$/.test(path)) return 'movie';
  if (/\/series\/[^/]+\/[^/]+\/[^/]+$/.test(path)) return 'series';
  const isChannel = entry.tvgId !== '' || entry.number !== null || entry.catchupType !== '';
  return !isChannel && !entry.isRadio && VIDEO_FILES.has(container) ? 'file' : 'live';
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start < 0 ? '' : (url.slice(start).split(/[?#]/, 1)[0] ?? '');
}
