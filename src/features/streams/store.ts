/** SQL of the stream path: from a client's id to a title, and all streams that play one movie or episode. */
import { ID_PREFIXES, type TitleId } from '../../lib/stremio/media-id.ts';
import type { StreamRow, StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { Database } from '../../platform/db/database.ts';

/** What an id leads to; `StreamSetMedia` without the episode. */
export type ResolvedMedia = Omit<StreamSetMedia, 'season' | 'episode'>;

/** 64-bit numbers leave as float8, which postgres.js reads as a number: ids and sizes stay below 2^53. */
const RESOLVE_MEDIA = `
SELECT m.media_id::float8 AS "mediaId", m.type, m.public_id AS "publicId", coalesce(imdb.external_id, '') AS "imdbId",
  coalesce(tmdb.external_id, '') AS "tmdbId", m.title, m.year, m.runtime_minutes AS "runtimeMinutes",
  m.is_blocked::int + 2 * m.is_adult::int AS restrictions
FROM media_external_id x
JOIN media m USING (media_id)
LEFT JOIN media_external_id imdb ON imdb.media_id = m.media_id AND imdb.provider = 'imdb' AND imdb.position = 0
LEFT JOIN media_external_id tmdb ON tmdb.media_id = m.media_id AND tmdb.provider = 'tmdb' AND tmdb.position = 0
WHERE x.external_id = $1 AND x.provider = $2 AND x.media_type = $3::media_type`;

/**
 * Links of the episode itself and links of ranges around it, newest first and at most 10,000 of each;
 * one per stream, the narrowest; of these the 2,000 with most seeders; then the wide rows. Three stages,
 * because a well-known title has more links than anyone can read, and the wide rows cost most.
 * LATERAL … OFFSET 0 keeps each join a look-up by key: with the planner's free choice a title of many
 * streams is answered by reading the whole table.
 */
const STREAMS_BY_MEDIA = `
WITH link AS (
  (SELECT stream_id, file_index, file_size_bytes, filename, 0 AS span
   FROM stream_link
   WHERE media_id = $1 AND season = $2 AND episode_from = $3 AND episode_to = $3 AND is_visible
   ORDER BY stream_id DESC LIMIT 10000)
  UNION ALL
  (SELECT stream_id, file_index, file_size_bytes, filename, episode_to - episode_from
   FROM stream_link
   WHERE media_id = $1 AND season IN ($2, -1) AND episode_from <= $3 AND episode_to >= $3
     AND episode_to > episode_from AND is_visible
   ORDER BY stream_id DESC LIMIT 10000)
), narrowest AS (
  SELECT DISTINCT ON (stream_id) stream_id, file_index, file_size_bytes, filename
  FROM link ORDER BY stream_id, span, file_index DESC
), best AS (
  SELECT n.*, coalesce(c.seeders, -1) AS seeders
  FROM narrowest n
  LEFT JOIN LATERAL (SELECT seeders FROM stream_counter WHERE stream_id = n.stream_id OFFSET 0) c ON true
  ORDER BY coalesce(c.seeders, -1) DESC, n.stream_id DESC LIMIT 2000
)
SELECT b.stream_id::float8 AS "streamId", s.kind, s.resolution, s.quality, s.codec, s.hdr_mask AS "hdrMask",
  s.audio_mask AS "audioMask", s.channels_mask AS "channelsMask", s.flags_mask AS "flagsMask",
  s.languages_low AS "languagesLow", s.languages_high AS "languagesHigh", s.bit_depth AS "bitDepth",
  b.file_size_bytes::float8 AS "fileSizeBytes", s.total_size_bytes::float8 AS "totalSizeBytes", b.seeders,
  floor(extract(epoch FROM s.added_at))::float8 AS "addedAtS", b.file_index AS "fileIndex",
  CASE WHEN s.kind = 0 THEN s.content_key END AS infohash, s.name, b.filename, s.locator, s.source,
  s.release_group AS "releaseGroup", s.uploader, coalesce(t.urls, '') AS trackers
FROM best b
CROSS JOIN LATERAL (SELECT * FROM stream WHERE stream_id = b.stream_id OFFSET 0) s
LEFT JOIN LATERAL (SELECT urls FROM tracker_list WHERE tracker_list_id = s.tracker_list_id OFFSET 0) t ON true
ORDER BY b.seeders DESC, b.stream_id DESC`;

export class StreamStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The title that an id leads to, blocked ones included (`restrictions`), or null. `tmdbId` is digits only. */
  async resolveMedia(ref: TitleId, signal: AbortSignal): Promise<ResolvedMedia | null> {
    const externalId = ref.provider === 'tmdb' ? ref.id.slice(ID_PREFIXES.tmdb.length) : ref.id;
    const rows = await this.#database.read<ResolvedMedia[]>(
      { name: 'streams.resolve-media', lane: 'hot', signal },
      (sql) => sql.unsafe(RESOLVE_MEDIA, [externalId, ref.provider, ref.type], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /**
   * Every visible stream that plays this movie (season and episode 0) or episode: at most 2,000 rows, most
   * seeders first, then newest. The columns of the statement are the fields of `StreamRow`, so the rows of
   * the driver are handed on as they are.
   */
  loadStreams(mediaId: number, season: number, episode: number, signal: AbortSignal): Promise<StreamRow[]> {
    return this.#database.read<StreamRow[]>(
      { name: 'streams.by-media', lane: 'hot', signal },
      (sql) => sql.unsafe(STREAMS_BY_MEDIA, [mediaId, season, episode], { prepare: true }),
    );
  }
}
