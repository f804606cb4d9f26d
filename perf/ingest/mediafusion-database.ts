/**
 * A database as MediaFusion v6 has it, as far as an import reads it, with generated films, series and streams. Names of
 * tables and columns are those that it uses; nothing else of it is here.
 */
import postgres from 'postgres';

export interface MediaFusionSize {
  readonly titles: number;
  readonly streams: number;
}

/** One title in five is a series; one stream in eleven is no torrent; one in fifty is blocked. */
export async function fillMediaFusion(uri: string, size: MediaFusionSize): Promise<void> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(SCHEMA);
    await sql.unsafe(VOCABULARY);
    for (const statement of ROWS(size)) await sql.unsafe(statement);
    await sql.unsafe(KEYS);
    await sql.unsafe('ANALYZE');
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const SCHEMA = `
CREATE TYPE mediatype AS ENUM ('MOVIE', 'SERIES', 'TV', 'EVENTS');
CREATE TYPE streamtype AS ENUM ('TORRENT', 'HTTP', 'YOUTUBE', 'USENET', 'TELEGRAM', 'EXTERNAL_LINK', 'ACESTREAM');
CREATE TYPE torrenttype AS ENUM ('PUBLIC', 'SEMI_PRIVATE', 'PRIVATE', 'WEB_SEED');
CREATE TYPE filetype AS ENUM ('VIDEO', 'AUDIO', 'SUBTITLE', 'ARCHIVE', 'SAMPLE', 'TRAILER', 'NFO', 'OTHER');
CREATE TYPE nuditystatus AS ENUM ('NONE', 'MILD', 'MODERATE', 'SEVERE', 'UNKNOWN', 'DISABLE');
CREATE TABLE media (id int, type mediatype, title varchar, original_title varchar, year int, release_date date, end_date date,
  runtime_minutes int, description varchar, adult boolean, popularity float8, website varchar, is_public boolean,
  nudity_status nuditystatus, is_blocked boolean);
CREATE TABLE media_external_id (id int, media_id int, provider varchar, external_id varchar);
CREATE TABLE aka_title (id int, media_id int, title varchar);
CREATE TABLE genre (id int, name varchar);
CREATE TABLE media_genre_link (media_id int, genre_id int);
CREATE TABLE parental_certificate (id int, name varchar);
CREATE TABLE media_parental_certificate_link (media_id int, certificate_id int);
CREATE TABLE media_image (id int, media_id int, image_type varchar, url varchar, is_primary boolean, display_order int);
CREATE TABLE rating_provider (id int, name varchar);
CREATE TABLE media_rating (id int, media_id int, rating_provider_id int, rating float8, vote_count int);
CREATE TABLE series_metadata (id int, media_id int);
CREATE TABLE season (id int, series_id int, season_number int);
CREATE TABLE episode (id int, season_id int, episode_number int, title varchar, overview varchar, air_date date);
CREATE TABLE stream (id int, stream_type streamtype, name varchar, source varchar, uploader varchar, release_group varchar,
  is_active boolean, is_blocked boolean, is_public boolean, resolution varchar, codec varchar, quality varchar,
  bit_depth varchar, is_remastered boolean, is_upscaled boolean, is_proper boolean, is_repack boolean, is_extended boolean,
  is_complete boolean, is_dubbed boolean, is_subbed boolean, created_at timestamptz);
CREATE TABLE torrent_stream (id int, stream_id int, info_hash varchar, total_size bigint, seeders int,
  torrent_type torrenttype, uploaded_at timestamptz);
CREATE TABLE http_stream (id int, stream_id int, url varchar, size bigint);
CREATE TABLE youtube_stream (id int, stream_id int, video_id varchar);
CREATE TABLE usenet_stream (id int, stream_id int, nzb_guid varchar, nzb_url varchar, size bigint, posted_at timestamptz);
CREATE TABLE acestream_stream (id int, stream_id int, content_id varchar, info_hash varchar);
CREATE TABLE external_link_stream (id int, stream_id int, url varchar);
CREATE TABLE stream_media_link (id int, stream_id int, media_id int, file_index int, filename varchar, file_size bigint);
CREATE TABLE stream_file (id int, stream_id int, file_index int, filename varchar, file_path varchar, size bigint,
  file_type filetype);
CREATE TABLE file_media_link (id int, file_id int, media_id int, season_number int, episode_number int, episode_end int);
CREATE TABLE hdr_format (id int, name varchar);
CREATE TABLE audio_format (id int, name varchar);
CREATE TABLE audio_channel (id int, name varchar);
CREATE TABLE language (id int, name varchar);
CREATE TABLE stream_hdr_link (stream_id int, hdr_format_id int);
CREATE TABLE stream_audio_link (stream_id int, audio_format_id int);
CREATE TABLE stream_channel_link (stream_id int, channel_id int);
CREATE TABLE stream_language_link (stream_id int, language_id int, language_type varchar);
CREATE TABLE tracker (id int, url varchar);
CREATE TABLE torrent_tracker_link (torrent_id int, tracker_id int);
CREATE TABLE user_profiles (id int, uuid varchar, name varchar, config json, encrypted_secrets varchar)`;

