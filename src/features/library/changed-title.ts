/** From an imported title to what others know it by. */
import { storedTitleId, type IdProvider, type TitleId } from '../../lib/stremio/media-id.ts';
import type { ChangedTitle, ImportedTitle } from './contract.ts';

export function changedTitle(title: ImportedTitle): ChangedTitle {
  return {
    ids: titleIdsOf(title),
    episodes: title.type === 'movie' ? [{ season: 0, episode: 0 }] : title.episodes,
  };
}

function titleIdsOf(title: ImportedTitle): readonly TitleId[] {
  const given: readonly { readonly provider: IdProvider; readonly id: string }[] = [
    { provider: 'sl', id: title.publicId },
    { provider: 'imdb', id: title.imdbId },
    { provider: 'tmdb', id: title.tmdbId },
    ...title.otherIds,
  ];
  return given
    .filter(({ id }) => id !== '')
    .map(({ provider, id }) => storedTitleId(title.type, provider, id));
}
