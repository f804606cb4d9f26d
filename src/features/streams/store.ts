/** SQL of the stream path: from a client's id to a title, and all streams that play one movie or episode. */
import { ID_PREFIXES, type TitleId } from '../../lib/stremio/media-id.ts';
import type { StreamRow } from '../../lib/stream-set/row.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';

const RESOLVE_MEDIA = `
SELECT m.media_id::float8 AS "mediaId", m.type, m.public_id AS "publicId", coalesce(imdb.external_id, '') AS "imdbId",
  coalesce(tmdb.external_id, '') AS "tmdbId", m.title, m.year, m.runtime_minutes AS "runtimeMinutes",
  m.is_blocked::int + 2 * m.is_adult::int + 4 * m.nudity + 32 * m.certificate AS restrictions
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
 * One JSON row: 200 rows of 25 columns cost the driver 2.5 ms of the event loop, JSON 0.9 ms, 2,000 rows 24
 * and 6 ms (docs/decisions/0004-schema.md). Its numbers are exact up to 2^53, ids and sizes stay below.
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
), wide AS MATERIALIZED (
  SELECT b.*, s.kind, s.resolution, s.quality, s.codec, s.hdr_mask, s.audio_mask, s.channels_mask, s.flags_mask,
    s.languages_low, s.languages_high, s.bit_depth, s.total_size_bytes, s.added_at, s.name, s.locator, s.source,
    s.release_group, s.uploader, s.tracker_list_id,
    CASE WHEN s.kind = 0 THEN encode(s.content_key, 'hex') END AS infohash
  FROM best b
  CROSS JOIN LATERAL (SELECT * FROM stream WHERE stream_id = b.stream_id OFFSET 0) s
)
SELECT
  coalesce(json_agg(json_build_array(
    stream_id, kind, resolution, quality, codec, hdr_mask, audio_mask, channels_mask, flags_mask, languages_low,
    languages_high, bit_depth, file_size_bytes, total_size_bytes, seeders, floor(extract(epoch FROM added_at)),
    file_index, infohash, name, filename, locator, source, release_group, uploader, tracker_list_id
  ) ORDER BY seeders DESC, stream_id DESC), '[]') AS streams,
  coalesce((
    SELECT json_object_agg(tracker_list_id, urls)
    FROM tracker_list WHERE tracker_list_id IN (SELECT tracker_list_id FROM wide)
  ), '{}') AS trackers
FROM wide`;

/** The columns of one stream in the order of STREAMS_BY_MEDIA. */
type StreamColumns = readonly [
  streamId: number, kind: number, resolution: number, quality: number, codec: number, hdrMask: number,
  audioMask: number, channelsMask: number, flagsMask: number, languagesLow: number, languagesHigh: number,
  bitDepth: number, fileSizeBytes: number, totalSizeBytes: number, seeders: number, addedAtS: number,
  fileIndex: number, infohash: string | null, name: string, filename: string, locator: string, source: string,
  releaseGroup: string, uploader: string, trackerListId: number | null,
];

interface StreamsRecord {
  readonly streams: readonly StreamColumns[];
  readonly trackers: Readonly<Record<string, string>>;
}

export class StreamStore implements StreamSource {
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
   * seeders first, then newest.
   */
  async loadStreams(mediaId: number, season: number, episode: number, signal: AbortSignal): Promise<StreamRow[]> {
    const rows = await this.#database.read<StreamsRecord[]>(
      { name: 'streams.by-media', lane: 'hot', signal },
      (sql) => sql.unsafe(STREAMS_BY_MEDIA, [mediaId, season, episode], { prepare: true }),
    );
    const record = rows[0];
    return record === undefined ? [] : record.streams.map((columns) => streamRow(columns, record.trackers));
  }
}

function streamRow(columns: StreamColumns, trackers: StreamsRecord['trackers']): StreamRow {
  const [
    streamId, kind, resolution, quality, codec, hdrMask, audioMask, channelsMask, flagsMask, languagesLow,
    languagesHigh, bitDepth, fileSizeBytes, totalSizeBytes, seeders, addedAtS, fileIndex, infohash, name, filename,
    locator, source, releaseGroup, uploader, trackerListId,
  ] = columns;
  return {
    streamId, kind, resolution, quality, codec, hdrMask, audioMask, channelsMask, flagsMask, languagesLow,
    languagesHigh, bitDepth, fileSizeBytes, totalSizeBytes, seeders, addedAtS, fileIndex, name, filename, locator,
    source, releaseGroup, uploader,
    infohash: infohash === null ? null : Buffer.from(infohash, 'hex'),
    trackers: trackerListId === null ? '' : trackers[trackerListId] ?? '',
  };
}