const VOCABULARY = `
INSERT INTO genre VALUES (1, 'Drama'), (2, 'Comedy');
INSERT INTO parental_certificate VALUES (1, 'Teens');
INSERT INTO rating_provider VALUES (1, 'imdb'), (2, 'tmdb');
INSERT INTO hdr_format VALUES (1, 'HDR10'), (2, 'Dolby Vision');
INSERT INTO audio_format VALUES (1, 'AAC'), (2, 'DTS-HD MA'), (3, 'Unheard of');
INSERT INTO audio_channel VALUES (1, '5.1');
INSERT INTO language VALUES (1, 'English'), (2, 'Tamil');
INSERT INTO tracker SELECT n, 'udp://tracker' || n || '.example.org:1337/announce' FROM generate_series(1, 5) n`;

const KEYS = `
CREATE INDEX ON media (id);
CREATE INDEX ON media_external_id (media_id); CREATE INDEX ON aka_title (media_id); CREATE INDEX ON media_genre_link (media_id);
CREATE INDEX ON media_parental_certificate_link (media_id); CREATE INDEX ON media_image (media_id);
CREATE INDEX ON media_rating (media_id); CREATE INDEX ON series_metadata (media_id); CREATE INDEX ON season (series_id);
CREATE INDEX ON episode (season_id); CREATE INDEX ON stream (id); CREATE INDEX ON torrent_stream (stream_id);
CREATE INDEX ON http_stream (stream_id); CREATE INDEX ON youtube_stream (stream_id); CREATE INDEX ON usenet_stream (stream_id);
CREATE INDEX ON acestream_stream (stream_id); CREATE INDEX ON external_link_stream (stream_id);
CREATE INDEX ON stream_media_link (stream_id); CREATE INDEX ON stream_file (stream_id); CREATE INDEX ON file_media_link (file_id);
CREATE INDEX ON stream_hdr_link (stream_id); CREATE INDEX ON stream_audio_link (stream_id);
CREATE INDEX ON stream_channel_link (stream_id); CREATE INDEX ON stream_language_link (stream_id);
CREATE INDEX ON torrent_tracker_link (torrent_id)`;

const IS_SERIES = `media_id % 5 = 0`;

