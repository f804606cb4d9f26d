-- The schema after all migrations; written and compared by test/architecture/migrations.test.ts.

CREATE TYPE media_type AS ENUM ('movie', 'series');

CREATE OR REPLACE FUNCTION public.add_link_counts(changed bigint[], differences integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM FROM media_counter WHERE media_id = ANY (changed) ORDER BY media_id FOR UPDATE;
  UPDATE media_counter c
  SET link_count = c.link_count + d.difference,
      version = c.version + 1,
      latest_at = CASE WHEN d.difference > 0 THEN now() ELSE c.latest_at END
  FROM unnest(changed, differences) AS d (media_id, difference)
  WHERE c.media_id = d.media_id;
  PERFORM sync_catalog_entries(changed);
END
$function$;

CREATE OR REPLACE FUNCTION public.audio_names(mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN names_of_mask(ARRAY['Atmos'::text, 'TrueHD'::text, 'DTS:X'::text, 'DTS Lossless'::text, 'DTS Lossy'::text, 'EAC3'::text, 'AC3'::text, 'AAC'::text, 'FLAC'::text, 'PCM'::text, 'Opus'::text, 'MP3'::text, 'MP2'::text, 'Vorbis'::text, 'HQ Clean Audio'::text], mask);

CREATE OR REPLACE FUNCTION public.channel_names(mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN names_of_mask(ARRAY['1.0'::text, '2.0'::text, '5.0'::text, '5.1'::text, '6.1'::text, '7.1'::text], mask);

CREATE OR REPLACE FUNCTION public.codec_name(code integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['unknown'::text, 'hevc'::text, 'avc'::text, 'av1'::text, 'vp9'::text, 'vp8'::text, 'vp7'::text, 'xvid'::text, 'divx'::text, 'mpeg2'::text, 'vc1'::text, 'h263'::text, 'theora'::text, 'mpeg4'::text])[(code + 1)];

CREATE OR REPLACE FUNCTION public.hdr_names(mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN names_of_mask(ARRAY['DV'::text, 'HDR10+'::text, 'HDR'::text, 'SDR'::text, 'HLG'::text], mask);

CREATE OR REPLACE FUNCTION public.language_names(mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN names_of_mask(ARRAY['English'::text, 'Tamil'::text, 'Hindi'::text, 'Malayalam'::text, 'Kannada'::text, 'Telugu'::text, 'Chinese'::text, 'Russian'::text, 'Arabic'::text, 'Japanese'::text, 'Korean'::text, 'Taiwanese'::text, 'Latino'::text, 'French'::text, 'Spanish'::text, 'Portuguese'::text, 'Italian'::text, 'German'::text, 'Ukrainian'::text, 'Polish'::text, 'Czech'::text, 'Thai'::text, 'Indonesian'::text, 'Vietnamese'::text, 'Dutch'::text, 'Bengali'::text, 'Turkish'::text, 'Greek'::text, 'Swedish'::text, 'Romanian'::text, 'Hungarian'::text, 'Finnish'::text, 'Norwegian'::text, 'Danish'::text, 'Hebrew'::text, 'Lithuanian'::text, 'Punjabi'::text, 'Marathi'::text, 'Gujarati'::text, 'Bhojpuri'::text, 'Nepali'::text, 'Urdu'::text, 'Tagalog'::text, 'Filipino'::text, 'Malay'::text, 'Mongolian'::text, 'Armenian'::text, 'Georgian'::text, 'unknown'::text], mask);

CREATE OR REPLACE FUNCTION public.media_inserted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO media_counter (media_id) SELECT media_id FROM added;
  INSERT INTO media_external_id (media_id, media_type, provider, external_id)
  SELECT media_id, type, 'sl', public_id FROM added;
  PERFORM sync_catalog_entries((SELECT array_agg(media_id) FROM added));
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.media_popularity_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE catalog_entry SET popularity = new.popularity WHERE media_id = new.media_id;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.media_ratings_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM sync_catalog_entries((SELECT array_agg(DISTINCT media_id) FROM changed));
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.media_updated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  changed bigint[];
BEGIN
  SELECT array_agg(media_id) INTO changed FROM added;
  IF changed IS NOT NULL THEN
    PERFORM add_link_counts(changed, array_fill(0, ARRAY[cardinality(changed)]));
  END IF;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.names_of_mask(names text[], mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT n.name FROM unnest(names_of_mask.names) WITH ORDINALITY n(name, "position") WHERE (((names_of_mask.mask >> ((n."position" - 1))::integer) & (1)::bigint) = 1) ORDER BY n."position");

CREATE OR REPLACE FUNCTION public.new_public_id()
 RETURNS text
 LANGUAGE sql
AS $function$
  SELECT 'sl:' || string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', (get_byte(bytes, at) & 31) + 1, 1), '' ORDER BY at)
  FROM (SELECT uuid_send(gen_random_uuid()) AS bytes) AS random, unnest(ARRAY[0,1,2,3,4,5,7,8,9,10,11,12,13]) AS at
$function$;

CREATE OR REPLACE FUNCTION public.quality_name(code integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['unknown'::text, 'BluRay REMUX'::text, 'REMUX'::text, 'BluRay'::text, 'WEB-DL'::text, 'WEB'::text, 'WEBRip'::text, 'WEB-DLRip'::text, 'WEBMux'::text, 'WEBCap'::text, 'UHDRip'::text, 'BDRip'::text, 'BRRip'::text, 'HDRip'::text, 'HDTV'::text, 'HDTVRip'::text, 'SDTV'::text, 'PDTV'::text, 'TVRip'::text, 'SATRip'::text, 'PPVRip'::text, 'DVD'::text, 'DVDRip'::text, 'VODR'::text, 'VHS'::text, 'VHSRip'::text, 'SCR'::text, 'TeleCine'::text, 'TeleSync'::text, 'CAM'::text, 'WORKPRINT'::text])[(code + 1)];

CREATE OR REPLACE FUNCTION public.resolution_name(code integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['unknown'::text, '2160p'::text, '1440p'::text, '1080p'::text, '1080i'::text, '720p'::text, '576p'::text, '540p'::text, '480p'::text, '360p'::text, '240p'::text, '180p'::text])[(code + 1)];

CREATE OR REPLACE FUNCTION public.stream_flag_names(mask bigint)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN names_of_mask(ARRAY['proper'::text, 'repack'::text, 'remastered'::text, 'extended'::text, 'uncut'::text, 'unrated'::text, 'dubbed'::text, 'subbed'::text, 'hardcoded'::text, 'complete'::text, 'upscaled'::text, '3d'::text, 'retail'::text, 'scene'::text, 'private'::text, 'webSeed'::text], mask);

CREATE OR REPLACE FUNCTION public.stream_kind_name(code integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['torrent'::text, 'http'::text, 'youtube'::text, 'usenet'::text, 'acestream'::text, 'external'::text])[(code + 1)];

CREATE OR REPLACE FUNCTION public.stream_links_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  changed bigint[];
  differences integer[];
BEGIN
  SELECT array_agg(media_id), array_agg(-links) INTO changed, differences
  FROM (SELECT media_id, count(*) AS links FROM removed WHERE is_visible GROUP BY media_id) AS d;
  IF changed IS NOT NULL THEN
    PERFORM add_link_counts(changed, differences);
  END IF;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.stream_links_inserted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  changed bigint[];
  differences integer[];
BEGIN
  SELECT array_agg(media_id), array_agg(links) INTO changed, differences
  FROM (SELECT media_id, count(*) AS links FROM added WHERE is_visible GROUP BY media_id) AS d;
  IF changed IS NOT NULL THEN
    PERFORM add_link_counts(changed, differences);
  END IF;
  UPDATE stream_link l SET is_visible = false
  FROM added a JOIN stream s USING (stream_id)
  WHERE a.is_visible AND NOT s.is_visible
    AND (l.stream_id, l.file_index, l.media_id, l.season, l.episode_from)
      = (a.stream_id, a.file_index, a.media_id, a.season, a.episode_from);
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.stream_links_updated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  changed bigint[];
  differences integer[];
BEGIN
  SELECT array_agg(media_id), array_agg(difference) INTO changed, differences
  FROM (
    SELECT media_id, sum(difference) AS difference
    FROM (
      SELECT media_id, is_visible::integer AS difference FROM added
      UNION ALL
      SELECT media_id, -is_visible::integer FROM removed
    ) AS both_sides
    GROUP BY media_id
  ) AS d;
  IF changed IS NOT NULL THEN
    PERFORM add_link_counts(changed, differences);
  END IF;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.stream_visibility_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE stream_link SET is_visible = new.is_visible WHERE stream_id = new.stream_id;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.sync_catalog_entries(changed bigint[])
 RETURNS void
 LANGUAGE sql
AS $function$
  WITH wanted AS (
    SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity,
      (1 << m.nudity) | (1 << (8 + m.certificate)) | (CASE WHEN c.link_count > 0 THEN 0 ELSE 1 << 16 END) AS levels,
      coalesce((
        SELECT r.value FROM media_rating r WHERE r.media_id = m.media_id
        ORDER BY r.provider = 'imdb' DESC, r.votes DESC, r.provider LIMIT 1
      ), 0)::real AS rating,
      coalesce(m.released, make_date(greatest(m.year, 1), 1, 1)) AS released,
      left(lower(m.title), 64) AS title_key
    FROM media m
    JOIN media_counter c USING (media_id)
    CROSS JOIN LATERAL (
      SELECT 0::smallint UNION ALL SELECT mg.genre_id FROM media_genre mg WHERE mg.media_id = m.media_id
    ) AS g (genre_id)
    WHERE m.media_id = ANY (changed)
      AND NOT m.is_blocked AND NOT m.is_adult AND (m.is_always_listed OR c.link_count > 0)
  ), gone AS (
    DELETE FROM catalog_entry e
    WHERE e.media_id = ANY (changed)
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.media_id = e.media_id AND w.genre_id = e.genre_id)
  )
  INSERT INTO catalog_entry AS e (media_id, genre_id, type, latest_at, popularity, levels, rating, released, title_key)
  SELECT media_id, genre_id, type, latest_at, popularity, levels, rating, released, title_key
  FROM wanted ORDER BY media_id, genre_id
  ON CONFLICT (media_id, genre_id) DO UPDATE
  SET type = excluded.type, latest_at = excluded.latest_at, popularity = excluded.popularity, levels = excluded.levels,
    rating = excluded.rating, released = excluded.released, title_key = excluded.title_key
  WHERE (e.type, e.latest_at, e.popularity, e.levels, e.rating, e.released, e.title_key) IS DISTINCT FROM
    (excluded.type, excluded.latest_at, excluded.popularity, excluded.levels, excluded.rating, excluded.released, excluded.title_key)
$function$;

CREATE TABLE anime_entry (
  entry_id integer NOT NULL,
  media_type media_type NOT NULL,
  kitsu_id integer DEFAULT 0 NOT NULL,
  mal_id integer DEFAULT 0 NOT NULL,
  anilist_id integer DEFAULT 0 NOT NULL,
  imdb_id text DEFAULT ''::text NOT NULL,
  tmdb_id integer DEFAULT 0 NOT NULL,
  tvdb_id integer DEFAULT 0 NOT NULL,
  tvdb_season smallint DEFAULT 1 NOT NULL,
  tvdb_offset integer DEFAULT 0 NOT NULL,
  tmdb_season smallint DEFAULT 1 NOT NULL,
  tmdb_offset integer DEFAULT 0 NOT NULL
);

CREATE TABLE anime_list (
  is_only boolean DEFAULT true NOT NULL,
  etag text DEFAULT ''::text NOT NULL,
  fetched_at timestamp with time zone,
  next_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE catalog_entry (
  media_id bigint NOT NULL,
  latest_at timestamp with time zone NOT NULL,
  popularity real NOT NULL,
  type media_type NOT NULL,
  genre_id smallint NOT NULL,
  levels integer DEFAULT 0 NOT NULL,
  rating real DEFAULT 0 NOT NULL,
  released date DEFAULT '0001-01-01'::date NOT NULL,
  title_key text DEFAULT ''::text NOT NULL
) WITH (fillfactor=80);

CREATE TABLE chat_follower (
  owner text NOT NULL,
  author_id text NOT NULL
);

CREATE TABLE chat_message (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  stream_id uuid NOT NULL,
  author text NOT NULL,
  text text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  deleted_at timestamp with time zone,
  author_id text,
  address_id text,
  is_owner boolean DEFAULT false NOT NULL,
  ref uuid
);

CREATE TABLE chat_room (
  stream_id uuid NOT NULL,
  sequence bigint DEFAULT 0 NOT NULL,
  slow_mode_s integer DEFAULT 0 NOT NULL,
  followers_only boolean DEFAULT false NOT NULL
);

CREATE TABLE chat_sanction (
  owner text NOT NULL,
  subject text NOT NULL,
  kind text NOT NULL,
  until timestamp with time zone
);

CREATE TABLE episode (
  media_id bigint NOT NULL,
  season smallint NOT NULL,
  episode integer NOT NULL,
  released date,
  title text DEFAULT ''::text NOT NULL,
  overview text DEFAULT ''::text NOT NULL,
  thumbnail_url text DEFAULT ''::text NOT NULL
);

CREATE TABLE feed (
  feed_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  sealed_url bytea NOT NULL,
  host text NOT NULL,
  media_type media_type,
  interval_minutes integer DEFAULT 30 NOT NULL,
  is_on boolean DEFAULT true NOT NULL
);

CREATE TABLE folder_file (
  file_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  folder_id integer NOT NULL,
  size_bytes bigint NOT NULL,
  is_linked boolean NOT NULL,
  gone_at timestamp with time zone,
  token text NOT NULL,
  path text NOT NULL,
  version text NOT NULL,
  locator text NOT NULL,
  reason text DEFAULT ''::text NOT NULL
) WITH (fillfactor=90);

CREATE TABLE genre (
  genre_id smallint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL
);

CREATE TABLE guide (
  guide_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  sealed_url bytea,
  host text DEFAULT ''::text NOT NULL,
  interval_hours smallint DEFAULT 12 NOT NULL,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  synced_at timestamp with time zone,
  failure text,
  channels integer DEFAULT 0 NOT NULL,
  programmes integer DEFAULT 0 NOT NULL,
  refused integer DEFAULT 0 NOT NULL
);

CREATE TABLE guide_channel (
  load_id integer NOT NULL,
  channel integer NOT NULL,
  xmltv_id text NOT NULL,
  name text NOT NULL,
  icon_url text NOT NULL
);

CREATE TABLE guide_load (
  load_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  guide_id integer NOT NULL,
  is_current boolean DEFAULT false NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE guide_programme (
  start_at timestamp with time zone NOT NULL,
  stop_at timestamp with time zone NOT NULL,
  load_id integer NOT NULL,
  channel integer NOT NULL,
  season integer,
  episode integer,
  year smallint NOT NULL,
  flags smallint NOT NULL,
  title text NOT NULL,
  subtitle text NOT NULL,
  description text NOT NULL,
  lang text NOT NULL,
  icon_url text NOT NULL,
  onscreen text NOT NULL,
  rating text NOT NULL,
  categories text[] NOT NULL,
  other_texts jsonb
);

CREATE TABLE guided_channel (
  channel_id bigint NOT NULL,
  matched_name text NOT NULL,
  matched_tvg_id text NOT NULL,
  guide_id integer,
  xmltv_id text DEFAULT ''::text NOT NULL,
  score real DEFAULT 0 NOT NULL,
  is_manual boolean DEFAULT false NOT NULL
);

CREATE TABLE hash_list_page (
  page_key bytea NOT NULL,
  imported_at timestamp with time zone DEFAULT now() NOT NULL,
  entries integer NOT NULL,
  linked integer NOT NULL
);

CREATE TABLE instance (
  is_only boolean DEFAULT true NOT NULL,
  instance_id uuid DEFAULT gen_random_uuid() NOT NULL,
  search_version smallint DEFAULT 1 NOT NULL
);

CREATE TABLE iptv_channel (
  channel_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  public_id text DEFAULT "left"(replace((gen_random_uuid())::text, '-'::text, ''::text), 16) NOT NULL,
  merge_key text NOT NULL,
  region text DEFAULT ''::text NOT NULL,
  name text NOT NULL,
  group_title text DEFAULT ''::text NOT NULL,
  number integer,
  logo text DEFAULT ''::text NOT NULL,
  tvg_id text DEFAULT ''::text NOT NULL,
  is_radio boolean DEFAULT false NOT NULL,
  own_name text,
  own_group text,
  own_number integer,
  own_logo text,
  is_hidden boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  kind text DEFAULT 'live'::text NOT NULL,
  year smallint DEFAULT 0 NOT NULL,
  container text DEFAULT ''::text NOT NULL,
  external_id text DEFAULT ''::text NOT NULL,
  details jsonb DEFAULT '{}'::jsonb NOT NULL,
  media_id bigint,
  linked_at timestamp with time zone,
  merged_into bigint,
  catchup_days smallint DEFAULT 0 NOT NULL,
  mimetype text DEFAULT ''::text NOT NULL
);

CREATE TABLE iptv_episode (
  episode_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  channel_id bigint NOT NULL,
  season integer NOT NULL,
  episode integer NOT NULL
);

CREATE TABLE iptv_fetched_episode (
  provider_id integer NOT NULL,
  series_ref text NOT NULL,
  season integer NOT NULL,
  episode integer NOT NULL,
  name text DEFAULT ''::text NOT NULL,
  url text NOT NULL,
  container text DEFAULT ''::text NOT NULL,
  details jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE iptv_fetched_series (
  provider_id integer NOT NULL,
  series_ref text NOT NULL,
  fetched_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE iptv_health (
  provider_id integer NOT NULL,
  url_hash uuid NOT NULL,
  confidence smallint NOT NULL,
  is_down boolean NOT NULL,
  failure text DEFAULT ''::text NOT NULL,
  checked_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone
);

CREATE TABLE iptv_known_channel (
  tvg_id text NOT NULL,
  merge_key text NOT NULL,
  region text NOT NULL
);

CREATE TABLE iptv_known_name (
  name_key text NOT NULL,
  region text NOT NULL,
  merge_key text NOT NULL
);

CREATE TABLE iptv_output (
  viewer_id integer NOT NULL,
  output text NOT NULL,
  version text NOT NULL,
  changed_at timestamp with time zone NOT NULL
);

CREATE TABLE iptv_provider (
  provider_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  address_sealed bytea NOT NULL,
  priority smallint DEFAULT 0 NOT NULL,
  published_snapshot integer DEFAULT 0 NOT NULL,
  last_snapshot integer DEFAULT 0 NOT NULL,
  last_error text DEFAULT ''::text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  synced_at timestamp with time zone,
  mode text DEFAULT 'redirect'::text NOT NULL,
  slots_max smallint DEFAULT 0 NOT NULL,
  account_sealed bytea,
  interval_hours smallint DEFAULT 6 NOT NULL,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  guides_digest text DEFAULT ''::text NOT NULL
);

CREATE TABLE iptv_slot (
  slot_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  provider_id integer NOT NULL,
  expires_at timestamp with time zone NOT NULL
);

CREATE TABLE iptv_snapshot (
  provider_id integer NOT NULL,
  snapshot integer NOT NULL,
  state text NOT NULL,
  reason text DEFAULT ''::text NOT NULL,
  total integer NOT NULL,
  added integer NOT NULL,
  removed integer NOT NULL,
  renamed integer NOT NULL,
  moved integer NOT NULL,
  readdressed integer NOT NULL,
  refused integer NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  published_at timestamp with time zone
);

CREATE TABLE iptv_source (
  source_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  provider_id integer NOT NULL,
  from_snapshot integer NOT NULL,
  to_snapshot integer DEFAULT 2147483647 NOT NULL,
  channel_id bigint NOT NULL,
  position integer NOT NULL,
  digest uuid NOT NULL,
  merge_key text NOT NULL,
  region text DEFAULT ''::text NOT NULL,
  name text NOT NULL,
  group_title text DEFAULT ''::text NOT NULL,
  number integer,
  tvg_id text DEFAULT ''::text NOT NULL,
  logo text DEFAULT ''::text NOT NULL,
  url text NOT NULL,
  quality smallint DEFAULT 0 NOT NULL,
  is_radio boolean DEFAULT false NOT NULL,
  user_agent text DEFAULT ''::text NOT NULL,
  referrer text DEFAULT ''::text NOT NULL,
  catchup_type text DEFAULT ''::text NOT NULL,
  catchup_source text DEFAULT ''::text NOT NULL,
  catchup_days smallint DEFAULT 0 NOT NULL,
  properties text[] DEFAULT '{}'::text[] NOT NULL,
  kind text DEFAULT 'live'::text NOT NULL,
  year smallint DEFAULT 0 NOT NULL,
  season integer DEFAULT '-1'::integer NOT NULL,
  episode integer DEFAULT '-1'::integer NOT NULL,
  label text DEFAULT ''::text NOT NULL,
  series_ref text DEFAULT ''::text NOT NULL,
  container text DEFAULT ''::text NOT NULL,
  external_id text DEFAULT ''::text NOT NULL,
  details jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE iptv_source_order (
  channel_id bigint NOT NULL,
  place integer NOT NULL,
  provider_id integer NOT NULL,
  name text NOT NULL,
  url_hash uuid NOT NULL
);

CREATE TABLE iptv_split (
  provider_id integer NOT NULL,
  name text NOT NULL,
  url_hash uuid NOT NULL,
  channel_id bigint NOT NULL
);

CREATE TABLE iptv_viewer (
  viewer_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  token_hash bytea NOT NULL,
  groups jsonb,
  providers jsonb,
  is_revoked boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  streams_max smallint DEFAULT 0 NOT NULL,
  kbits_max integer DEFAULT 0 NOT NULL
);

CREATE TABLE iptv_watch (
  viewer_id integer NOT NULL,
  watch_key text NOT NULL,
  process integer NOT NULL,
  started_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL
);

CREATE TABLE job (
  job_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  queue text NOT NULL,
  state text DEFAULT 'queued'::text NOT NULL,
  payload jsonb NOT NULL,
  dedupe_key text,
  owner text,
  attempts_max smallint NOT NULL,
  failures smallint DEFAULT 0 NOT NULL,
  losses smallint DEFAULT 0 NOT NULL,
  lease integer DEFAULT 0 NOT NULL,
  worker_id uuid,
  is_cancelled boolean DEFAULT false NOT NULL,
  progress jsonb,
  checkpoint jsonb,
  result jsonb,
  error text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  run_at timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone
) WITH (autovacuum_vacuum_scale_factor=0.02);

CREATE TABLE job_log (
  job_id bigint NOT NULL,
  line bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  level text NOT NULL,
  message text NOT NULL
);

CREATE TABLE job_schedule (
  name text NOT NULL,
  rule text NOT NULL,
  next_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone,
  last_job_id bigint,
  own_cron text,
  own_zone text,
  own_jitter_s integer,
  is_off boolean DEFAULT false NOT NULL
);

CREATE TABLE job_worker (
  worker_id uuid NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  seen_at timestamp with time zone DEFAULT now() NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  queues text[] NOT NULL,
  engine_ids text[] DEFAULT '{}'::text[] NOT NULL
);

CREATE TABLE latest_mark (
  source text NOT NULL,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  polled_at timestamp with time zone,
  succeeded_at timestamp with time zone,
  items bigint DEFAULT 0 NOT NULL,
  linked bigint DEFAULT 0 NOT NULL,
  refused bigint DEFAULT 0 NOT NULL,
  polls integer DEFAULT 0 NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  last_error text DEFAULT ''::text NOT NULL,
  etag text DEFAULT ''::text NOT NULL,
  last_modified text DEFAULT ''::text NOT NULL,
  seen bytea DEFAULT '\x'::bytea NOT NULL
);

CREATE TABLE live_bitrate_minute (
  live_stream_id uuid NOT NULL,
  minute timestamp with time zone NOT NULL,
  rendition text NOT NULL,
  process integer NOT NULL,
  bytes bigint NOT NULL,
  segments integer NOT NULL,
  drops integer NOT NULL,
  peak_bps bigint NOT NULL
);

CREATE TABLE live_playlist (
  live_stream_id uuid NOT NULL,
  name text NOT NULL,
  variants text,
  map_name text DEFAULT ''::text NOT NULL
);

CREATE TABLE live_segment (
  live_stream_id uuid NOT NULL,
  name text NOT NULL,
  playlist text,
  sequence bigint,
  bytes bigint,
  duration_ms integer,
  is_discontinuity boolean DEFAULT false NOT NULL
);

CREATE TABLE live_stream (
  live_stream_id uuid NOT NULL,
  title text NOT NULL,
  owner text NOT NULL,
  owner_key_hash bytea NOT NULL,
  status text DEFAULT 'created'::text NOT NULL,
  stored_bytes bigint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  deleted_at timestamp with time zone
);

CREATE TABLE media (
  media_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  type media_type NOT NULL,
  public_id text DEFAULT new_public_id() NOT NULL,
  title text NOT NULL,
  original_title text DEFAULT ''::text NOT NULL,
  description text DEFAULT ''::text NOT NULL,
  country text DEFAULT ''::text NOT NULL,
  website text DEFAULT ''::text NOT NULL,
  released date,
  year smallint DEFAULT 0 NOT NULL,
  end_year smallint DEFAULT 0 NOT NULL,
  runtime_minutes integer DEFAULT 0 NOT NULL,
  languages_low integer DEFAULT 0 NOT NULL,
  languages_high integer DEFAULT 0 NOT NULL,
  is_adult boolean DEFAULT false NOT NULL,
  is_blocked boolean DEFAULT false NOT NULL,
  is_always_listed boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  search tsvector DEFAULT ''::tsvector NOT NULL,
  nudity smallint DEFAULT 0 NOT NULL,
  certificate smallint DEFAULT 0 NOT NULL
) WITH (fillfactor=90);

CREATE TABLE media_counter (
  media_id bigint NOT NULL,
  latest_at timestamp with time zone DEFAULT now() NOT NULL,
  link_count integer DEFAULT 0 NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  popularity real DEFAULT 0 NOT NULL
) WITH (fillfactor=70);

CREATE TABLE media_external_id (
  media_id bigint NOT NULL,
  media_type media_type NOT NULL,
  provider text NOT NULL,
  external_id text NOT NULL,
  position smallint DEFAULT 0 NOT NULL,
  season smallint DEFAULT '-1'::integer NOT NULL,
  episode_offset integer DEFAULT 0 NOT NULL
);

CREATE TABLE media_folder (
  folder_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  root text NOT NULL,
  sealed_login bytea,
  media_type media_type,
  scanned_at timestamp with time zone,
  last_error text DEFAULT ''::text NOT NULL
);

CREATE TABLE media_genre (
  media_id bigint NOT NULL,
  genre_id smallint NOT NULL,
  position smallint NOT NULL
);

CREATE TABLE media_image (
  media_id bigint NOT NULL,
  kind text NOT NULL,
  url text NOT NULL,
  position smallint NOT NULL
);

CREATE TABLE media_rating (
  media_id bigint NOT NULL,
  provider text NOT NULL,
  value real NOT NULL,
  votes integer DEFAULT 0 NOT NULL
);

CREATE TABLE media_title (
  media_id bigint NOT NULL,
  title text NOT NULL
);

CREATE TABLE play_history (
  profile_id uuid NOT NULL,
  media_id bigint NOT NULL,
  played_at timestamp with time zone NOT NULL,
  plays integer DEFAULT 1 NOT NULL,
  episode integer NOT NULL,
  season smallint NOT NULL
);

CREATE TABLE playback_account (
  account_id text NOT NULL,
  sealed bytea NOT NULL,
  profile_id uuid,
  last_used_on date DEFAULT CURRENT_DATE NOT NULL
);

CREATE TABLE private_stream (
  private_stream_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  profile_id uuid NOT NULL,
  media_id bigint NOT NULL,
  imported_at timestamp with time zone DEFAULT now() NOT NULL,
  added_at_s bigint DEFAULT 0 NOT NULL,
  total_size_bytes bigint DEFAULT 0 NOT NULL,
  seeders integer DEFAULT '-1'::integer NOT NULL,
  kind smallint NOT NULL,
  content_key bytea NOT NULL,
  name text NOT NULL,
  locator text DEFAULT ''::text NOT NULL,
  source text DEFAULT ''::text NOT NULL,
  release_group text DEFAULT ''::text NOT NULL,
  uploader text DEFAULT ''::text NOT NULL,
  trackers text DEFAULT ''::text NOT NULL,
  attributes jsonb NOT NULL
);

CREATE TABLE private_stream_link (
  private_stream_id bigint NOT NULL,
  file_size_bytes bigint DEFAULT 0 NOT NULL,
  file_index integer DEFAULT '-1'::integer NOT NULL,
  episode_from integer DEFAULT 0 NOT NULL,
  episode_to integer DEFAULT 0 NOT NULL,
  season smallint DEFAULT 0 NOT NULL,
  filename text DEFAULT ''::text NOT NULL
);

CREATE TABLE search_demand (
  media_id bigint NOT NULL,
  season smallint NOT NULL,
  episode integer NOT NULL,
  wanted real NOT NULL,
  wanted_at timestamp with time zone DEFAULT now() NOT NULL
) WITH (fillfactor=80);

CREATE TABLE season (
  media_id bigint NOT NULL,
  season smallint NOT NULL,
  title text DEFAULT ''::text NOT NULL,
  overview text DEFAULT ''::text NOT NULL
);

CREATE TABLE stream (
  stream_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  added_at timestamp with time zone DEFAULT now() NOT NULL,
  total_size_bytes bigint DEFAULT 0 NOT NULL,
  tracker_list_id integer,
  audio_mask integer DEFAULT 0 NOT NULL,
  flags_mask integer DEFAULT 0 NOT NULL,
  languages_low integer DEFAULT 0 NOT NULL,
  languages_high integer DEFAULT 0 NOT NULL,
  hdr_mask smallint DEFAULT 0 NOT NULL,
  channels_mask smallint DEFAULT 0 NOT NULL,
  kind smallint NOT NULL,
  resolution smallint DEFAULT 0 NOT NULL,
  quality smallint DEFAULT 0 NOT NULL,
  codec smallint DEFAULT 0 NOT NULL,
  bit_depth smallint DEFAULT 0 NOT NULL,
  is_active boolean DEFAULT true NOT NULL,
  is_blocked boolean DEFAULT false NOT NULL,
  is_visible boolean GENERATED ALWAYS AS ((is_active AND (NOT is_blocked))) STORED NOT NULL,
  content_key bytea NOT NULL,
  name text NOT NULL,
  locator text DEFAULT ''::text NOT NULL,
  source text DEFAULT ''::text NOT NULL,
  release_group text DEFAULT ''::text NOT NULL,
  uploader text DEFAULT ''::text NOT NULL,
  subtitle_languages_low integer DEFAULT 0 NOT NULL,
  subtitle_languages_high integer DEFAULT 0 NOT NULL
) WITH (fillfactor=95);

CREATE TABLE stream_counter (
  stream_id bigint NOT NULL,
  seeders integer DEFAULT '-1'::integer NOT NULL,
  playback_count integer DEFAULT 0 NOT NULL,
  votes_up integer DEFAULT 0 NOT NULL,
  votes_down integer DEFAULT 0 NOT NULL
) WITH (fillfactor=70);

CREATE TABLE stream_link (
  stream_id bigint NOT NULL,
  media_id bigint NOT NULL,
  file_size_bytes bigint DEFAULT 0 NOT NULL,
  file_index integer DEFAULT '-1'::integer NOT NULL,
  episode_from integer DEFAULT 0 NOT NULL,
  episode_to integer DEFAULT 0 NOT NULL,
  season smallint DEFAULT 0 NOT NULL,
  is_visible boolean DEFAULT true NOT NULL,
  range_media_id bigint GENERATED ALWAYS AS (
CASE
    WHEN (episode_to > episode_from) THEN media_id
    ELSE NULL::bigint
END) STORED,
  filename text DEFAULT ''::text NOT NULL
);

CREATE TABLE title_metadata (
  media_id bigint NOT NULL,
  checked_at timestamp with time zone DEFAULT now() NOT NULL,
  next_at timestamp with time zone NOT NULL,
  is_sketch boolean NOT NULL
) WITH (fillfactor=90);

CREATE TABLE title_search (
  media_id bigint NOT NULL,
  season smallint NOT NULL,
  episode integer NOT NULL,
  empty_count smallint DEFAULT 0 NOT NULL,
  failed_count smallint DEFAULT 0 NOT NULL,
  searched_at timestamp with time zone NOT NULL,
  next_at timestamp with time zone NOT NULL,
  retry_at timestamp with time zone NOT NULL,
  answered text[] NOT NULL
) WITH (fillfactor=80);

CREATE TABLE tracker_list (
  tracker_list_id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  urls_hash uuid GENERATED ALWAYS AS ((md5(urls))::uuid) STORED NOT NULL,
  urls text NOT NULL
);

CREATE TABLE transcode (
  transcode_id uuid NOT NULL,
  live_stream_id uuid NOT NULL,
  rungs text[] NOT NULL,
  state text DEFAULT 'waiting'::text NOT NULL,
  job_id text,
  failure text,
  bytes bigint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  used_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone
);

CREATE TABLE user_profile (
  profile_id uuid NOT NULL,
  sealed bytea,
  owner_key_hash bytea,
  legacy_config jsonb,
  legacy_secrets text DEFAULT ''::text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  private_revision integer DEFAULT 0 NOT NULL
);

CREATE TABLE vod_position (
  viewer bytea NOT NULL,
  live_stream_id uuid NOT NULL,
  position_s real NOT NULL,
  updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE anime_entry ADD CONSTRAINT anime_entry_pkey PRIMARY KEY (entry_id);
ALTER TABLE anime_list ADD CONSTRAINT anime_list_pkey PRIMARY KEY (is_only);
ALTER TABLE anime_list ADD CONSTRAINT anime_list_is_only_check CHECK (is_only);
ALTER TABLE catalog_entry ADD CONSTRAINT catalog_entry_pkey PRIMARY KEY (media_id, genre_id);
ALTER TABLE chat_follower ADD CONSTRAINT chat_follower_pkey PRIMARY KEY (owner, author_id);
ALTER TABLE chat_follower ADD CONSTRAINT chat_follower_author_id_check CHECK ((length(author_id) = 22));
ALTER TABLE chat_follower ADD CONSTRAINT chat_follower_owner_check CHECK ((length(owner) = 32));
ALTER TABLE chat_message ADD CONSTRAINT chat_message_pkey PRIMARY KEY (stream_id, id);
ALTER TABLE chat_message ADD CONSTRAINT chat_message_address_id_check CHECK ((length(address_id) = 22));
ALTER TABLE chat_message ADD CONSTRAINT chat_message_author_check CHECK (((length(author) >= 1) AND (length(author) <= 40)));
ALTER TABLE chat_message ADD CONSTRAINT chat_message_author_id_check CHECK ((length(author_id) = 22));
ALTER TABLE chat_message ADD CONSTRAINT chat_message_text_check CHECK (((length(text) >= 1) AND (length(text) <= 500)));
ALTER TABLE chat_room ADD CONSTRAINT chat_room_pkey PRIMARY KEY (stream_id);
ALTER TABLE chat_room ADD CONSTRAINT chat_room_slow_mode_s_check CHECK (((slow_mode_s >= 0) AND (slow_mode_s <= 3600)));
ALTER TABLE chat_sanction ADD CONSTRAINT chat_sanction_pkey PRIMARY KEY (owner, subject);
ALTER TABLE chat_sanction ADD CONSTRAINT chat_sanction_kind_check CHECK ((kind = ANY (ARRAY['muted'::text, 'banned'::text])));
ALTER TABLE chat_sanction ADD CONSTRAINT chat_sanction_owner_check CHECK ((length(owner) = 32));
ALTER TABLE chat_sanction ADD CONSTRAINT chat_sanction_subject_check CHECK ((length(subject) = 22));
ALTER TABLE episode ADD CONSTRAINT episode_pkey PRIMARY KEY (media_id, season, episode);
ALTER TABLE episode ADD CONSTRAINT episode_episode_check CHECK (((episode >= 0) AND (episode <= 99999)));
ALTER TABLE feed ADD CONSTRAINT feed_name_key UNIQUE (name);
ALTER TABLE feed ADD CONSTRAINT feed_pkey PRIMARY KEY (feed_id);
ALTER TABLE feed ADD CONSTRAINT feed_interval_minutes_check CHECK (((interval_minutes >= 5) AND (interval_minutes <= 43200)));
ALTER TABLE feed ADD CONSTRAINT feed_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)));
ALTER TABLE folder_file ADD CONSTRAINT folder_file_folder_id_path_key UNIQUE (folder_id, path);
ALTER TABLE folder_file ADD CONSTRAINT folder_file_token_key UNIQUE (token);
ALTER TABLE folder_file ADD CONSTRAINT folder_file_pkey PRIMARY KEY (file_id);
ALTER TABLE folder_file ADD CONSTRAINT folder_file_token_check CHECK ((length(token) = 22));
ALTER TABLE genre ADD CONSTRAINT genre_name_key UNIQUE (name);
ALTER TABLE genre ADD CONSTRAINT genre_pkey PRIMARY KEY (genre_id);
ALTER TABLE genre ADD CONSTRAINT genre_genre_id_check CHECK ((genre_id > 0));
ALTER TABLE genre ADD CONSTRAINT genre_name_check CHECK ((name <> ''::text));
ALTER TABLE guide ADD CONSTRAINT guide_name_key UNIQUE (name);
ALTER TABLE guide ADD CONSTRAINT guide_pkey PRIMARY KEY (guide_id);
ALTER TABLE guide ADD CONSTRAINT guide_interval_hours_check CHECK (((interval_hours >= 1) AND (interval_hours <= 720)));
ALTER TABLE guide ADD CONSTRAINT guide_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
ALTER TABLE guide_channel ADD CONSTRAINT guide_channel_pkey PRIMARY KEY (load_id, channel);
ALTER TABLE guide_load ADD CONSTRAINT guide_load_pkey PRIMARY KEY (load_id);
ALTER TABLE guided_channel ADD CONSTRAINT guided_channel_pkey PRIMARY KEY (channel_id);
ALTER TABLE guided_channel ADD CONSTRAINT guided_channel_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision)));
ALTER TABLE hash_list_page ADD CONSTRAINT hash_list_page_pkey PRIMARY KEY (page_key);
ALTER TABLE hash_list_page ADD CONSTRAINT hash_list_page_page_key_check CHECK ((octet_length(page_key) = 16));
ALTER TABLE instance ADD CONSTRAINT instance_pkey PRIMARY KEY (is_only);
ALTER TABLE instance ADD CONSTRAINT instance_is_only_check CHECK (is_only);
ALTER TABLE iptv_channel ADD CONSTRAINT iptv_channel_pkey PRIMARY KEY (channel_id);
ALTER TABLE iptv_channel ADD CONSTRAINT iptv_channel_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'movie'::text, 'series'::text])));
ALTER TABLE iptv_channel ADD CONSTRAINT iptv_channel_year_check CHECK ((year >= 0));
ALTER TABLE iptv_episode ADD CONSTRAINT iptv_episode_channel_id_season_episode_key UNIQUE (channel_id, season, episode);
ALTER TABLE iptv_episode ADD CONSTRAINT iptv_episode_pkey PRIMARY KEY (episode_id);
ALTER TABLE iptv_fetched_episode ADD CONSTRAINT iptv_fetched_episode_pkey PRIMARY KEY (provider_id, series_ref, season, episode);
ALTER TABLE iptv_fetched_series ADD CONSTRAINT iptv_fetched_series_pkey PRIMARY KEY (provider_id, series_ref);
ALTER TABLE iptv_health ADD CONSTRAINT iptv_health_pkey PRIMARY KEY (provider_id, url_hash);
ALTER TABLE iptv_health ADD CONSTRAINT iptv_health_confidence_check CHECK (((confidence >= 0) AND (confidence <= 100)));
ALTER TABLE iptv_known_channel ADD CONSTRAINT iptv_known_channel_pkey PRIMARY KEY (tvg_id);
ALTER TABLE iptv_known_name ADD CONSTRAINT iptv_known_name_pkey PRIMARY KEY (name_key, region);
ALTER TABLE iptv_output ADD CONSTRAINT iptv_output_pkey PRIMARY KEY (viewer_id, output);
ALTER TABLE iptv_output ADD CONSTRAINT iptv_output_output_check CHECK ((output = ANY (ARRAY['m3u'::text, 'xmltv'::text])));
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_pkey PRIMARY KEY (provider_id);
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_interval_hours_check CHECK (((interval_hours >= 0) AND (interval_hours <= 720)));
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_kind_check CHECK ((kind = ANY (ARRAY['m3u'::text, 'xtream'::text])));
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_mode_check CHECK ((mode = ANY (ARRAY['redirect'::text, 'proxy'::text])));
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE iptv_provider ADD CONSTRAINT iptv_provider_slots_max_check CHECK ((slots_max >= 0));
ALTER TABLE iptv_slot ADD CONSTRAINT iptv_slot_pkey PRIMARY KEY (slot_id);
ALTER TABLE iptv_snapshot ADD CONSTRAINT iptv_snapshot_pkey PRIMARY KEY (provider_id, snapshot);
ALTER TABLE iptv_snapshot ADD CONSTRAINT iptv_snapshot_snapshot_check CHECK ((snapshot > 0));
ALTER TABLE iptv_snapshot ADD CONSTRAINT iptv_snapshot_state_check CHECK ((state = ANY (ARRAY['held'::text, 'published'::text, 'replaced'::text, 'discarded'::text])));
ALTER TABLE iptv_source ADD CONSTRAINT iptv_source_pkey PRIMARY KEY (source_id);
ALTER TABLE iptv_source ADD CONSTRAINT iptv_source_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'movie'::text, 'series'::text])));
ALTER TABLE iptv_source_order ADD CONSTRAINT iptv_source_order_pkey PRIMARY KEY (channel_id, place);
ALTER TABLE iptv_split ADD CONSTRAINT iptv_split_pkey PRIMARY KEY (provider_id, url_hash, name);
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_pkey PRIMARY KEY (viewer_id);
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_groups_check CHECK ((jsonb_typeof(groups) = 'array'::text));
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_kbits_max_check CHECK ((kbits_max >= 0));
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_providers_check CHECK ((jsonb_typeof(providers) = 'array'::text));
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_streams_max_check CHECK ((streams_max >= 0));
ALTER TABLE iptv_viewer ADD CONSTRAINT iptv_viewer_token_hash_check CHECK ((length(token_hash) = 32));
ALTER TABLE iptv_watch ADD CONSTRAINT iptv_watch_pkey PRIMARY KEY (viewer_id, watch_key, process);
ALTER TABLE job ADD CONSTRAINT job_pkey PRIMARY KEY (job_id);
ALTER TABLE job ADD CONSTRAINT job_attempts_max_check CHECK ((attempts_max >= 1));
ALTER TABLE job ADD CONSTRAINT job_dedupe_key_check CHECK ((length(dedupe_key) <= 500));
ALTER TABLE job ADD CONSTRAINT job_name_check CHECK ((length(name) <= 100));
ALTER TABLE job ADD CONSTRAINT job_queue_check CHECK ((length(queue) <= 50));
ALTER TABLE job ADD CONSTRAINT job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])));
ALTER TABLE job_log ADD CONSTRAINT job_log_pkey PRIMARY KEY (job_id, line);
ALTER TABLE job_log ADD CONSTRAINT job_log_level_check CHECK ((level = ANY (ARRAY['event'::text, 'info'::text, 'warn'::text, 'error'::text])));
ALTER TABLE job_schedule ADD CONSTRAINT job_schedule_pkey PRIMARY KEY (name);
ALTER TABLE job_schedule ADD CONSTRAINT job_schedule_own_jitter_s_check CHECK (((own_jitter_s >= 0) AND (own_jitter_s <= 86400)));
ALTER TABLE job_worker ADD CONSTRAINT job_worker_pkey PRIMARY KEY (worker_id);
ALTER TABLE latest_mark ADD CONSTRAINT latest_mark_pkey PRIMARY KEY (source);
ALTER TABLE live_bitrate_minute ADD CONSTRAINT live_bitrate_minute_pkey PRIMARY KEY (live_stream_id, minute, rendition, process);
ALTER TABLE live_playlist ADD CONSTRAINT live_playlist_pkey PRIMARY KEY (live_stream_id, name);
ALTER TABLE live_segment ADD CONSTRAINT live_segment_pkey PRIMARY KEY (live_stream_id, name);
ALTER TABLE live_stream ADD CONSTRAINT live_stream_pkey PRIMARY KEY (live_stream_id);
ALTER TABLE live_stream ADD CONSTRAINT live_stream_owner_check CHECK ((length(owner) = 32));
ALTER TABLE live_stream ADD CONSTRAINT live_stream_owner_key_hash_check CHECK ((octet_length(owner_key_hash) = 32));
ALTER TABLE live_stream ADD CONSTRAINT live_stream_status_check CHECK ((status = ANY (ARRAY['created'::text, 'live'::text, 'ended'::text])));
ALTER TABLE live_stream ADD CONSTRAINT live_stream_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)));
ALTER TABLE media ADD CONSTRAINT media_public_id_key UNIQUE (public_id);
ALTER TABLE media ADD CONSTRAINT media_pkey PRIMARY KEY (media_id);
ALTER TABLE media ADD CONSTRAINT media_certificate_check CHECK (((certificate >= 0) AND (certificate <= 7)));
ALTER TABLE media ADD CONSTRAINT media_end_year_check CHECK ((end_year >= 0));
ALTER TABLE media ADD CONSTRAINT media_nudity_check CHECK (((nudity >= 0) AND (nudity <= 7)));
ALTER TABLE media ADD CONSTRAINT media_public_id_check CHECK ((public_id ~ '^sl:[a-z0-9][a-z0-9-]{0,79}$'::text));
ALTER TABLE media ADD CONSTRAINT media_runtime_minutes_check CHECK ((runtime_minutes >= 0));
ALTER TABLE media ADD CONSTRAINT media_title_check CHECK ((title <> ''::text));
ALTER TABLE media ADD CONSTRAINT media_year_check CHECK ((year >= 0));
ALTER TABLE media_counter ADD CONSTRAINT media_counter_pkey PRIMARY KEY (media_id);
ALTER TABLE media_counter ADD CONSTRAINT media_counter_link_count_check CHECK ((link_count >= 0));
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_media_id_provider_position_external_id_key UNIQUE (media_id, provider, "position") INCLUDE (external_id);
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_pkey PRIMARY KEY (external_id, provider, media_type);
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_episode_offset_check CHECK (((episode_offset >= 0) AND (episode_offset <= 99999)));
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_external_id_check CHECK ((external_id <> ''::text));
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_position_check CHECK (("position" >= 0));
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_provider_check CHECK ((provider ~ '^[a-z0-9-]{2,16}$'::text));
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_season_check CHECK (((season >= '-1'::integer) AND (season <= 9999)));
ALTER TABLE media_folder ADD CONSTRAINT media_folder_root_key UNIQUE (root);
ALTER TABLE media_folder ADD CONSTRAINT media_folder_pkey PRIMARY KEY (folder_id);
ALTER TABLE media_folder ADD CONSTRAINT media_folder_root_check CHECK (((length(root) >= 1) AND (length(root) <= 4000)));
ALTER TABLE media_genre ADD CONSTRAINT media_genre_pkey PRIMARY KEY (media_id, genre_id);
ALTER TABLE media_image ADD CONSTRAINT media_image_pkey PRIMARY KEY (media_id, kind, url);
ALTER TABLE media_image ADD CONSTRAINT media_image_kind_check CHECK ((kind = ANY (ARRAY['poster'::text, 'background'::text, 'logo'::text])));
ALTER TABLE media_image ADD CONSTRAINT media_image_url_check CHECK ((url <> ''::text));
ALTER TABLE media_rating ADD CONSTRAINT media_rating_pkey PRIMARY KEY (media_id, provider);
ALTER TABLE media_rating ADD CONSTRAINT media_rating_provider_check CHECK ((provider ~ '^[a-z0-9-]{2,16}$'::text));
ALTER TABLE media_rating ADD CONSTRAINT media_rating_value_check CHECK (((value >= (0)::double precision) AND (value <= (10)::double precision)));
ALTER TABLE media_rating ADD CONSTRAINT media_rating_votes_check CHECK ((votes >= 0));
ALTER TABLE media_title ADD CONSTRAINT media_title_pkey PRIMARY KEY (media_id, title);
ALTER TABLE media_title ADD CONSTRAINT media_title_title_check CHECK ((title <> ''::text));
ALTER TABLE play_history ADD CONSTRAINT play_history_pkey PRIMARY KEY (profile_id, media_id, season, episode);
ALTER TABLE play_history ADD CONSTRAINT play_history_episode_check CHECK ((episode >= 0));
ALTER TABLE play_history ADD CONSTRAINT play_history_plays_check CHECK ((plays > 0));
ALTER TABLE play_history ADD CONSTRAINT play_history_season_check CHECK ((season >= 0));
ALTER TABLE playback_account ADD CONSTRAINT playback_account_pkey PRIMARY KEY (account_id);
ALTER TABLE playback_account ADD CONSTRAINT playback_account_account_id_check CHECK ((length(account_id) = 22));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_profile_id_media_id_kind_content_key_key UNIQUE (profile_id, media_id, kind, content_key);
ALTER TABLE private_stream ADD CONSTRAINT private_stream_pkey PRIMARY KEY (private_stream_id);
ALTER TABLE private_stream ADD CONSTRAINT private_stream_added_at_s_check CHECK ((added_at_s >= 0));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_attributes_check CHECK ((jsonb_typeof(attributes) = 'object'::text));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_check CHECK (((locator <> ''::text) OR (kind = 0)));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_content_key_check CHECK ((octet_length(content_key) = 20));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_kind_check CHECK ((kind >= 0));
ALTER TABLE private_stream ADD CONSTRAINT private_stream_total_size_bytes_check CHECK ((total_size_bytes >= 0));
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_pkey PRIMARY KEY (private_stream_id, season, episode_from, file_index);
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_check CHECK (((episode_to >= episode_from) AND (episode_to <= 99999)));
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_episode_from_check CHECK ((episode_from >= 0));
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_file_index_check CHECK ((file_index >= '-1'::integer));
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_file_size_bytes_check CHECK ((file_size_bytes >= 0));
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_season_check CHECK (((season >= '-1'::integer) AND (season <= 9999)));
ALTER TABLE search_demand ADD CONSTRAINT search_demand_pkey PRIMARY KEY (media_id, season, episode);
ALTER TABLE search_demand ADD CONSTRAINT search_demand_episode_check CHECK (((episode >= 0) AND (episode <= 99999)));
ALTER TABLE search_demand ADD CONSTRAINT search_demand_season_check CHECK (((season >= 0) AND (season <= 9999)));
ALTER TABLE search_demand ADD CONSTRAINT search_demand_wanted_check CHECK ((wanted > (0)::double precision));
ALTER TABLE season ADD CONSTRAINT season_pkey PRIMARY KEY (media_id, season);
ALTER TABLE season ADD CONSTRAINT season_season_check CHECK (((season >= 0) AND (season <= 9999)));
ALTER TABLE stream ADD CONSTRAINT stream_content_key_kind_key UNIQUE (content_key, kind);
ALTER TABLE stream ADD CONSTRAINT stream_pkey PRIMARY KEY (stream_id);
ALTER TABLE stream ADD CONSTRAINT stream_bit_depth_check CHECK ((bit_depth >= 0));
ALTER TABLE stream ADD CONSTRAINT stream_check CHECK (((locator <> ''::text) OR (kind = 0)));
ALTER TABLE stream ADD CONSTRAINT stream_codec_check CHECK ((codec >= 0));
ALTER TABLE stream ADD CONSTRAINT stream_content_key_check CHECK ((octet_length(content_key) = 20));
ALTER TABLE stream ADD CONSTRAINT stream_kind_check CHECK ((kind >= 0));
ALTER TABLE stream ADD CONSTRAINT stream_quality_check CHECK ((quality >= 0));
ALTER TABLE stream ADD CONSTRAINT stream_resolution_check CHECK ((resolution >= 0));
ALTER TABLE stream ADD CONSTRAINT stream_total_size_bytes_check CHECK ((total_size_bytes >= 0));
ALTER TABLE stream_counter ADD CONSTRAINT stream_counter_pkey PRIMARY KEY (stream_id);
ALTER TABLE stream_link ADD CONSTRAINT stream_link_pkey PRIMARY KEY (stream_id, file_index, media_id, season, episode_from);
ALTER TABLE stream_link ADD CONSTRAINT stream_link_check CHECK (((episode_to >= episode_from) AND (episode_to <= 99999)));
ALTER TABLE stream_link ADD CONSTRAINT stream_link_episode_from_check CHECK ((episode_from >= 0));
ALTER TABLE stream_link ADD CONSTRAINT stream_link_file_index_check CHECK ((file_index >= '-1'::integer));
ALTER TABLE stream_link ADD CONSTRAINT stream_link_file_size_bytes_check CHECK ((file_size_bytes >= 0));
ALTER TABLE stream_link ADD CONSTRAINT stream_link_season_check CHECK (((season >= '-1'::integer) AND (season <= 9999)));
ALTER TABLE title_metadata ADD CONSTRAINT title_metadata_pkey PRIMARY KEY (media_id);
ALTER TABLE title_search ADD CONSTRAINT title_search_pkey PRIMARY KEY (media_id, season, episode);
ALTER TABLE title_search ADD CONSTRAINT title_search_empty_count_check CHECK ((empty_count >= 0));
ALTER TABLE title_search ADD CONSTRAINT title_search_episode_check CHECK (((episode >= 0) AND (episode <= 99999)));
ALTER TABLE title_search ADD CONSTRAINT title_search_failed_count_check CHECK ((failed_count >= 0));
ALTER TABLE title_search ADD CONSTRAINT title_search_season_check CHECK (((season >= 0) AND (season <= 9999)));
ALTER TABLE tracker_list ADD CONSTRAINT tracker_list_urls_hash_key UNIQUE (urls_hash);
ALTER TABLE tracker_list ADD CONSTRAINT tracker_list_pkey PRIMARY KEY (tracker_list_id);
ALTER TABLE tracker_list ADD CONSTRAINT tracker_list_urls_check CHECK ((urls <> ''::text));
ALTER TABLE transcode ADD CONSTRAINT transcode_pkey PRIMARY KEY (transcode_id);
ALTER TABLE transcode ADD CONSTRAINT transcode_rungs_check CHECK (((cardinality(rungs) >= 1) AND (cardinality(rungs) <= 5)));
ALTER TABLE transcode ADD CONSTRAINT transcode_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])));
ALTER TABLE user_profile ADD CONSTRAINT user_profile_pkey PRIMARY KEY (profile_id);
ALTER TABLE user_profile ADD CONSTRAINT user_profile_check CHECK (((sealed IS NULL) <> (legacy_config IS NULL)));
ALTER TABLE user_profile ADD CONSTRAINT user_profile_legacy_config_check CHECK ((jsonb_typeof(legacy_config) = 'object'::text));
ALTER TABLE user_profile ADD CONSTRAINT user_profile_owner_key_hash_check CHECK ((length(owner_key_hash) = 32));
ALTER TABLE user_profile ADD CONSTRAINT user_profile_private_revision_check CHECK ((private_revision >= 0));
ALTER TABLE vod_position ADD CONSTRAINT vod_position_pkey PRIMARY KEY (live_stream_id, viewer);
ALTER TABLE vod_position ADD CONSTRAINT vod_position_position_s_check CHECK ((position_s >= (0)::double precision));
ALTER TABLE vod_position ADD CONSTRAINT vod_position_viewer_check CHECK ((octet_length(viewer) = 32));
ALTER TABLE catalog_entry ADD CONSTRAINT catalog_entry_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE chat_message ADD CONSTRAINT chat_message_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES live_stream(live_stream_id);
ALTER TABLE chat_room ADD CONSTRAINT chat_room_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES live_stream(live_stream_id);
ALTER TABLE episode ADD CONSTRAINT episode_media_id_season_fkey FOREIGN KEY (media_id, season) REFERENCES season(media_id, season) ON DELETE CASCADE;
ALTER TABLE folder_file ADD CONSTRAINT folder_file_folder_id_fkey FOREIGN KEY (folder_id) REFERENCES media_folder(folder_id) ON DELETE CASCADE;
ALTER TABLE guide_channel ADD CONSTRAINT guide_channel_load_id_fkey FOREIGN KEY (load_id) REFERENCES guide_load(load_id) ON DELETE CASCADE;
ALTER TABLE guide_load ADD CONSTRAINT guide_load_guide_id_fkey FOREIGN KEY (guide_id) REFERENCES guide(guide_id) ON DELETE CASCADE;
ALTER TABLE guided_channel ADD CONSTRAINT guided_channel_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES iptv_channel(channel_id) ON DELETE CASCADE;
ALTER TABLE guided_channel ADD CONSTRAINT guided_channel_guide_id_fkey FOREIGN KEY (guide_id) REFERENCES guide(guide_id) ON DELETE SET NULL;
ALTER TABLE iptv_channel ADD CONSTRAINT iptv_channel_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE SET NULL;
ALTER TABLE iptv_channel ADD CONSTRAINT iptv_channel_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES iptv_channel(channel_id) ON DELETE SET NULL;
ALTER TABLE iptv_episode ADD CONSTRAINT iptv_episode_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES iptv_channel(channel_id) ON DELETE CASCADE;
ALTER TABLE iptv_fetched_episode ADD CONSTRAINT iptv_fetched_episode_provider_id_series_ref_fkey FOREIGN KEY (provider_id, series_ref) REFERENCES iptv_fetched_series(provider_id, series_ref) ON DELETE CASCADE;
ALTER TABLE iptv_fetched_series ADD CONSTRAINT iptv_fetched_series_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_health ADD CONSTRAINT iptv_health_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_output ADD CONSTRAINT iptv_output_viewer_id_fkey FOREIGN KEY (viewer_id) REFERENCES iptv_viewer(viewer_id) ON DELETE CASCADE;
ALTER TABLE iptv_slot ADD CONSTRAINT iptv_slot_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_snapshot ADD CONSTRAINT iptv_snapshot_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_source ADD CONSTRAINT iptv_source_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES iptv_channel(channel_id);
ALTER TABLE iptv_source ADD CONSTRAINT iptv_source_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_source_order ADD CONSTRAINT iptv_source_order_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES iptv_channel(channel_id) ON DELETE CASCADE;
ALTER TABLE iptv_source_order ADD CONSTRAINT iptv_source_order_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_split ADD CONSTRAINT iptv_split_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES iptv_channel(channel_id) ON DELETE CASCADE;
ALTER TABLE iptv_split ADD CONSTRAINT iptv_split_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES iptv_provider(provider_id) ON DELETE CASCADE;
ALTER TABLE iptv_watch ADD CONSTRAINT iptv_watch_viewer_id_fkey FOREIGN KEY (viewer_id) REFERENCES iptv_viewer(viewer_id) ON DELETE CASCADE;
ALTER TABLE job_log ADD CONSTRAINT job_log_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id) ON DELETE CASCADE;
ALTER TABLE live_bitrate_minute ADD CONSTRAINT live_bitrate_minute_live_stream_id_fkey FOREIGN KEY (live_stream_id) REFERENCES live_stream(live_stream_id) ON DELETE CASCADE;
ALTER TABLE live_playlist ADD CONSTRAINT live_playlist_live_stream_id_fkey FOREIGN KEY (live_stream_id) REFERENCES live_stream(live_stream_id) ON DELETE CASCADE;
ALTER TABLE live_segment ADD CONSTRAINT live_segment_live_stream_id_fkey FOREIGN KEY (live_stream_id) REFERENCES live_stream(live_stream_id) ON DELETE CASCADE;
ALTER TABLE media_counter ADD CONSTRAINT media_counter_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE media_external_id ADD CONSTRAINT media_external_id_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE media_genre ADD CONSTRAINT media_genre_genre_id_fkey FOREIGN KEY (genre_id) REFERENCES genre(genre_id);
ALTER TABLE media_genre ADD CONSTRAINT media_genre_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE media_image ADD CONSTRAINT media_image_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE media_rating ADD CONSTRAINT media_rating_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE media_title ADD CONSTRAINT media_title_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE play_history ADD CONSTRAINT play_history_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE play_history ADD CONSTRAINT play_history_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES user_profile(profile_id) ON DELETE CASCADE;
ALTER TABLE playback_account ADD CONSTRAINT playback_account_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES user_profile(profile_id) ON DELETE CASCADE;
ALTER TABLE private_stream ADD CONSTRAINT private_stream_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE private_stream ADD CONSTRAINT private_stream_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES user_profile(profile_id) ON DELETE CASCADE;
ALTER TABLE private_stream_link ADD CONSTRAINT private_stream_link_private_stream_id_fkey FOREIGN KEY (private_stream_id) REFERENCES private_stream(private_stream_id) ON DELETE CASCADE;
ALTER TABLE search_demand ADD CONSTRAINT search_demand_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE season ADD CONSTRAINT season_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE stream ADD CONSTRAINT stream_tracker_list_id_fkey FOREIGN KEY (tracker_list_id) REFERENCES tracker_list(tracker_list_id);
ALTER TABLE stream_counter ADD CONSTRAINT stream_counter_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES stream(stream_id) ON DELETE CASCADE;
ALTER TABLE stream_link ADD CONSTRAINT stream_link_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE stream_link ADD CONSTRAINT stream_link_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES stream(stream_id) ON DELETE CASCADE;
ALTER TABLE title_metadata ADD CONSTRAINT title_metadata_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE title_search ADD CONSTRAINT title_search_media_id_fkey FOREIGN KEY (media_id) REFERENCES media(media_id) ON DELETE CASCADE;
ALTER TABLE transcode ADD CONSTRAINT transcode_live_stream_id_fkey FOREIGN KEY (live_stream_id) REFERENCES live_stream(live_stream_id);
ALTER TABLE vod_position ADD CONSTRAINT vod_position_live_stream_id_fkey FOREIGN KEY (live_stream_id) REFERENCES live_stream(live_stream_id) ON DELETE CASCADE;

