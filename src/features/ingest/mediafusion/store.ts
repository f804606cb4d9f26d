/** SQL that reads a MediaFusion v6 database, page by page in the order of its ids, and writes nothing to it. */
import { AppError } from '../../../lib/errors.ts';
import {
  READ_KINDS,
  type MediaDetailsRow,
  type MediaRow,
  type StreamRecord,
} from '../../../lib/mediafusion-rows/lines.ts';
import {
  openBulkLoad,
  type BulkLoad,
  type BulkLoadOptions,
} from '../../../platform/db/bulk-load.ts';
import type { Logger } from '../../../platform/log/logger.ts';

/** What is not imported, and how much of it there is. */
export interface LeftOut {
  readonly blocked: number;
  /** Brought by users for themselves. */
  readonly ofUsers: number;
  /** Telegram's. */
  readonly otherKinds: number;
}

export interface ProfileRow extends Readonly<Record<string, unknown>> {
  readonly id: number;
  readonly uuid: string;
  readonly config: string;
  readonly secrets: string;
}

const MEDIA_PER_PAGE = 200;
const STREAMS_PER_PAGE = 500;
const PROFILES_PER_PAGE = 500;

export class MediaFusionStore implements AsyncDisposable {
  readonly #load: BulkLoad;

  private constructor(load: BulkLoad) {
    this.#load = load;
  }

  /** @throws AppError `database.…`, `import.bad-line` for another database */
  static async open(options: BulkLoadOptions, logger: Logger): Promise<MediaFusionStore> {
    const store = new MediaFusionStore(await openBulkLoad(options, logger));
    try {
      await store.#check();
      return store;
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
  }

  async #check(): Promise<void> {
    await this.#load.query('SET default_transaction_read_only = on');
    const [row] = await this.#load.query<{ readonly missing: string | null }>(MISSING_TABLES, [
      TABLES,
    ]);
    if (typeof row?.missing === 'string')
      throw new AppError(
        'import.bad-line',
        `the database has no ${row.missing}: expected one of MediaFusion v6`,
      );
  }

  async streamCount(): Promise<number> {
    const [row] = await this.#load.query<{ readonly count: number }>(COUNT_STREAMS, [READ_KINDS]);
    return row?.count ?? 0;
  }

  async leftOut(): Promise<LeftOut> {
    const [row] = await this.#load.query<LeftOut & Record<string, unknown>>(LEFT_OUT, [READ_KINDS]);
    return row ?? { blocked: 0, ofUsers: 0, otherKinds: 0 };
  }

  /** With everything that is known of them. */
  mediaAfter(id: number): Promise<readonly MediaDetailsRow[]> {
    return this.#load.query<MediaDetailsRow>(MEDIA_AFTER, [id]);
  }

  streamsAfter(id: number): Promise<readonly StreamRecord[]> {
    return this.#load.query<StreamRecord>(STREAMS_AFTER, [id, READ_KINDS]);
  }

  async mediaOf(ids: readonly number[]): Promise<ReadonlyMap<number, MediaRow>> {
    const rows = await this.#load.query<MediaRow>(MEDIA_OF, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  profilesAfter(id: number): Promise<readonly ProfileRow[]> {
    return this.#load.query<ProfileRow>(PROFILES_AFTER, [id]);
  }
}

const TABLES = ['stream', 'torrent_stream', 'stream_media_link', 'file_media_link', 'media'];
const MISSING_TABLES = `SELECT min(t) AS missing FROM unnest($1::text[]) AS t WHERE to_regclass(t) IS NULL`;

const IS_READ = `s.is_active AND NOT s.is_blocked AND s.is_public`;

const COUNT_STREAMS = `
SELECT count(*)::int AS count FROM stream s WHERE ${IS_READ} AND s.stream_type::text = ANY ($1::text[])`;

const LEFT_OUT = `
SELECT count(*) FILTER (WHERE s.is_blocked OR NOT s.is_active)::int AS blocked,
  count(*) FILTER (WHERE NOT (s.is_blocked OR NOT s.is_active) AND NOT s.is_public)::int AS "ofUsers",
  count(*) FILTER (WHERE ${IS_READ} AND NOT s.stream_type::text = ANY ($1::text[]))::int AS "otherKinds"
FROM stream s`;

const MEDIA_COLUMNS = `
m.id, m.type::text AS type, m.title, m.year,
(SELECT coalesce(json_agg(json_build_array(lower(x.provider), x.external_id) ORDER BY x.id), '[]')
 FROM media_external_id x WHERE x.media_id = m.id) AS ids`;
const IS_READ_MEDIA = `m.type::text IN ('MOVIE', 'SERIES') AND NOT m.is_blocked AND m.is_public`;

const MEDIA_OF = `SELECT ${MEDIA_COLUMNS} FROM media m WHERE m.id = ANY ($1::int[]) AND ${IS_READ_MEDIA}`;

