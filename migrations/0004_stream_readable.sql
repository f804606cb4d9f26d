-- Streams for people: codes and masks as the names of src/lib/vocabulary.ts. A test compares them; a name that is
-- added there is added here by a migration that replaces the function.

CREATE FUNCTION names_of_mask(names text[], mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY(
  SELECT name FROM unnest(names) WITH ORDINALITY AS n (name, position)
  WHERE (mask >> (position - 1)::integer) & 1 = 1
  ORDER BY position
);

CREATE FUNCTION stream_kind_name(code integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY[
    'torrent', 'http', 'youtube', 'usenet', 'acestream', 'external'
  ])[code + 1];

CREATE FUNCTION resolution_name(code integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY[
    'unknown', '2160p', '1440p', '1080p', '1080i', '720p', '576p', '540p', '480p', '360p', '240p', '180p'
  ])[code + 1];

CREATE FUNCTION quality_name(code integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY[
    'unknown', 'BluRay REMUX', 'REMUX', 'BluRay', 'WEB-DL', 'WEB', 'WEBRip', 'WEB-DLRip', 'WEBMux', 'WEBCap',
    'UHDRip', 'BDRip', 'BRRip', 'HDRip', 'HDTV', 'HDTVRip', 'SDTV', 'PDTV', 'TVRip', 'SATRip', 'PPVRip', 'DVD',
    'DVDRip', 'VODR', 'VHS', 'VHSRip', 'SCR', 'TeleCine', 'TeleSync', 'CAM', 'WORKPRINT'
  ])[code + 1];

CREATE FUNCTION codec_name(code integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY[
    'unknown', 'hevc', 'avc', 'av1', 'vp9', 'vp8', 'vp7', 'xvid', 'divx', 'mpeg2', 'vc1', 'h263', 'theora', 'mpeg4'
  ])[code + 1];

CREATE FUNCTION hdr_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY[
    'DV', 'HDR10+', 'HDR', 'SDR'
  ], mask);

CREATE FUNCTION audio_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY[
    'Atmos', 'TrueHD', 'DTS:X', 'DTS Lossless', 'DTS Lossy', 'EAC3', 'AC3', 'AAC', 'FLAC', 'PCM', 'Opus', 'MP3',
    'MP2', 'Vorbis', 'HQ Clean Audio'
  ], mask);

CREATE FUNCTION channel_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY[
    '1.0', '2.0', '5.0', '5.1', '6.1', '7.1'
  ], mask);

CREATE FUNCTION stream_flag_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY[
    'proper', 'repack', 'remastered', 'extended', 'uncut', 'unrated', 'dubbed', 'subbed', 'hardcoded', 'complete',
    'upscaled', '3d', 'retail', 'scene', 'private', 'webSeed'
  ], mask);

CREATE FUNCTION language_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY[
    'English', 'Tamil', 'Hindi', 'Malayalam', 'Kannada', 'Telugu', 'Chinese', 'Russian', 'Arabic', 'Japanese',
    'Korean', 'Taiwanese', 'Latino', 'French', 'Spanish', 'Portuguese', 'Italian', 'German', 'Ukrainian', 'Polish',
    'Czech', 'Thai', 'Indonesian', 'Vietnamese', 'Dutch', 'Bengali', 'Turkish', 'Greek', 'Swedish', 'Romanian',
    'Hungarian', 'Finnish', 'Norwegian', 'Danish', 'Hebrew', 'Lithuanian', 'Punjabi', 'Marathi', 'Gujarati',
    'Bhojpuri', 'Nepali', 'Urdu', 'Tagalog', 'Filipino', 'Malay', 'Mongolian', 'Armenian', 'Georgian', 'unknown'
  ], mask);

CREATE VIEW stream_readable AS
SELECT s.stream_id, stream_kind_name(s.kind) AS kind, s.name, s.source, s.uploader, s.release_group,
  resolution_name(s.resolution) AS resolution, quality_name(s.quality) AS quality, codec_name(s.codec) AS codec,
  hdr_names(s.hdr_mask) AS hdr, audio_names(s.audio_mask) AS audio, channel_names(s.channels_mask) AS channels,
  language_names((s.languages_low::bigint & 4294967295) | (s.languages_high::bigint << 32)) AS languages,
  stream_flag_names(s.flags_mask) AS flags, s.bit_depth, pg_size_pretty(s.total_size_bytes) AS total_size,
  CASE WHEN s.kind = 0 THEN encode(s.content_key, 'hex') END AS infohash, s.locator, t.urls AS trackers,
  c.seeders, c.playback_count, s.is_active, s.is_blocked, s.added_at
FROM stream s
LEFT JOIN stream_counter c USING (stream_id)
LEFT JOIN tracker_list t USING (tracker_list_id);
COMMENT ON VIEW stream_readable IS 'For people and ad-hoc questions; no statement of the program reads it.';
