-- Guides of television: where they come from, and what each sync brought of channels and programmes.

CREATE TABLE guide (
  guide_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  sealed_url bytea,
  host text NOT NULL DEFAULT '',
  interval_hours smallint NOT NULL DEFAULT 12 CHECK (interval_hours BETWEEN 1 AND 720),
  next_at timestamptz NOT NULL DEFAULT now(),
  synced_at timestamptz,
  failure text,
  channels integer NOT NULL DEFAULT 0,
  programmes integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE guide IS 'Sources of programmes (XMLTV).';
COMMENT ON COLUMN guide.sealed_url IS 'Encrypted, for it may hold a password; null: it is brought by the command import alone.';
COMMENT ON COLUMN guide.failure IS 'Why the last sync failed, null when it did not; what was there before stays.';

CREATE TABLE guide_load (
  load_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guide_id integer NOT NULL REFERENCES guide ON DELETE CASCADE,
  is_current boolean NOT NULL DEFAULT false,
  started_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE guide_load IS 'What one sync brought: readers see the current one, the next is written beside it.';
CREATE INDEX guide_load_of_guide ON guide_load (guide_id);
COMMENT ON INDEX guide_load_of_guide IS 'guide.delete-programmes, guide.delete';
CREATE UNIQUE INDEX guide_load_current ON guide_load (guide_id) WHERE is_current;
COMMENT ON INDEX guide_load_current IS 'guide.now-and-next, guide.programmes';

CREATE TABLE guide_channel (
  load_id integer NOT NULL REFERENCES guide_load ON DELETE CASCADE,
  channel integer NOT NULL,
  xmltv_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  icon_url text NOT NULL,
  PRIMARY KEY (load_id, channel)
);
COMMENT ON TABLE guide_channel IS 'Channels of guides, numbered by each sync.';
CREATE UNIQUE INDEX guide_channel_by_id ON guide_channel (load_id, xmltv_id);
COMMENT ON INDEX guide_channel_by_id IS 'guide.channels, guide.now-and-next';

CREATE TABLE guide_programme (
  start_at timestamptz NOT NULL,
  stop_at timestamptz NOT NULL,
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
COMMENT ON TABLE guide_programme IS 'Programmes of guides. Without a foreign key: millions of rows come and go with their load.';
COMMENT ON COLUMN guide_programme.flags IS '1 new, 2 live, 4 a repeat.';
COMMENT ON COLUMN guide_programme.other_texts IS 'Titles, subtitles and descriptions after the first, with their languages.';
CREATE INDEX guide_programme_by_time ON guide_programme (load_id, channel, start_at);
COMMENT ON INDEX guide_programme_by_time IS 'guide.now-and-next, guide.programmes';

CREATE TABLE guided_channel (
  channel_id bigint PRIMARY KEY REFERENCES iptv_channel ON DELETE CASCADE,
  matched_name text NOT NULL,
  matched_tvg_id text COLLATE "C" NOT NULL,
  guide_id integer REFERENCES guide ON DELETE SET NULL,
  xmltv_id text COLLATE "C" NOT NULL DEFAULT '',
  score real NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 1),
  is_manual boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE guided_channel IS 'Which channel of which guide tells what a channel shows.';
COMMENT ON COLUMN guided_channel.matched_name IS 'What the channel was called when it was matched, as matched_tvg_id.';
COMMENT ON COLUMN guided_channel.guide_id IS 'Null: no guide has it, or somebody said so (is_manual).';
COMMENT ON COLUMN guided_channel.is_manual IS 'Said by a person: no sync changes it.';
CREATE INDEX guided_channel_of_guide ON guided_channel (guide_id);
COMMENT ON INDEX guided_channel_of_guide IS 'guide.delete';