CREATE INDEX anime_entry_anilist ON public.anime_entry USING btree (anilist_id) WHERE (anilist_id > 0);
CREATE INDEX anime_entry_imdb ON public.anime_entry USING btree (imdb_id) WHERE (imdb_id <> ''::text);
CREATE INDEX anime_entry_kitsu ON public.anime_entry USING btree (kitsu_id) WHERE (kitsu_id > 0);
CREATE INDEX anime_entry_mal ON public.anime_entry USING btree (mal_id) WHERE (mal_id > 0);
CREATE INDEX anime_entry_tmdb ON public.anime_entry USING btree (tmdb_id) WHERE (tmdb_id > 0);
CREATE INDEX anime_entry_tvdb ON public.anime_entry USING btree (tvdb_id) WHERE (tvdb_id > 0);
CREATE INDEX catalog_entry_latest ON public.catalog_entry USING btree (genre_id, type, latest_at, media_id) INCLUDE (levels);
CREATE INDEX catalog_entry_popular ON public.catalog_entry USING btree (genre_id, type, popularity, media_id) INCLUDE (levels);
CREATE INDEX catalog_entry_rating ON public.catalog_entry USING btree (genre_id, type, rating, media_id) INCLUDE (levels);
CREATE INDEX catalog_entry_released ON public.catalog_entry USING btree (genre_id, type, released, media_id) INCLUDE (levels);
CREATE INDEX catalog_entry_title ON public.catalog_entry USING btree (genre_id, type, title_key, media_id) INCLUDE (levels);
CREATE INDEX chat_message_by_author ON public.chat_message USING btree (stream_id, author_id, created_at DESC);
CREATE UNIQUE INDEX chat_message_by_ref ON public.chat_message USING btree (stream_id, ref) WHERE (ref IS NOT NULL);
CREATE INDEX chat_message_by_stream ON public.chat_message USING btree (stream_id, id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX chat_message_deleted ON public.chat_message USING btree (stream_id, deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE UNIQUE INDEX guide_channel_by_id ON public.guide_channel USING btree (load_id, xmltv_id);
CREATE UNIQUE INDEX guide_load_current ON public.guide_load USING btree (guide_id) WHERE is_current;
CREATE INDEX guide_load_of_guide ON public.guide_load USING btree (guide_id);
CREATE INDEX guide_programme_by_time ON public.guide_programme USING btree (load_id, channel, start_at);
CREATE INDEX guided_channel_of_guide ON public.guided_channel USING btree (guide_id);
CREATE INDEX iptv_channel_by_external_id ON public.iptv_channel USING btree (external_id) WHERE (external_id <> ''::text);
CREATE INDEX iptv_channel_by_kind ON public.iptv_channel USING btree (kind, channel_id);
CREATE INDEX iptv_channel_by_title ON public.iptv_channel USING btree (media_id) WHERE (media_id IS NOT NULL);
CREATE INDEX iptv_channel_merge_key ON public.iptv_channel USING btree (merge_key, region);
CREATE INDEX iptv_channel_merged ON public.iptv_channel USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX iptv_channel_order ON public.iptv_channel USING btree (COALESCE(own_number, number, 2147483647), lower(COALESCE(own_name, name)), channel_id) WHERE (kind = 'live'::text);
CREATE INDEX iptv_channel_order_by_group ON public.iptv_channel USING btree (COALESCE(own_group, group_title), COALESCE(own_number, number, 2147483647), lower(COALESCE(own_name, name)), channel_id) WHERE (kind = 'live'::text);
CREATE UNIQUE INDEX iptv_channel_public_id ON public.iptv_channel USING btree (public_id);
CREATE UNIQUE INDEX iptv_provider_name ON public.iptv_provider USING btree (lower(name));
CREATE INDEX iptv_slot_by_provider ON public.iptv_slot USING btree (provider_id);
CREATE INDEX iptv_source_by_channel ON public.iptv_source USING btree (channel_id);
CREATE INDEX iptv_source_by_provider ON public.iptv_source USING btree (provider_id, to_snapshot);
CREATE INDEX iptv_source_order_by_provider ON public.iptv_source_order USING btree (provider_id);
CREATE INDEX iptv_split_by_channel ON public.iptv_split USING btree (channel_id);
CREATE UNIQUE INDEX iptv_viewer_token ON public.iptv_viewer USING btree (token_hash);
CREATE INDEX job_by_state ON public.job USING btree (state, job_id);
CREATE UNIQUE INDEX job_dedupe ON public.job USING btree (name, dedupe_key) WHERE ((dedupe_key IS NOT NULL) AND (state = ANY (ARRAY['queued'::text, 'running'::text])));
CREATE INDEX job_finished ON public.job USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX job_running ON public.job USING btree (worker_id) WHERE (state = 'running'::text);
CREATE INDEX job_waiting ON public.job USING btree (run_at) WHERE (state = 'queued'::text);
CREATE INDEX live_bitrate_minute_by_time ON public.live_bitrate_minute USING btree (minute);
CREATE INDEX live_segment_by_sequence ON public.live_segment USING btree (live_stream_id, playlist, sequence DESC) WHERE (sequence IS NOT NULL);
CREATE INDEX live_stream_by_owner ON public.live_stream USING btree (owner, status, created_at DESC, live_stream_id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX live_stream_by_time ON public.live_stream USING btree (status, created_at DESC, live_stream_id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX media_search ON public.media USING gin (search) WITH (fastupdate=off);
CREATE INDEX play_history_by_media ON public.play_history USING btree (media_id);
CREATE INDEX play_history_by_time ON public.play_history USING btree (profile_id, played_at);
CREATE INDEX playback_account_by_day ON public.playback_account USING btree (last_used_on);
CREATE INDEX playback_account_by_profile ON public.playback_account USING btree (profile_id);
CREATE INDEX private_stream_by_media ON public.private_stream USING btree (media_id);
CREATE INDEX stream_link_by_episode ON public.stream_link USING btree (media_id, season, episode_from, stream_id);
CREATE INDEX stream_link_by_range ON public.stream_link USING btree (range_media_id, season, episode_from, episode_to, stream_id) WHERE (range_media_id IS NOT NULL);
CREATE INDEX stream_name_trigrams ON public.stream USING gin (name gin_trgm_ops) WHERE (kind = 0);
CREATE INDEX transcode_by_recording ON public.transcode USING btree (live_stream_id, created_at DESC, transcode_id);
CREATE INDEX transcode_by_use ON public.transcode USING btree (used_at) WHERE (state <> ALL (ARRAY['waiting'::text, 'running'::text]));
CREATE UNIQUE INDEX transcode_wanted ON public.transcode USING btree (live_stream_id, rungs) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text]));
CREATE INDEX vod_position_by_time ON public.vod_position USING btree (updated_at);
CREATE INDEX vod_position_by_viewer ON public.vod_position USING btree (viewer, updated_at DESC, live_stream_id DESC);

CREATE VIEW stream_readable AS
 SELECT s.stream_id,
    stream_kind_name((s.kind)::integer) AS kind,
    s.name,
    s.source,
    s.uploader,
    s.release_group,
    resolution_name((s.resolution)::integer) AS resolution,
    quality_name((s.quality)::integer) AS quality,
    codec_name((s.codec)::integer) AS codec,
    hdr_names((s.hdr_mask)::bigint) AS hdr,
    audio_names((s.audio_mask)::bigint) AS audio,
    channel_names((s.channels_mask)::bigint) AS channels,
    language_names((((s.languages_low)::bigint & '4294967295'::bigint) | ((s.languages_high)::bigint << 32))) AS languages,
    stream_flag_names((s.flags_mask)::bigint) AS flags,
    s.bit_depth,
    pg_size_pretty(s.total_size_bytes) AS total_size,
        CASE
            WHEN (s.kind = 0) THEN encode(s.content_key, 'hex'::text)
            ELSE NULL::text
        END AS infohash,
    s.locator,
    t.urls AS trackers,
    c.seeders,
    c.playback_count,
    s.is_active,
    s.is_blocked,
    s.added_at,
    language_names((((s.subtitle_languages_low)::bigint & '4294967295'::bigint) | ((s.subtitle_languages_high)::bigint << 32))) AS subtitle_languages
   FROM ((stream s
     LEFT JOIN stream_counter c USING (stream_id))
     LEFT JOIN tracker_list t USING (tracker_list_id));

CREATE TRIGGER inserted AFTER INSERT ON public.media REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION media_inserted();
CREATE TRIGGER updated AFTER UPDATE ON public.media REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION media_updated();
CREATE TRIGGER popularity_changed AFTER UPDATE ON public.media_counter FOR EACH ROW WHEN ((old.popularity <> new.popularity)) EXECUTE FUNCTION media_popularity_changed();
CREATE TRIGGER ratings_deleted AFTER DELETE ON public.media_rating REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();
CREATE TRIGGER ratings_inserted AFTER INSERT ON public.media_rating REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();
CREATE TRIGGER ratings_updated AFTER UPDATE ON public.media_rating REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();
CREATE TRIGGER visibility_changed AFTER UPDATE ON public.stream FOR EACH ROW WHEN ((old.is_visible <> new.is_visible)) EXECUTE FUNCTION stream_visibility_changed();
CREATE TRIGGER links_deleted AFTER DELETE ON public.stream_link REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION stream_links_deleted();
CREATE TRIGGER links_inserted AFTER INSERT ON public.stream_link REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stream_links_inserted();
CREATE TRIGGER links_updated AFTER UPDATE ON public.stream_link REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stream_links_updated();

COMMENT ON TABLE anime_entry IS 'What ids of anime stand for, from a public list (docs/metadata.md): an entry is a film, a season or a part of one. Replaced as a whole.';
COMMENT ON INDEX anime_entry_anilist IS 'metadata.anime-by-id';
COMMENT ON INDEX anime_entry_imdb IS 'metadata.anime-of-title';
COMMENT ON INDEX anime_entry_kitsu IS 'metadata.anime-by-id';
COMMENT ON INDEX anime_entry_mal IS 'metadata.anime-by-id';
COMMENT ON INDEX anime_entry_tmdb IS 'metadata.anime-of-title';
COMMENT ON INDEX anime_entry_tvdb IS 'metadata.anime-of-title';
COMMENT ON TABLE anime_list IS 'One row: when the list in anime_entry was fetched, and when it is asked for again.';
COMMENT ON TABLE catalog_entry IS 'Derived: one row per listed title and genre, and one with genre 0 for all genres. Pages are read from its indexes alone.';
COMMENT ON COLUMN catalog_entry.levels IS 'Bit of the title''s nudity level, bit 8 + its certificate, and bit 16 while nothing plays it: a page is filtered without a look at the title.';
COMMENT ON COLUMN catalog_entry.released IS 'The first day of the year where only that is known; the year 1 where nothing is.';
COMMENT ON COLUMN catalog_entry.title_key IS 'Lower case, the first 64 characters.';
COMMENT ON INDEX catalog_entry_latest IS 'library.catalog-latest';
COMMENT ON INDEX catalog_entry_popular IS 'library.catalog-popular';
COMMENT ON INDEX catalog_entry_rating IS 'library.catalog-rating';
COMMENT ON INDEX catalog_entry_released IS 'library.catalog-released';
COMMENT ON INDEX catalog_entry_title IS 'library.catalog-title';
COMMENT ON TABLE chat_follower IS 'Authors whom an owner named: they speak where only followers may.';
COMMENT ON TABLE chat_message IS 'Chat of live streams. Ids of one stream become visible in their order: whoever adds holds the room''s row.';
COMMENT ON COLUMN chat_message.address_id IS 'Keyed digest of the address that it came from.';
COMMENT ON COLUMN chat_message.author IS 'A name that the sender chose; nobody owns it.';
COMMENT ON COLUMN chat_message.author_id IS 'Keyed digest of the key that the sender''s client keeps, or of its address; null before there were any.';
COMMENT ON COLUMN chat_message.deleted_at IS 'Taken away by the owner of the stream.';
COMMENT ON COLUMN chat_message.is_owner IS 'Said with the owner key of the stream.';
COMMENT ON COLUMN chat_message.ref IS 'Chosen by the sender: a message that is sent again is not stored again.';
COMMENT ON COLUMN chat_message.stream_id IS 'Rows of live_stream are marked as deleted and stay: nothing cascades.';
COMMENT ON INDEX chat_message_by_author IS 'chat.add';
COMMENT ON INDEX chat_message_by_ref IS 'chat.add, chat.replayed';
COMMENT ON INDEX chat_message_by_stream IS 'chat.page';
COMMENT ON INDEX chat_message_deleted IS 'chat.deleted';
COMMENT ON TABLE chat_room IS 'One for each live stream that somebody spoke beside. Whoever adds messages holds its row: ids become visible in their order.';
COMMENT ON COLUMN chat_room.followers_only IS 'Only who is in chat_follower may speak, and the owner.';
COMMENT ON COLUMN chat_room.sequence IS 'Messages so far: a process that heard of all up to a number knows when it has missed some.';
COMMENT ON COLUMN chat_room.slow_mode_s IS 'Seconds that an author waits between two messages; 0: as all may.';
COMMENT ON TABLE chat_sanction IS 'Who may not speak beside all streams of an owner.';
COMMENT ON COLUMN chat_sanction.kind IS 'muted: may read; banned: may not connect either.';
COMMENT ON COLUMN chat_sanction.subject IS 'An author_id or address_id of chat_message.';
COMMENT ON COLUMN chat_sanction.until IS 'Null: until the owner lifts it.';
COMMENT ON TABLE feed IS 'Feeds (RSS, Atom, Torznab) whose items are imported.';
COMMENT ON COLUMN feed.media_type IS 'What all its items are; null: their names say it.';
COMMENT ON COLUMN feed.sealed_url IS 'Encrypted, for it may hold a key.';
COMMENT ON TABLE folder_file IS 'Videos of folders: a scan looks again at those alone whose version is another one.';
COMMENT ON COLUMN folder_file.gone_at IS 'The last scan did not find it: its stream is in no list until it is back.';
COMMENT ON COLUMN folder_file.reason IS 'Why it is of no title.';
COMMENT ON COLUMN folder_file.token IS 'Stands for it in the address that players get: whoever knows it may read the file.';
COMMENT ON TABLE guide IS 'Sources of programmes (XMLTV).';
COMMENT ON COLUMN guide.failure IS 'Why the last sync failed, null when it did not; what was there before stays.';
COMMENT ON COLUMN guide.sealed_url IS 'Encrypted, for it may hold a password; null: it is brought by the command import alone.';
COMMENT ON TABLE guide_channel IS 'Channels of guides, numbered by each sync.';
COMMENT ON INDEX guide_channel_by_id IS 'guide.channels, guide.now-and-next';
COMMENT ON TABLE guide_load IS 'What one sync brought: readers see the current one, the next is written beside it.';
COMMENT ON INDEX guide_load_current IS 'guide.now-and-next, guide.programmes';
COMMENT ON INDEX guide_load_of_guide IS 'guide.delete-programmes, guide.delete';
COMMENT ON TABLE guide_programme IS 'Programmes of guides. Without a foreign key: millions of rows come and go with their load.';
COMMENT ON COLUMN guide_programme.flags IS '1 new, 2 live, 4 a repeat.';
COMMENT ON COLUMN guide_programme.other_texts IS 'Titles, subtitles and descriptions after the first, with their languages.';
COMMENT ON INDEX guide_programme_by_time IS 'guide.now-and-next, guide.programmes';
COMMENT ON TABLE guided_channel IS 'Which channel of which guide tells what a channel shows.';
COMMENT ON COLUMN guided_channel.guide_id IS 'Null: no guide has it, or somebody said so (is_manual).';
COMMENT ON COLUMN guided_channel.is_manual IS 'Said by a person: no sync changes it.';
COMMENT ON COLUMN guided_channel.matched_name IS 'What the channel was called when it was matched, as matched_tvg_id.';
COMMENT ON INDEX guided_channel_of_guide IS 'guide.delete';
COMMENT ON TABLE hash_list_page IS 'Pages of hash lists that are not read again: their lists are what they were.';
COMMENT ON COLUMN hash_list_page.linked IS 'Entries of titles that were known then.';
COMMENT ON COLUMN hash_list_page.page_key IS 'The first 16 bytes of the SHA-256 of the list, as it stands in the page.';
COMMENT ON TABLE instance IS 'One row: the identity of this database, part of every key in a shared cache.';
COMMENT ON COLUMN instance.search_version IS 'SEARCH_TEXT_VERSION that media.search was written with.';
COMMENT ON TABLE iptv_channel IS 'Channels, films and series, each once, whoever has them. A row stays when nobody has it any more: its id is for ever.';
COMMENT ON COLUMN iptv_channel.catchup_days IS 'Days that its first source goes back; 0: it does not.';
COMMENT ON COLUMN iptv_channel.external_id IS 'What providers say that a film or series is: tt… or tmdb:…; empty: nothing.';
COMMENT ON COLUMN iptv_channel.linked_at IS 'When its title was last looked for.';
COMMENT ON COLUMN iptv_channel.media_id IS 'The title of the library that a film or series is (lib/title-match); null: none was found.';
COMMENT ON COLUMN iptv_channel.merge_key IS 'What the name comes to without decoration (lib/iptv/channel-name.ts).';
COMMENT ON COLUMN iptv_channel.merged_into IS 'The channel that a person says it is: its entries are that one''s.';
COMMENT ON COLUMN iptv_channel.own_name IS 'What a person has said, here and in own_…; no sync touches it.';
COMMENT ON INDEX iptv_channel_by_external_id IS 'iptv.vod-of-title, iptv.link-by-id';
COMMENT ON INDEX iptv_channel_by_kind IS 'iptv.vod';
COMMENT ON INDEX iptv_channel_by_title IS 'iptv.vod-of-title';
COMMENT ON INDEX iptv_channel_merge_key IS 'iptv.publish';
COMMENT ON INDEX iptv_channel_merged IS 'iptv.merge-channels, iptv.publish';
COMMENT ON INDEX iptv_channel_order IS 'iptv.channels';
COMMENT ON INDEX iptv_channel_order_by_group IS 'iptv.channels';
COMMENT ON INDEX iptv_channel_public_id IS 'iptv.channel';
COMMENT ON TABLE iptv_episode IS 'Numbers by which Xtream clients know episodes, for ever.';
COMMENT ON TABLE iptv_fetched_episode IS 'What providers tell of the episodes of a series.';
COMMENT ON COLUMN iptv_fetched_episode.url IS 'With marks, as iptv_source.url.';
COMMENT ON TABLE iptv_fetched_series IS 'Series whose episodes a provider has told.';
COMMENT ON TABLE iptv_health IS 'Whether sources play, by checks and by what playback learnt. Known by their address, as rows of sources come and go.';
COMMENT ON COLUMN iptv_health.confidence IS 'In percent that it plays: successes raise it, failures lower it.';
COMMENT ON COLUMN iptv_health.failure IS 'Why it did not play last; empty when it did.';
COMMENT ON COLUMN iptv_health.is_down IS 'Said at 20 and less, taken back at 60 and more: what plays now and then does not change its place each time.';
COMMENT ON COLUMN iptv_health.url_hash IS 'MD5 of iptv_source.url.';
COMMENT ON TABLE iptv_known_channel IS 'The table of channels of iptv-org, as an operator imported it last.';
COMMENT ON COLUMN iptv_known_channel.tvg_id IS 'In lower case, without the feed behind @.';
COMMENT ON TABLE iptv_known_name IS 'Other names of known channels, each of one channel in its region.';
COMMENT ON COLUMN iptv_known_name.name_key IS 'As iptv_channel.merge_key; merge_key is that of the channel''s own name.';
COMMENT ON TABLE iptv_output IS 'What lists of viewers held when they were made last.';
COMMENT ON COLUMN iptv_output.changed_at IS 'When it became this version; in whole seconds.';
COMMENT ON COLUMN iptv_output.version IS 'A hash of what the list says.';
COMMENT ON TABLE iptv_provider IS 'Lists of channels that an operator has named.';
COMMENT ON COLUMN iptv_provider.account_sealed IS 'What is secret in addresses of its entries; null: not looked for since they were kept apart.';
COMMENT ON COLUMN iptv_provider.address_sealed IS 'Address and credentials, sealed with the instance''s key; empty where a file was handed in.';
COMMENT ON COLUMN iptv_provider.guides_digest IS 'SHA-256 of the addresses of guides that its list named last.';
COMMENT ON COLUMN iptv_provider.interval_hours IS 'Between two syncs; 0: only when somebody asks for one.';
COMMENT ON COLUMN iptv_provider.next_at IS 'When it is synced next.';
COMMENT ON COLUMN iptv_provider.published_snapshot IS 'Number of the snapshot that is shown; 0: none.';
COMMENT ON COLUMN iptv_provider.slots_max IS 'Streams of its account that may be open at a time; 0: not limited.';
COMMENT ON INDEX iptv_provider_name IS 'iptv.add-provider';
COMMENT ON TABLE iptv_slot IS 'Streams that are open at providers whose streams are counted: leases that their processes renew.';
COMMENT ON INDEX iptv_slot_by_provider IS 'iptv.take-slot';
COMMENT ON TABLE iptv_snapshot IS 'What syncs have found that differed from what was there.';
COMMENT ON COLUMN iptv_snapshot.reason IS 'Why it is held for a person.';
COMMENT ON TABLE iptv_source IS 'Entries of providers'' lists, in the snapshots from from_snapshot until before to_snapshot: what stays the same is not written again.';
COMMENT ON COLUMN iptv_source.digest IS 'MD5 of what the entry says, its place in the list left out.';
COMMENT ON COLUMN iptv_source.label IS 'The entry''s own name, where name is that of the film or series.';
COMMENT ON COLUMN iptv_source.season IS 'Of an entry that is one episode, and episode; -1: it is none.';
COMMENT ON COLUMN iptv_source.series_ref IS 'Number of a series whose episodes the provider tells one series at a time.';
COMMENT ON COLUMN iptv_source.url IS 'Marks like {account:password} stand for what iptv_provider.account_sealed holds.';
COMMENT ON INDEX iptv_source_by_channel IS 'iptv.channel, iptv.channels, iptv.sources';
COMMENT ON INDEX iptv_source_by_provider IS 'iptv.providers, iptv.difference, iptv.publish, iptv.delete-provider';
COMMENT ON TABLE iptv_source_order IS 'The first sources of a channel, as a person says; the others come after them.';
COMMENT ON COLUMN iptv_source_order.name IS 'With the provider it stands for the entry also when its address changes, as url_hash does when its name changes.';
COMMENT ON COLUMN iptv_source_order.url_hash IS 'MD5 of iptv_source.url.';
COMMENT ON INDEX iptv_source_order_by_provider IS 'iptv.delete-provider';
COMMENT ON TABLE iptv_split IS 'Entries that a person says are another channel than their names do.';
COMMENT ON COLUMN iptv_split.url_hash IS 'MD5 of iptv_source.url.';
COMMENT ON INDEX iptv_split_by_channel IS 'iptv.split-channel';
COMMENT ON TABLE iptv_viewer IS 'Addresses that were given out: what somebody with one of them sees.';
COMMENT ON COLUMN iptv_viewer.groups IS 'Titles of groups; null: all. The same for providers, by their ids.';
COMMENT ON COLUMN iptv_viewer.kbits_max IS 'Of proxied streams together, in kbit/s; 0: not limited.';
COMMENT ON COLUMN iptv_viewer.streams_max IS 'Proxied streams at a time, the newest; 0: not limited.';
COMMENT ON COLUMN iptv_viewer.token_hash IS 'SHA-256 of the token, which stands in the address alone.';
COMMENT ON INDEX iptv_viewer_token IS 'iptv.viewer';
COMMENT ON TABLE iptv_watch IS 'Proxied streams of viewers whose streams are counted: leases that their processes renew.';
COMMENT ON COLUMN iptv_watch.watch_key IS 'Channel and a digest of the client''s address.';
COMMENT ON TABLE job IS 'Queued jobs, waiting, running and finished ones; finished ones are deleted after days (docs/workers.md).';
COMMENT ON COLUMN job.checkpoint IS 'Where the next attempt goes on.';
COMMENT ON COLUMN job.dedupe_key IS 'While a job with this name and key waits or runs, no other one is made.';
COMMENT ON COLUMN job.failures IS 'Attempts that failed; those that a worker''s end cut off are not counted.';
COMMENT ON COLUMN job.is_cancelled IS 'Somebody asked it to stop: the worker that runs it hears it at its next beat.';
COMMENT ON COLUMN job.lease IS 'Attempts that began: who writes as an earlier one is refused.';
COMMENT ON COLUMN job.losses IS 'Workers that died while they ran it.';
COMMENT ON INDEX job_by_state IS 'jobs.list, jobs.count';
COMMENT ON INDEX job_dedupe IS 'jobs.enqueue';
COMMENT ON INDEX job_finished IS 'jobs.prune';
COMMENT ON TABLE job_log IS 'The last lines that jobs said of themselves, and what befell them (level event).';
COMMENT ON INDEX job_running IS 'jobs.beat, jobs.take-over';
COMMENT ON TABLE job_schedule IS 'Schedules of jobs: the ticks, which one instance of all takes, and what operators changed of the defaults in code.';
COMMENT ON COLUMN job_schedule.last_at IS 'The tick that was taken last; several that were missed are one.';
COMMENT ON COLUMN job_schedule.own_cron IS 'In place of the default, as own_zone and own_jitter_s; null: the default.';
COMMENT ON COLUMN job_schedule.rule IS 'Cron and zone that next_at was made of.';
COMMENT ON INDEX job_waiting IS 'jobs.send-again';
COMMENT ON TABLE job_worker IS 'Workers that live; one that has not been seen for 30 s counts as dead, and its jobs are taken over.';
COMMENT ON COLUMN job_worker.engine_ids IS 'Names by which it locks ids in Graphile Worker''s schema.';
COMMENT ON TABLE latest_mark IS 'How far each feed (feed:7) and each source of live search (torznab:Name) was read.';
COMMENT ON COLUMN latest_mark.failures IS 'In a row: each doubles the pause.';
COMMENT ON COLUMN latest_mark.refused IS 'Items of no title that is known.';
COMMENT ON COLUMN latest_mark.seen IS 'The newest items that were dealt with, as hashes of eight bytes, oldest first; bounded.';
COMMENT ON TABLE live_bitrate_minute IS 'Bitrates of live streams by minute: one row for each rendition and process that took segments of it.';
COMMENT ON COLUMN live_bitrate_minute.drops IS 'Segments that were refused.';
COMMENT ON COLUMN live_bitrate_minute.peak_bps IS 'Highest rate of the rendition, in bits per second.';
COMMENT ON COLUMN live_bitrate_minute.process IS 'A number that each process draws at its start: what it writes again takes the place of what it wrote.';
COMMENT ON INDEX live_bitrate_minute_by_time IS 'live.purge-minutes';
COMMENT ON TABLE live_playlist IS 'Playlists that the encoder sends, one for each rendition.';
COMMENT ON COLUMN live_playlist.map_name IS 'Segment that the others need before them (EXT-X-MAP); empty for MPEG-TS.';
COMMENT ON COLUMN live_playlist.variants IS 'The whole text where it lists renditions; null where it lists segments.';
COMMENT ON TABLE live_segment IS 'Segments that were listed, stored or both: only those that are both are published.';
COMMENT ON COLUMN live_segment.bytes IS 'Null until it is stored.';
COMMENT ON COLUMN live_segment.playlist IS 'Null until a playlist lists it.';
COMMENT ON INDEX live_segment_by_sequence IS 'live.segments';
COMMENT ON TABLE live_stream IS 'Live streams; ended ones are recordings (VOD).';
COMMENT ON COLUMN live_stream.deleted_at IS 'Deleted by its owner, who may restore it.';
COMMENT ON COLUMN live_stream.owner IS 'Public name of the owner key: the same for all streams that were made with one key.';
COMMENT ON COLUMN live_stream.stored_bytes IS 'Of the segments in live_segment.';
COMMENT ON INDEX live_stream_by_owner IS 'live.page, live.page-after, live.count';
COMMENT ON INDEX live_stream_by_time IS 'live.page, live.page-after, live.count';
COMMENT ON TABLE media IS 'A film or a series. Whoever changes rows that hang on it sets updated_at, which raises media_counter.version.';
COMMENT ON COLUMN media.certificate IS 'Index into CERTIFICATES of src/lib/vocabulary.ts.';
COMMENT ON COLUMN media.is_always_listed IS 'In catalogues also without streams.';
COMMENT ON COLUMN media.languages_low IS 'Bits 0 to 31 of LANGUAGES in src/lib/vocabulary.ts; languages_high has the others.';
COMMENT ON COLUMN media.nudity IS 'Index into NUDITY_LEVELS of src/lib/vocabulary.ts.';
COMMENT ON COLUMN media.public_id IS 'Id in users'' libraries, for ever: never derived from media_id. Also a row of media_external_id.';
COMMENT ON COLUMN media.search IS 'Lexemes of all titles as src/lib/search-text.ts makes them: independent of the locale of the database.';
COMMENT ON TABLE media_counter IS 'What changes often, apart from wide rows. No index but the key, so that updates stay within the page (HOT).';
COMMENT ON COLUMN media_counter.latest_at IS 'When the last visible link was added; the title''s own arrival before that.';
COMMENT ON COLUMN media_counter.link_count IS 'Rows of stream_link with is_visible; kept by triggers.';
COMMENT ON COLUMN media_counter.version IS 'Raised by every change that a user would see.';
COMMENT ON TABLE media_external_id IS 'Every id by which a title is found: imdb (tt…), tmdb, tvdb (digits; numbers are per type), kitsu, mal, anilist (digits), and sl (our own, with prefix).';
COMMENT ON COLUMN media_external_id.episode_offset IS 'Episodes of the season before the first one of the id, where it stands for its second half.';
COMMENT ON COLUMN media_external_id.position IS '0 for the one that clients are shown; the others lead here after a merge.';
COMMENT ON COLUMN media_external_id.season IS 'The season that the id stands for, as those of anime do (kitsu, mal, anilist); -1: for the whole title.';
COMMENT ON TABLE media_folder IS 'Folders of a machine, and WebDAV shares, whose videos are in the lists.';
COMMENT ON COLUMN media_folder.media_type IS 'What all its videos are; null: their names say it.';
COMMENT ON COLUMN media_folder.sealed_login IS 'Name and password of a share, encrypted: it is listed with them.';
COMMENT ON COLUMN media_genre.position IS '0 for the most fitting.';
COMMENT ON COLUMN media_image.position IS '0 for the one to show.';
COMMENT ON INDEX media_search IS 'library.catalog-search';
COMMENT ON TABLE media_title IS 'Alternative titles; searched through media.search.';
COMMENT ON TABLE play_history IS 'What profiles that keep a history have played: a line for each film and episode, the newest 500 of a profile.';
COMMENT ON COLUMN play_history.episode IS '0 for films.';
COMMENT ON COLUMN play_history.season IS '0 for films and specials.';
COMMENT ON INDEX play_history_by_media IS 'library.adopt';
COMMENT ON INDEX play_history_by_time IS 'history.page, history.last-played, history.delete-oldest';
COMMENT ON TABLE playback_account IS 'Services that playback links play with. One that nobody has listed streams with for long is deleted.';
COMMENT ON COLUMN playback_account.account_id IS 'Made of the token in the links, which cannot be made of it (src/lib/install-token/playback-token.ts).';
COMMENT ON COLUMN playback_account.profile_id IS 'Of the stored profile that it is in: revoked with it.';
COMMENT ON COLUMN playback_account.sealed IS 'The entry of the service, sealed with SECRET_KEY and bound to account_id.';
COMMENT ON INDEX playback_account_by_day IS 'playback.delete-unused';
COMMENT ON INDEX playback_account_by_profile IS 'playback.accounts-of-profile';
COMMENT ON TABLE private_stream IS 'A stream of one profile that plays one title; nobody else is shown it.';
COMMENT ON COLUMN private_stream.attributes IS 'Codes and masks of what its name says, by the names of src/lib/stream/fields.ts.';
COMMENT ON COLUMN private_stream.content_key IS 'As in stream.';
COMMENT ON COLUMN private_stream.trackers IS 'URLs, joined by newlines.';
COMMENT ON INDEX private_stream_by_media IS 'library.adopt';
COMMENT ON TABLE private_stream_link IS 'What of the title a file of a private stream plays, as in stream_link.';
COMMENT ON TABLE search_demand IS 'How much a movie or an episode with few streams is asked for; bounded to the most wanted.';
COMMENT ON COLUMN search_demand.wanted IS 'Times, as of wanted_at: half of it three days later.';
COMMENT ON TABLE stream IS 'One torrent, URL, video or NZB, however many titles and episodes it plays.';
COMMENT ON COLUMN stream.added_at IS 'When it was uploaded at its source, as far as known.';
COMMENT ON COLUMN stream.content_key IS 'Torrents: the infohash. Others: the first 20 bytes of the SHA-256 of the locator.';
COMMENT ON COLUMN stream.locator IS 'URL, YouTube id, NZB URL or acestream content id; empty for torrents.';
COMMENT ON COLUMN stream.subtitle_languages_low IS 'As languages_low, of the subtitles that a release names; 0 when it names none.';
COMMENT ON TABLE stream_counter IS 'What changes often, apart from wide rows. No index but the key, so that updates stay within the page (HOT).';
COMMENT ON COLUMN stream_counter.seeders IS '-1 when unknown.';
COMMENT ON TABLE stream_link IS 'A file of a stream plays a film (season and episodes 0), an episode, a range of them, a whole season (0 to 99999) or all (season -1).';
COMMENT ON COLUMN stream_link.file_index IS '-1 when the files are not known.';
COMMENT ON COLUMN stream_link.is_visible IS 'Copy of stream.is_visible, kept by triggers.';
COMMENT ON COLUMN stream_link.range_media_id IS 'media_id of links to more than one episode. A column of its own, so that a search for ranges cannot be planned over all links.';
COMMENT ON INDEX stream_link_by_episode IS 'streams.by-media';
COMMENT ON INDEX stream_link_by_range IS 'streams.by-media';
COMMENT ON INDEX stream_name_trigrams IS 'indexer.by-names';
COMMENT ON VIEW stream_readable IS 'For people and ad-hoc questions; no statement of the program reads it.';
COMMENT ON TABLE title_metadata IS 'Titles that metadata services keep up to date; those of an import have no row, and metadata only adds to them.';
COMMENT ON COLUMN title_metadata.is_sketch IS 'Known from a search only: name, year and poster.';
COMMENT ON COLUMN title_metadata.next_at IS 'When the services are asked again, once somebody wants the title.';
COMMENT ON TABLE title_search IS 'A search that some source answered. Season and episode are 0 for movies.';
COMMENT ON COLUMN title_search.answered IS 'Ids of sources, as the configuration of the instance names them.';
COMMENT ON COLUMN title_search.empty_count IS 'Searches in a row that found nothing.';
COMMENT ON COLUMN title_search.failed_count IS 'Searches in a row in which a source failed.';
COMMENT ON COLUMN title_search.next_at IS 'When all sources are asked again.';
COMMENT ON COLUMN title_search.retry_at IS 'When those are asked that are not in "answered": they failed, or are new.';
COMMENT ON TABLE tracker_list IS 'Torrents of one indexer share their trackers: each list is stored once. URLs are joined by newlines.';
COMMENT ON TABLE transcode IS 'Recordings that were made anew by ffmpeg; their files are in DATA_DIR/transcodes.';
COMMENT ON COLUMN transcode.job_id IS 'Null until a job was made; the job says how far it is.';
COMMENT ON COLUMN transcode.live_stream_id IS 'The recording. Its row stays when it is deleted: nothing cascades.';
COMMENT ON COLUMN transcode.rungs IS 'Renditions that were asked for, in the order of the ladder.';
COMMENT ON COLUMN transcode.used_at IS 'When it was asked for or played last: those that were not for long make room.';
COMMENT ON INDEX transcode_by_recording IS 'transcode.of-recording';
COMMENT ON INDEX transcode_by_use IS 'transcode.least-used';
COMMENT ON INDEX transcode_wanted IS 'transcode.request';
COMMENT ON TABLE user_profile IS 'Configurations that live here, not in an install address. A revoked one is deleted.';
COMMENT ON COLUMN user_profile.legacy_config IS 'Taken over from another server: the configuration without its secrets; they are in legacy_secrets, as that server sealed them.';
COMMENT ON COLUMN user_profile.owner_key_hash IS 'SHA-256 of the key that its owner edits and revokes it with; null: nobody can.';
COMMENT ON COLUMN user_profile.private_revision IS 'Raised with every change of its private streams; 0: it never had any, and its lists look for none.';
COMMENT ON COLUMN user_profile.sealed IS 'The configuration, sealed with SECRET_KEY and bound to profile_id (src/lib/install-token/key-ring.ts).';
COMMENT ON TABLE vod_position IS 'Where viewers left recordings: the 200 newest of each, for half a year, a million in all.';
COMMENT ON COLUMN vod_position.viewer IS 'Digest of the key that the viewer''s client keeps.';
COMMENT ON INDEX vod_position_by_time IS 'vod.purge-positions';
COMMENT ON INDEX vod_position_by_viewer IS 'vod.positions, vod.put-position';
