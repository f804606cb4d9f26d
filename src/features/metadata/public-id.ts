/**
 * Our own ids of titles that were made on demand. They are made of the surest id that is known, so that two instances that
 * make the same title give it the same one, and an instance that lost it can make it again from what a client kept.
 */
import type { TitleIds } from './provider.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

/** `sl:movie-tt0063350`, `sl:series-tmdb-1399`. */
export function publicIdOf({ type, imdbId, tmdbId, tvdbId }: TitleIds): string {
  if (imdbId !== '') return `sl:${type}-${imdbId}`;
  return tmdbId === '' ? `sl:${type}-tvdb-${tvdbId}` : `sl:${type}-tmdb-${tmdbId}`;
}

const MADE_ON_DEMAND = /^sl:(movie|series)-(?:(tt\d{1,10})|(tmdb|tvdb)-([1-9]\d{0,8}))$/;

/** What `id` was made of; null for ids of other titles. */
export function idsOfPublicId({ type, id }: TitleId): TitleIds | null {
  const [, madeFor, imdbId = '', service, digits = ''] = MADE_ON_DEMAND.exec(id) ?? [];
  if (madeFor !== type) return null;
  return titleIds(type, {
    imdbId,
    tmdbId: service === 'tmdb' ? digits : '',
    tvdbId: service === 'tvdb' ? digits : '',
  });
}

export function titleIds(type: MediaType, known: Partial<Omit<TitleIds, 'type'>>): TitleIds {
  return { type, imdbId: '', tmdbId: '', tvdbId: '', ...known };
}
