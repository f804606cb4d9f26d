-- Streams of every kind, and the files by which they play titles. Designed for 10 million streams.
-- Codes and bit masks are those of src/lib/vocabulary.ts; the view stream_readable shows their names.

CREATE TABLE tracker_list (
  tracker_list_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  urls_hash uuid NOT NULL GENERATED ALWAYS AS (md5(urls)::uuid) STORED UNIQUE,
  urls text NOT NULL CHECK (urls <> '')
);
COMMENT ON TABLE tracker_list IS 'Torrents of one indexer share their trackers: each list is stored once. URLs are joined by newlines.';

CREATE TABLE stream (
  stream_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  added_at timestamptz NOT NULL DEFAULT now(),
  total_size_bytes bigint NOT NULL DEFAULT 0 CHECK (total_size_bytes >= 0),
  tracker_list_id integer REFERENCES tracker_list,
  audio_mask integer NOT NULL DEFAULT 0,
  flags_mask integer NOT NULL DEFAULT 0,
  languages_low integer NOT NULL DEFAULT 0,
  languages_high integer NOT NULL DEFAULT 0,
  hdr_mask smallint NOT NULL DEFAULT 0,
  channels_mask smallint NOT NULL DEFAULT 0,
  kind smallint NOT NULL CHECK (kind >= 0),
  resolution smallint NOT NULL DEFAULT 0 CHECK (resolution >= 0),
  quality smallint NOT NULL DEFAULT 0 CHECK (quality >= 0),
  codec smallint NOT NULL DEFAULT 0 CHECK (codec >= 0),
  bit_depth smallint NOT NULL DEFAULT 0 CHECK (bit_depth >= 0),
  is_active boolean NOT NULL DEFAULT true,
  is_blocked boolean NOT NULL DEFAULT false,
  is_visible boolean NOT NULL GENERATED ALWAYS AS (is_active AND NOT is_blocked) STORED,
  content_key bytea NOT NULL CHECK (octet_length(content_key) = 20),
  name text NOT NULL,
  locator text NOT NULL DEFAULT '' CHECK (locator <> '' OR kind = 0),
  source text NOT NULL DEFAULT '',
  release_group text NOT NULL DEFAULT '',
  uploader text NOT NULL DEFAULT '',
  UNIQUE (content_key, kind)
) WITH (fillfactor = 95);
COMMENT ON TABLE stream IS 'One torrent, URL, video or NZB, however many titles and episodes it plays.';
COMMENT ON COLUMN stream.content_key IS 'Torrents: the infohash. Others: the first 20 bytes of the SHA-256 of the locator.';
COMMENT ON COLUMN stream.locator IS 'URL, YouTube id, NZB URL or acestream content id; empty for torrents.';
COMMENT ON COLUMN stream.added_at IS 'When it was uploaded at its source, as far as known.';

CREATE TABLE stream_counter (
  stream_id bigint PRIMARY KEY REFERENCES stream ON DELETE CASCADE,
  seeders integer NOT NULL DEFAULT -1,
  playback_count integer NOT NULL DEFAULT 0,
  votes_up integer NOT NULL DEFAULT 0,
  votes_down integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON TABLE stream_counter IS 'What changes often, apart from wide rows. No index but the key, so that updates stay within the page (HOT).';
COMMENT ON COLUMN stream_counter.seeders IS '-1 when unknown.';

CREATE TABLE stream_link (
  stream_id bigint NOT NULL REFERENCES stream ON DELETE CASCADE,
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  file_size_bytes bigint NOT NULL DEFAULT 0 CHECK (file_size_bytes >= 0),
  file_index integer NOT NULL DEFAULT -1 CHECK (file_index >= -1),
  episode_from integer NOT NULL DEFAULT 0 CHECK (episode_from >= 0),
  episode_to integer NOT NULL DEFAULT 0 CHECK (episode_to BETWEEN episode_from AND 99999),
  season smallint NOT NULL DEFAULT 0 CHECK (season BETWEEN -1 AND 9999),
  is_visible boolean NOT NULL DEFAULT true,
  range_media_id bigint GENERATED ALWAYS AS (CASE WHEN episode_to > episode_from THEN media_id END) STORED,
  filename text NOT NULL DEFAULT '',
  PRIMARY KEY (stream_id, file_index, media_id, season, episode_from)
);
COMMENT ON TABLE stream_link IS
  'A file of a stream plays a film (season and episodes 0), an episode, a range of them, a whole season (0 to 99999) or all (season -1).';
COMMENT ON COLUMN stream_link.file_index IS '-1 when the files are not known.';
COMMENT ON COLUMN stream_link.range_media_id IS
  'media_id of links to more than one episode. A column of its own, so that a search for ranges cannot be planned over all links.';
COMMENT ON COLUMN stream_link.is_visible IS 'Copy of stream.is_visible, kept by triggers.';

CREATE INDEX stream_link_by_episode ON stream_link (media_id, season, episode_from, stream_id);
COMMENT ON INDEX stream_link_by_episode IS 'streams.by-media';
CREATE INDEX stream_link_by_range ON stream_link (range_media_id, season, episode_from, episode_to, stream_id)
  WHERE range_media_id IS NOT NULL;
COMMENT ON INDEX stream_link_by_range IS 'streams.by-media';
