-- Recordings in other sizes.

CREATE TABLE transcode (
  transcode_id uuid PRIMARY KEY,
  live_stream_id uuid NOT NULL REFERENCES live_stream,
  rungs text[] NOT NULL CHECK (cardinality(rungs) BETWEEN 1 AND 5),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  job_id text,
  failure text,
  bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
COMMENT ON TABLE transcode IS 'Recordings that were made anew by ffmpeg; their files are in DATA_DIR/transcodes.';
COMMENT ON COLUMN transcode.live_stream_id IS 'The recording. Its row stays when it is deleted: nothing cascades.';
COMMENT ON COLUMN transcode.rungs IS 'Renditions that were asked for, in the order of the ladder.';
COMMENT ON COLUMN transcode.job_id IS 'Null until a job was made; the job says how far it is.';
COMMENT ON COLUMN transcode.used_at IS 'When it was asked for or played last: those that were not for long make room.';
CREATE UNIQUE INDEX transcode_wanted ON transcode (live_stream_id, rungs) WHERE state IN ('waiting', 'running', 'done');
COMMENT ON INDEX transcode_wanted IS 'transcode.request';
CREATE INDEX transcode_by_recording ON transcode (live_stream_id, created_at DESC, transcode_id);
COMMENT ON INDEX transcode_by_recording IS 'transcode.of-recording';
CREATE INDEX transcode_by_use ON transcode (used_at) WHERE state NOT IN ('waiting', 'running');
COMMENT ON INDEX transcode_by_use IS 'transcode.least-used';