const MEDIA_AFTER = `
SELECT ${MEDIA_COLUMNS}, m.original_title AS "originalTitle", m.release_date::text AS released,
  extract(year FROM m.end_date)::int AS "endYear", m.runtime_minutes AS "runtimeMinutes", m.description, m.website, m.adult,
  m.nudity_status::text AS nudity, m.popularity,
  ARRAY(SELECT a.title FROM aka_title a WHERE a.media_id = m.id ORDER BY a.id)::text[] AS names,
  ARRAY(SELECT c.name FROM media_parental_certificate_link l JOIN parental_certificate c ON c.id = l.certificate_id
    WHERE l.media_id = m.id)::text[] AS certificates,
  ARRAY(SELECT g.name FROM media_genre_link l JOIN genre g ON g.id = l.genre_id WHERE l.media_id = m.id ORDER BY g.id)::text[]
    AS genres,
  (SELECT coalesce(json_agg(json_build_array(i.image_type, i.url) ORDER BY i.is_primary DESC, i.display_order, i.id), '[]')
   FROM media_image i WHERE i.media_id = m.id) AS images,
  (SELECT coalesce(json_agg(json_build_array(p.name, r.rating, r.vote_count) ORDER BY r.id), '[]')
   FROM media_rating r JOIN rating_provider p ON p.id = r.rating_provider_id WHERE r.media_id = m.id) AS ratings,
  (SELECT coalesce(json_agg(json_build_array(n.season_number, e.episode_number, e.title, e.overview, e.air_date)
     ORDER BY n.season_number, e.episode_number), '[]')
   FROM series_metadata d JOIN season n ON n.series_id = d.id JOIN episode e ON e.season_id = n.id
   WHERE d.media_id = m.id AND n.season_number BETWEEN 0 AND 9999 AND e.episode_number BETWEEN 0 AND 99998) AS episodes
FROM (SELECT * FROM media m WHERE m.id > $1 AND ${IS_READ_MEDIA} ORDER BY m.id LIMIT ${MEDIA_PER_PAGE}) m
ORDER BY m.id`;

const FLAGS = [
  'remastered',
  'upscaled',
  'proper',
  'repack',
  'extended',
  'complete',
  'dubbed',
  'subbed',
];

function vocabulary(link: string, table: string, key: string, where = 'true'): string {
  return `ARRAY(SELECT v.name FROM ${link} l JOIN ${table} v ON v.id = l.${key} WHERE l.stream_id = s.id AND ${where})::text[]`;
}

/** What the stream itself is lies in a table of its kind. */
const STREAMS_AFTER = `
SELECT s.id, s.stream_type::text AS kind, s.name, s.source, s.uploader, s.release_group AS "group",
  s.resolution, s.quality, s.codec, s.bit_depth AS "bitDepth",
  array_remove(ARRAY[${FLAGS.map((flag) => `CASE WHEN s.is_${flag} THEN '${flag}' END`).join(', ')},
    CASE WHEN t.torrent_type::text = 'WEB_SEED' THEN 'webSeed' END], NULL) AS flags,
  ${vocabulary('stream_hdr_link', 'hdr_format', 'hdr_format_id')} AS hdr,
  ${vocabulary('stream_audio_link', 'audio_format', 'audio_format_id')} AS audio,
  ${vocabulary('stream_channel_link', 'audio_channel', 'channel_id')} AS channels,
  ${vocabulary('stream_language_link', 'language', 'language_id', "lower(l.language_type) <> 'subtitle'")} AS languages,
  ${vocabulary('stream_language_link', 'language', 'language_id', "lower(l.language_type) = 'subtitle'")} AS subtitles,
  t.info_hash AS "infoHash", coalesce(t.torrent_type::text IN ('PRIVATE', 'SEMI_PRIVATE'), false) AS "isPrivate", t.seeders,
  coalesce(h.url, y.video_id, u.nzb_url, a.content_id, e.url)::text AS locator,
  coalesce(t.total_size, h.size, u.size)::text AS size,
  floor(extract(epoch FROM coalesce(t.uploaded_at, u.posted_at, s.created_at)))::float8 AS "addedAtS",
  ARRAY(SELECT k.url FROM torrent_tracker_link l JOIN tracker k ON k.id = l.tracker_id WHERE l.torrent_id = t.id
    ORDER BY k.id)::text[] AS trackers,
  (SELECT coalesce(json_agg(json_build_array(l.media_id, l.file_index, l.filename, l.file_size) ORDER BY l.id), '[]')
   FROM stream_media_link l WHERE l.stream_id = s.id) AS media,
  (SELECT coalesce(json_agg(json_build_array(l.media_id, f.file_index, coalesce(f.file_path, f.filename), f.size,
     l.season_number, l.episode_number, l.episode_end) ORDER BY f.file_index, l.id), '[]')
   FROM stream_file f JOIN file_media_link l ON l.file_id = f.id
   WHERE f.stream_id = s.id AND f.file_type::text = 'VIDEO') AS files
FROM (
  SELECT * FROM stream s WHERE s.id > $1 AND ${IS_READ} AND s.stream_type::text = ANY ($2::text[])
  ORDER BY s.id LIMIT ${STREAMS_PER_PAGE}
) s
LEFT JOIN torrent_stream t ON t.stream_id = s.id
LEFT JOIN http_stream h ON h.stream_id = s.id
LEFT JOIN youtube_stream y ON y.stream_id = s.id
LEFT JOIN usenet_stream u ON u.stream_id = s.id
LEFT JOIN acestream_stream a ON a.stream_id = s.id
LEFT JOIN external_link_stream e ON e.stream_id = s.id
ORDER BY s.id`;

const PROFILES_AFTER = `
SELECT p.id, p.uuid, p.config::text AS config, coalesce(p.encrypted_secrets, '') AS secrets
FROM user_profiles p
WHERE p.id > $1 AND json_typeof(p.config) = 'object'
  AND p.uuid ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
ORDER BY p.id LIMIT ${PROFILES_PER_PAGE}`;
