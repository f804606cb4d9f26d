/** SQL of what a search for streams has to know of a title: names, ids, and episodes with their dates. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { EpisodeFacts } from '../../../lib/title-match/title-facts.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { SearchSubject, SearchTarget } from '../../sources/contract.ts';

/** Anime is what has an id of anime, or is animated and Japanese. Its releases count episodes over all seasons. */
const IS_ANIME = `
  EXISTS (
    SELECT FROM media_external_id x
    WHERE x.media_id = m.media_id AND x.provider IN ('kitsu', 'mal', 'anilist')
  ) OR (
    m.country IN ('JP', 'Japan') AND EXISTS (
      SELECT FROM media_genre mg JOIN genre g USING (genre_id)
      WHERE mg.media_id = m.media_id AND g.name IN ('Animation', 'Anime')
    )
  )`;

function externalId(provider: 'imdb' | 'tmdb' | 'tvdb'): string {
  return `coalesce((
    SELECT x.external_id FROM media_external_id x
    WHERE x.media_id = m.media_id AND x.provider = '${provider}' AND x.position = 0
  ), '')`;
}

const SEARCH_SUBJECT = `
SELECT m.media_id::float8 AS "mediaId", m.type, ${externalId('imdb')} AS "imdbId", ${externalId('tmdb')} AS "tmdbId",
  ${externalId('tvdb')} AS "tvdbId", m.year, m.end_year AS "endYear", m.country, m.is_adult AS "isAdult",
  ${IS_ANIME} AS "isAnime",
  coalesce(to_char(m.released, 'YYYY-MM-DD'), '') AS released,
  json_build_array(m.title, m.original_title)::jsonb || coalesce((
    SELECT jsonb_agg(t.title ORDER BY t.title) FROM media_title t WHERE t.media_id = m.media_id
  ), '[]') AS names,
  coalesce((
    SELECT json_agg(json_build_array(e.season, e.episode, coalesce(to_char(e.released, 'YYYY-MM-DD'), ''))
      ORDER BY e.season, e.episode)
    FROM episode e WHERE e.media_id = m.media_id
  ), '[]') AS episodes
FROM media m WHERE m.media_id = $1`;

interface SubjectRecord extends Omit<SearchSubject, 'episodes' | 'season' | 'episode'> {
  readonly episodes: readonly (readonly [season: number, episode: number, released: string])[];
}

/** Null when there is no such title. @throws AppError `database.…` */
export async function searchSubject(
  database: Database,
  { mediaId, season, episode }: SearchTarget,
  signal: CancelSignal,
): Promise<SearchSubject | null> {
  const [record] = await database.read<SubjectRecord[]>(
    { name: 'library.search-subject', lane: 'page', signal },
    (sql) => sql.unsafe(SEARCH_SUBJECT, [mediaId], { prepare: true }),
  );
  if (record === undefined) return null;
  const names = [...new Set(record.names.filter((name) => name !== ''))];
  return { ...record, names, episodes: counted(record.episodes), season, episode };
}

/** With their numbers over all seasons; specials (season 0) have none. */
function counted(rows: SubjectRecord['episodes']): readonly EpisodeFacts[] {
  let last = 0;
  return rows.map(([season, episode, released]) => {
    const absolute = season === 0 ? 0 : ++last;
    return { season, episode, absolute, released };
  });
}
