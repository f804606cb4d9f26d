/** What our own ids of titles that were made on demand (`lib/stremio/public-id.ts`) were made of. */
import type { TitleIds } from './provider.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

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
