/** A title that nobody knew: what whoever brings a stream says of it, for metadata services to complete. */
import type { AdoptedTitle, ImportedTitle } from '../library/contract.ts';
import type { LineId } from '../../lib/import-line/title-line.ts';
import { publicIdOf, publicIdOfName } from '../../lib/stremio/public-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

export interface NewTitle {
  readonly type: MediaType;
  /** The surest first. */
  readonly ids: readonly LineId[];
  readonly name: string;
  readonly year: number;
}

export function publicIdOfTitle({ type, ids, name, year }: NewTitle): string {
  const own = idBy(ids, 'sl');
  if (own !== '') return own;
  const [imdbId, tmdbId, tvdbId] = [idBy(ids, 'imdb'), idBy(ids, 'tmdb'), idBy(ids, 'tvdb')];
  return imdbId + tmdbId + tvdbId === ''
    ? publicIdOfName(type, name, year)
    : publicIdOf({ type, imdbId, tmdbId, tvdbId });
}

export function sketchOf(title: NewTitle): AdoptedTitle {
  const { type, ids, name, year } = title;
  const tvdbId = idBy(ids, 'tvdb');
  return {
    isSketch: true,
    nextCheckS: 0,
    title: {
      ...BLANK,
      type,
      publicId: publicIdOfTitle(title),
      imdbId: idBy(ids, 'imdb'),
      tmdbId: idBy(ids, 'tmdb'),
      otherIds:
        tvdbId === '' ? [] : [{ provider: 'tvdb', id: tvdbId, season: -1, episodeOffset: 0 }],
      title: name,
      year,
    },
  };
}

function idBy(ids: readonly LineId[], provider: LineId['provider']): string {
  return ids.find((id) => id.provider === provider)?.id ?? '';
}

const BLANK: Omit<ImportedTitle, 'type' | 'publicId' | 'imdbId' | 'tmdbId' | 'title' | 'year'> = {
  otherIds: [],
  originalTitle: '',
  alternativeTitles: [],
  endYear: 0,
  released: '',
  runtimeMinutes: 0,
  description: '',
  languages: [],
  country: '',
  website: '',
  isAdult: false,
  nudity: 'Unknown',
  certificate: 'Unknown',
  isAlwaysListed: false,
  popularity: 0,
  genres: [],
  images: [],
  ratings: [],
  episodes: [],
  streams: [],
};
