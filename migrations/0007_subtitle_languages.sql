-- Languages of subtitles are no languages of speech.

ALTER TABLE stream
  ADD COLUMN subtitle_languages_low integer NOT NULL DEFAULT 0,
  ADD COLUMN subtitle_languages_high integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN stream.subtitle_languages_low IS 'As languages_low, of the subtitles that a release names; 0 when it names none.';

CREATE OR REPLACE VIEW stream_readable AS
SELECT s.stream_id, stream_kind_name(s.kind) AS kind, s.name, s.source, s.uploader, s.release_group,
  resolution_name(s.resolution) AS resolution, quality_name(s.quality) AS quality, codec_name(s.codec) AS codec,
  hdr_names(s.hdr_mask) AS hdr, audio_names(s.audio_mask) AS audio, channel_names(s.channels_mask) AS channels,
  language_names((s.languages_low::bigint & 4294967295) | (s.languages_high::bigint << 32)) AS languages,
  stream_flag_names(s.flags_mask) AS flags, s.bit_depth, pg_size_pretty(s.total_size_bytes) AS total_size,
  CASE WHEN s.kind = 0 THEN encode(s.content_key, 'hex') END AS infohash, s.locator, t.urls AS trackers,
  c.seeders, c.playback_count, s.is_active, s.is_blocked, s.added_at,
  language_names((s.subtitle_languages_low::bigint & 4294967295) | (s.subtitle_languages_high::bigint << 32)) AS subtitle_languages
FROM stream s
LEFT JOIN stream_counter c USING (stream_id)
LEFT JOIN tracker_list t USING (tracker_list_id);
