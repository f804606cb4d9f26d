-- Since when the lists of viewers have been as they are: Last-Modified is the same in every process, and after a restart.

CREATE TABLE iptv_output (
  viewer_id integer NOT NULL REFERENCES iptv_viewer ON DELETE CASCADE,
  output text COLLATE "C" NOT NULL CHECK (output IN ('m3u', 'xmltv')),
  version text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (viewer_id, output)
);
COMMENT ON TABLE iptv_output IS 'What lists of viewers held when they were made last.';
COMMENT ON COLUMN iptv_output.version IS 'A hash of what the list says.';
COMMENT ON COLUMN iptv_output.changed_at IS 'When it became this version; in whole seconds.';
