/** From an imported title to what others know it by. */
import { ID_PREFIXES, parseTitleId, type TitleId } from '../../lib/stremio/media-id.ts';
import type { ChangedTitle, ImportedTitle } from './contract.ts';

export function changedTitle(title: ImportedTitle): ChangedTitle {
  return {
    ids: titleIdsOf(title),
    episodes: title.type === 'movie' ? [{ season: 0, episode: 0 }] : title.episodes,
  };
}

function titleIdsOf(title: ImportedTitle): readonly TitleId[] {
  const { type, publicId, imdbId, tmdbId, otherIds } = title;
  const given = [
    publicId,
    imdbId,
    tmdbId === '' ? '' : ID_PREFIXES.tmdb + tmdbId,
    ...otherIds.map(({ provider, id }) => ID_PREFIXES[provider] + id),
  ];
  return given.filter((id) => id !== '').map((id) => parseTitleId(type, id));
}
