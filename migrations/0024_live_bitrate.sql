-- What encoders sent in each minute.

CREATE TABLE live_bitrate_minute (
  live_stream_id uuid NOT NULL REFERENCES live_stream ON DELETE CASCADE,
  minute timestamptz NOT NULL,
  rendition text NOT NULL,
  process integer NOT NULL,
  bytes bigint NOT NULL,
  segments integer NOT NULL,
  drops integer NOT NULL,
  peak_bps bigint NOT NULL,
  PRIMARY KEY (live_stream_id, minute, rendition, process)
);
COMMENT ON TABLE live_bitrate_minute IS 'Bitrates of live streams by minute: one row for each rendition and process that took segments of it.';
COMMENT ON COLUMN live_bitrate_minute.process IS 'A number that each process draws at its start: what it writes again takes the place of what it wrote.';
COMMENT ON COLUMN live_bitrate_minute.drops IS 'Segments that were refused.';
COMMENT ON COLUMN live_bitrate_minute.peak_bps IS 'Highest rate of the rendition, in bits per second.';
CREATE INDEX live_bitrate_minute_by_time ON live_bitrate_minute (minute);
COMMENT ON INDEX live_bitrate_minute_by_time IS 'live.purge-minutes';
