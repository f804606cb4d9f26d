-- Live streams, what their encoders sent, and the recordings that stay.

CREATE TABLE live_stream (
  live_stream_id uuid PRIMARY KEY,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  owner text NOT NULL CHECK (length(owner) = 32),
  owner_key_hash bytea NOT NULL CHECK (octet_length(owner_key_hash) = 32),
  status text NOT NULL DEFAULT 'created' CHECK (status IN ('created', 'live', 'ended')),
  stored_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  deleted_at timestamptz
);
COMMENT ON TABLE live_stream IS 'Live streams; ended ones are recordings (VOD).';
COMMENT ON COLUMN live_stream.owner IS 'Public name of the owner key: the same for all streams that were made with one key.';
COMMENT ON COLUMN live_stream.stored_bytes IS 'Of the segments in live_segment.';
COMMENT ON COLUMN live_stream.deleted_at IS 'Deleted by its owner, who may restore it.';
CREATE INDEX live_stream_by_owner ON live_stream (owner, status, created_at DESC, live_stream_id DESC)
  WHERE deleted_at IS NULL;
COMMENT ON INDEX live_stream_by_owner IS 'live.page, live.page-after, live.count';
CREATE INDEX live_stream_by_time ON live_stream (status, created_at DESC, live_stream_id DESC)
  WHERE deleted_at IS NULL;
COMMENT ON INDEX live_stream_by_time IS 'live.page, live.page-after, live.count';

CREATE TABLE live_playlist (
  live_stream_id uuid NOT NULL REFERENCES live_stream ON DELETE CASCADE,
  name text NOT NULL,
  variants text,
  map_name text NOT NULL DEFAULT '',
  PRIMARY KEY (live_stream_id, name)
);
COMMENT ON TABLE live_playlist IS 'Playlists that the encoder sends, one for each rendition.';
COMMENT ON COLUMN live_playlist.variants IS 'The whole text where it lists renditions; null where it lists segments.';
COMMENT ON COLUMN live_playlist.map_name IS 'Segment that the others need before them (EXT-X-MAP); empty for MPEG-TS.';

CREATE TABLE live_segment (
  live_stream_id uuid NOT NULL REFERENCES live_stream ON DELETE CASCADE,
  name text NOT NULL,
  playlist text,
  sequence bigint,
  bytes bigint,
  duration_ms integer,
  is_discontinuity boolean NOT NULL DEFAULT false,
  PRIMARY KEY (live_stream_id, name)
);
COMMENT ON TABLE live_segment IS 'Segments that were listed, stored or both: only those that are both are published.';
COMMENT ON COLUMN live_segment.playlist IS 'Null until a playlist lists it.';
COMMENT ON COLUMN live_segment.bytes IS 'Null until it is stored.';
CREATE INDEX live_segment_by_sequence ON live_segment (live_stream_id, playlist, sequence DESC)
  WHERE sequence IS NOT NULL;
COMMENT ON INDEX live_segment_by_sequence IS 'live.segments';
