/** SQL of the stream path: from a client's id to a title, and all streams that play one movie or episode. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { externalIdOf, type TitleId } from '../../lib/stremio/media-id.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';
import { TrackerListStore } from './tracker-lists/store.ts';
import { StreamRowsQuery, type StreamFieldsRecord } from './store-rows.ts';

const RESOLVE_MEDIA = `
SELECT m.media_id::float8 AS "mediaId", m.type, m.public_id AS "publicId", coalesce(imdb.external_id, '') AS "imdbId",
  coalesce(tmdb.external_id, '') AS "tmdbId", m.title, m.year, m.runtime_minutes AS "runtimeMinutes",
  m.is_blocked::int + 2 * m.is_adult::int + 4 * m.nudity + 32 * m.certificate AS restrictions,
  x.season AS "idSeason", x.episode_offset AS "idEpisodeOffset",
  CASE WHEN x.season < 1 THEN '[]'::json ELSE (
    SELECT coalesce(json_agg(json_build_array(s.season, s.first, s.last) ORDER BY s.season), '[]') FROM (
      SELECT e.season, min(e.episode) AS first, max(e.episode) AS last
      FROM episode e WHERE e.media_id = m.media_id AND e.season >= x.season GROUP BY e.season ORDER BY e.season LIMIT 200
    ) s
  ) END AS "idSeasons"
FROM media_external_id x
JOIN media m USING (media_id)
LEFT JOIN media_external_id imdb ON imdb.media_id = m.media_id AND imdb.provider = 'imdb' AND imdb.position = 0
LEFT JOIN media_external_id tmdb ON tmdb.media_id = m.media_id AND tmdb.provider = 'tmdb' AND tmdb.position = 0
WHERE x.external_id = $1 AND x.provider = $2 AND x.media_type = $3::media_type`;

/**
 * Links of the episode and of ranges around it, one per stream, then the rows with most seeders, then the wide columns;
 * LATERAL … OFFSET 0 keeps each join a look-up by key (docs/schema.md).
 */
const STREAMS_BY_MEDIA = new StreamRowsQuery({
  with: `
WITH link AS (
  (SELECT stream_id, file_index, file_size_bytes, filename, 0 AS span
   FROM stream_link
   WHERE media_id = $1 AND season = $2 AND episode_from = $3 AND episode_to = $3 AND is_visible
   ORDER BY stream_id DESC LIMIT 10000)
  UNION ALL
  (SELECT stream_id, file_index, file_size_bytes, filename, episode_to - episode_from
   FROM stream_link
   WHERE range_media_id = $1 AND season IN ($2, -1) AND episode_from <= $3 AND episode_to >= $3 AND is_visible
   ORDER BY stream_id DESC LIMIT 10000)
), narrowest AS (
  SELECT DISTINCT ON (stream_id) stream_id, file_index, file_size_bytes, filename
  FROM link ORDER BY stream_id, span, file_index DESC
), best AS (
  SELECT n.*, coalesce(c.seeders, -1) AS seeders
  FROM narrowest n
  LEFT JOIN LATERAL (SELECT seeders FROM stream_counter WHERE stream_id = n.stream_id OFFSET 0) c ON true
  ORDER BY coalesce(c.seeders, -1) DESC, n.stream_id DESC LIMIT 2000
)`,
  from: 'best b CROSS JOIN LATERAL (SELECT * FROM stream WHERE stream_id = b.stream_id OFFSET 0) s',
  orderBy: 'b.seeders DESC, b.stream_id DESC',
});

export class StreamStore implements StreamSource {
  readonly #database: Database;
  readonly #trackerLists: TrackerListStore;

  constructor(database: Database) {
    this.#database = database;
    this.#trackerLists = new TrackerListStore(database);
  }

  /** The title that an id leads to, blocked ones included (`restrictions`), or null. `tmdbId` is digits only. */
  async resolveMedia(ref: TitleId, signal: CancelSignal): Promise<ResolvedMedia | null> {
    const parameters = [externalIdOf(ref), ref.provider, ref.type];
    const rows = await this.#database.read<ResolvedMedia[]>(
      { name: 'streams.resolve-media', lane: 'hot', signal },
      (sql) => sql.unsafe(RESOLVE_MEDIA, parameters, { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /**
   * Every visible stream that plays this movie (season and episode 0) or episode: at most 2,000, most seeders first, then
   * newest. One statement as a rule.
   * @throws AppError `database.…`
   */
  async loadStreams(
    mediaId: number,
    season: number,
    episode: number,
    signal: CancelSignal,
  ): Promise<StreamRow[]> {
    const parameters = [mediaId, season, episode];
    const fields = await STREAMS_BY_MEDIA.read(`streams of ${parameters.join(':')}`, (statement) =>
      this.#database.read<StreamFieldsRecord[]>(
        { name: 'streams.by-media', lane: 'hot', signal },
        (sql) => sql.unsafe(statement, parameters, { prepare: true }),
      ),
    );
    return fields.rows(await this.#trackerLists.load(fields.trackerListIds(), signal));
  }
}
