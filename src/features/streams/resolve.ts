/**
 * First step: from the path to what plays. A `StreamQuery` is a path read once; it holds the cache keys
 * and loaders of its steps, so that a repeated request makes neither strings nor closures.
 */
import {
  SEASON_OF_ID,
  documentName,
  parseMediaId,
  parseMediaType,
  type MediaId,
  type TitleId,
} from '../../lib/stremio/media-id.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { Loader } from '../../platform/cache/cache.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { ResolvedMedia } from './contract.ts';
import { loadStreamSet, streamSetKey, type SetOrigin } from './gather.ts';

/** Any of them hides a title: bit 0 blocked, bit 1 adult. */
const RESTRICTIONS_ANY = 0b11;

/** `unknown`: no title has the id, or a blocked one. `none`: nothing plays it. `hidden`: by the user's own filter. */
export type Absence = 'unknown' | 'none' | 'hidden';

/** The same for every spelling of one id. */
export function mediaKey({ type, id }: TitleId): string {
  return `${type}:${id}`;
}

/** Where the streams of a query lie, once its title is known. */
export interface StreamTarget {
  readonly media: ResolvedMedia;
  readonly setKey: string;
  readonly loadSet: Loader<StreamSet>;
}

export class StreamQuery {
  /** The same for every spelling of one id. */
  readonly key: string;
  readonly mediaKey: string;
  readonly loadMedia: Loader<ResolvedMedia>;
  readonly id: MediaId;
  readonly #origin: SetOrigin;
  #target: StreamTarget | null = null;

  /**
   * @param rawType path segment as sent
   * @param rawId path segment as sent, with `.json`
   * @throws AppError `request.bad-type`, `request.bad-id`, `request.bad-path`, `request.not-found`
   */
  constructor(rawType: string, rawId: string, origin: SetOrigin) {
    const type = parseMediaType(rawType);
    const id = parseMediaId(type, documentName(rawId, '.json'));
    this.mediaKey = mediaKey(id);
    this.key = `${this.mediaKey}:${id.season}:${id.episode}`;
    this.loadMedia = (signal) => origin.source.resolveMedia(id, signal);
    this.id = id;
    this.#origin = origin;
  }

  /** What the last answer said that is played. */
  get lastMedia(): StreamSetMedia | null {
    if (this.#target === null) return null;
    const { media } = this.#target;
    return { ...media, ...placeOf(media, this.id) };
  }

  /** Where the streams of this title are; the same object for the same `media`. */
  targetOf(media: ResolvedMedia): StreamTarget {
    if (this.#target?.media === media) return this.#target;
    const { season, episode } = placeOf(media, this.id);
    const origin = this.#origin;
    this.#target = {
      media,
      setKey: streamSetKey(media.mediaId, season, episode),
      loadSet: (signal) => loadStreamSet(origin, { ...media, season, episode }, signal),
    };
    return this.#target;
  }
}

/**
 * What is to be played of a title: ids of anime name an entry, whose place in the series the title knows. Entries of series
 * that run for decades are counted over all seasons: what is beyond the end of one goes on in the next.
 */
function placeOf(
  { idSeason, idEpisodeOffset, idSeasons }: ResolvedMedia,
  { season, episode }: MediaId,
): { readonly season: number; readonly episode: number } {
  if (season !== SEASON_OF_ID) return { season, episode };
  const number = episode + idEpisodeOffset;
  const [own, ...later] = idSeasons;
  if (own?.[0] !== idSeason || number <= own[2])
    return { season: idSeason === -1 ? 1 : idSeason, episode: number };
  let left = number - own[2];
  for (const [next, first, last] of later) {
    if (left <= last - first + 1) return { season: next, episode: first + left - 1 };
    left -= last - first + 1;
  }
  return { season: idSeason, episode: number };
}

/** True when nothing of this title may be shown to anybody. */
export function isRestricted(media: ResolvedMedia): boolean {
  return (media.restrictions & RESTRICTIONS_ANY) !== 0;
}
