/**
 * Our own ids of titles that nobody has named. They are made of the surest id that is known, so that two instances that make
 * the same title give it the same one, and an instance that lost it can make it again from what a client kept.
 */
import { createHash } from 'node:crypto';
import { plainText } from '../search-text.ts';
import type { MediaType } from './types.ts';

/** Empty where they are not known. */
interface KnownIds {
  readonly type: MediaType;
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly tvdbId: string;
}

const HASH_CHARS = 16;

/** `sl:movie-tt0063350`, `sl:series-tmdb-1399`. */
export function publicIdOf({ type, imdbId, tmdbId, tvdbId }: KnownIds): string {
  if (imdbId !== '') return `sl:${type}-${imdbId}`;
  return tmdbId === '' ? `sl:${type}-tvdb-${tvdbId}` : `sl:${type}-tmdb-${tmdbId}`;
}

/** Of a title without any id: the same for one name and year, however the name is spelled. */
export function publicIdOfName(type: MediaType, name: string, year: number): string {
  const hash = createHash('sha1')
    .update(`${type}\n${plainText(name)}\n${year}`)
    .digest('hex');
  return `sl:${type}-named-${hash.slice(0, HASH_CHARS)}`;
}
