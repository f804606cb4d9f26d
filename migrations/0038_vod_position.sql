-- Where viewers left recordings.

CREATE TABLE vod_position (
  viewer bytea NOT NULL CHECK (octet_length(viewer) = 32),
  live_stream_id uuid NOT NULL REFERENCES live_stream ON DELETE CASCADE,
  position_s real NOT NULL CHECK (position_s >= 0),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (live_stream_id, viewer)
);
COMMENT ON TABLE vod_position IS 'Where viewers left recordings: the 200 newest of each, for half a year, a million in all.';
COMMENT ON COLUMN vod_position.viewer IS 'Digest of the key that the viewer''s client keeps.';
CREATE INDEX vod_position_by_viewer ON vod_position (viewer, updated_at DESC, live_stream_id DESC);
COMMENT ON INDEX vod_position_by_viewer IS 'vod.positions, vod.put-position';
CREATE INDEX vod_position_by_time ON vod_position (updated_at);
COMMENT ON INDEX vod_position_by_time IS 'vod.purge-positions';
