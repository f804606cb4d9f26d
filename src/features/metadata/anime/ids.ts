/** From entries of the list of anime to ids of a title in the library. */
import type { AnimeRow } from '../../../lib/anime-list/anime-list.ts';
import type { ImportedId } from '../../library/contract.ts';
import type { Numbering } from '../merge.ts';
import type { TitleIds } from '../provider.ts';
import { titleIds } from '../public-id.ts';

/** By what services know the title of an entry. */
export function titleIdsOf(entry: AnimeRow): TitleIds {
  const digits = (number: number) => (number === 0 ? '' : String(number));
  return titleIds(entry.media_type, {
    imdbId: entry.imdb_id,
    tmdbId: digits(entry.tmdb_id),
    tvdbId: digits(entry.tvdb_id),
  });
}

/** @param numbering of the title's episodes */
export function animeIds(
  entries: readonly AnimeRow[],
  numbering: Numbering,
): readonly ImportedId[] {
  return entries.flatMap((entry) =>
    (
      [
        ['kitsu', entry.kitsu_id],
        ['mal', entry.mal_id],
        ['anilist', entry.anilist_id],
      ] as const
    )
      .filter(([, id]) => id > 0)
      .map(([provider, id]) => ({ provider, id: String(id), ...placeOf(entry, numbering) })),
  );
}

function placeOf(
  entry: AnimeRow,
  numbering: Numbering,
): Pick<ImportedId, 'season' | 'episodeOffset'> {
  if (entry.media_type === 'movie') return { season: -1, episodeOffset: 0 };
  return numbering === 'tvdb'
    ? { season: entry.tvdb_season, episodeOffset: entry.tvdb_offset }
    : { season: entry.tmdb_season, episodeOffset: entry.tmdb_offset };
}