function ROWS({ titles, streams }: MediaFusionSize): readonly string[] {
  const media = `generate_series(1, ${titles}) AS media_id`;
  const all = `(SELECT n AS id, n % ${titles} + 1 AS media_id FROM generate_series(1, ${streams}) n) s`;
  const torrents = `(SELECT * FROM ${all} WHERE id % 11 <> 0) t`;
  return [
    `INSERT INTO media SELECT media_id, CASE WHEN ${IS_SERIES} THEN 'SERIES' ELSE 'MOVIE' END::mediatype, 'Title No ' || media_id,
       'Original ' || media_id, 1950 + media_id % 70, make_date(1950 + media_id % 70, 3, 1), NULL, 90, 'What happens in ' || media_id,
       false, media_id % 100, NULL, true, 'MILD', false FROM ${media}`,
    `INSERT INTO media_external_id SELECT media_id, media_id, 'imdb', 'tt' || (1000000 + media_id) FROM ${media} WHERE media_id % 7 <> 0`,
    `INSERT INTO aka_title SELECT media_id, media_id, 'Otherwise ' || media_id FROM ${media}`,
    `INSERT INTO media_genre_link SELECT media_id, media_id % 2 + 1 FROM ${media}`,
    `INSERT INTO media_parental_certificate_link SELECT media_id, 1 FROM ${media}`,
    `INSERT INTO media_image SELECT media_id, media_id, 'poster', 'https://example.org/' || media_id || '.jpg', true, 0 FROM ${media}`,
    `INSERT INTO media_rating SELECT media_id, media_id, 1, media_id % 100 / 10.0, media_id FROM ${media}`,
    `INSERT INTO series_metadata SELECT media_id, media_id FROM ${media} WHERE ${IS_SERIES}`,
    `INSERT INTO season SELECT media_id, media_id, 1 FROM ${media} WHERE ${IS_SERIES}`,
    `INSERT INTO episode SELECT media_id * 10 + e, media_id, e, 'Episode ' || e, NULL, NULL
     FROM ${media}, generate_series(1, 2) e WHERE ${IS_SERIES}`,
    `INSERT INTO stream SELECT id, CASE WHEN id % 11 <> 0 THEN 'TORRENT' WHEN id % 22 = 0 THEN 'HTTP' ELSE 'USENET' END::streamtype,
       'Title.No.' || media_id || CASE WHEN ${IS_SERIES} THEN '.S01E01.' ELSE '.' END ||
       (ARRAY['2160p', '1080p', '720p'])[id % 3 + 1] || '.WEB-DL.x265-' || id, 'MediaFusion', NULL,
       'GROUP', true, id % 50 = 0, id % 49 <> 0, (ARRAY['4k', '1080p', '720p'])[id % 3 + 1], 'hevc', 'WEB-DL', '10bit',
       false, false, id % 10 = 1, false, false, false, false, false, to_timestamp(1700000000 + id) FROM ${all}`,
    `INSERT INTO torrent_stream SELECT id, id, left(encode(sha256(id::text::bytea), 'hex'), 40), 1000000000 + id, id % 90,
       CASE WHEN id % 40 = 3 THEN 'PRIVATE' ELSE 'PUBLIC' END::torrenttype, to_timestamp(1600000000 + id) FROM ${torrents}`,
    `INSERT INTO http_stream SELECT id, id, 'https://example.org/video/' || id || '.mkv', 5 FROM ${all} WHERE id % 22 = 0`,
    `INSERT INTO usenet_stream SELECT id, id, 'guid' || id, 'https://example.org/nzb/' || id, 6, NULL FROM ${all}
     WHERE id % 11 = 0 AND id % 22 <> 0`,
    `INSERT INTO stream_media_link SELECT id, id, media_id, CASE WHEN NOT ${IS_SERIES} AND id % 11 <> 0 THEN 0 END,
       CASE WHEN NOT ${IS_SERIES} AND id % 11 <> 0 THEN 'Title.No.' || media_id || '.mkv' END, NULL FROM ${all}`,
    `INSERT INTO stream_file SELECT id * 2 + e, id, e - 1, 'E' || e || '.mkv', 'Season 1/E' || e || '.mkv', 100 + e, 'VIDEO'
     FROM ${torrents}, generate_series(1, 2) e WHERE ${IS_SERIES}`,
    `INSERT INTO file_media_link SELECT id * 2 + e, id * 2 + e, media_id, 1, e, NULL
     FROM ${torrents}, generate_series(1, 2) e WHERE ${IS_SERIES}`,
    `INSERT INTO stream_hdr_link SELECT id, id % 2 + 1 FROM ${all} WHERE id % 3 = 0`,
    `INSERT INTO stream_audio_link SELECT id, id % 3 + 1 FROM ${all}`,
    `INSERT INTO stream_channel_link SELECT id, 1 FROM ${all}`,
    `INSERT INTO stream_language_link SELECT id, id % 2 + 1, 'audio' FROM ${all}`,
    `INSERT INTO torrent_tracker_link SELECT id, (id + k) % 5 + 1 FROM ${torrents}, generate_series(1, 3) k`,
    `INSERT INTO user_profiles SELECT n, '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), 'Default',
       json_build_object('mxs', n % 50 + 1, 'sr', json_build_array('1080p')), 'sealed' || n FROM generate_series(1, 20) n`,
  ];
}
