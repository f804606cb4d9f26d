-- Streams that stored profiles have brought for themselves: apart from those of everybody, so that no statement finds both.

ALTER TABLE user_profile ADD COLUMN private_revision integer NOT NULL DEFAULT 0 CHECK (private_revision >= 0);
COMMENT ON COLUMN user_profile.private_revision IS
  'Raised with every change of its private streams; 0: it never had any, and its lists look for none.';

CREATE TABLE private_stream (
  private_stream_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  profile_id uuid NOT NULL REFERENCES user_profile ON DELETE CASCADE,
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  imported_at timestamptz NOT NULL DEFAULT now(),
  added_at_s bigint NOT NULL DEFAULT 0 CHECK (added_at_s >= 0),
  total_size_bytes bigint NOT NULL DEFAULT 0 CHECK (total_size_bytes >= 0),
  seeders integer NOT NULL DEFAULT -1,
  kind smallint NOT NULL CHECK (kind >= 0),
  content_key bytea NOT NULL CHECK (octet_length(content_key) = 20),
  name text NOT NULL,
  locator text NOT NULL DEFAULT '' CHECK (locator <> '' OR kind = 0),
  source text NOT NULL DEFAULT '',
  release_group text NOT NULL DEFAULT '',
  uploader text NOT NULL DEFAULT '',
  trackers text NOT NULL DEFAULT '',
  attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
  UNIQUE (profile_id, media_id, kind, content_key)
);
COMMENT ON TABLE private_stream IS 'A stream of one profile that plays one title; nobody else is shown it.';
COMMENT ON COLUMN private_stream.content_key IS 'As in stream.';
COMMENT ON COLUMN private_stream.attributes IS 'Codes and masks of what its name says, by the names of src/lib/stream/fields.ts.';
COMMENT ON COLUMN private_stream.trackers IS 'URLs, joined by newlines.';
CREATE INDEX private_stream_by_media ON private_stream (media_id);
COMMENT ON INDEX private_stream_by_media IS 'library.adopt';

CREATE TABLE private_stream_link (
  private_stream_id bigint NOT NULL REFERENCES private_stream ON DELETE CASCADE,
  file_size_bytes bigint NOT NULL DEFAULT 0 CHECK (file_size_bytes >= 0),
  file_index integer NOT NULL DEFAULT -1 CHECK (file_index >= -1),
  episode_from integer NOT NULL DEFAULT 0 CHECK (episode_from >= 0),
  episode_to integer NOT NULL DEFAULT 0 CHECK (episode_to BETWEEN episode_from AND 99999),
  season smallint NOT NULL DEFAULT 0 CHECK (season BETWEEN -1 AND 9999),
  filename text NOT NULL DEFAULT '',
  PRIMARY KEY (private_stream_id, season, episode_from, file_index)
);
COMMENT ON TABLE private_stream_link IS 'What of the title a file of a private stream plays, as in stream_link.';
