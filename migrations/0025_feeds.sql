-- Feeds that operators name, and what feeds and sources were asked for last.

CREATE TABLE feed (
  feed_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 60),
  sealed_url bytea NOT NULL,
  host text NOT NULL,
  media_type media_type,
  interval_minutes integer NOT NULL DEFAULT 30 CHECK (interval_minutes BETWEEN 5 AND 43200),
  is_on boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE feed IS 'Feeds (RSS, Atom, Torznab) whose items are imported.';
COMMENT ON COLUMN feed.sealed_url IS 'Encrypted, for it may hold a key.';
COMMENT ON COLUMN feed.media_type IS 'What all its items are; null: their names say it.';

CREATE TABLE latest_mark (
  source text COLLATE "C" PRIMARY KEY,
  next_at timestamptz NOT NULL DEFAULT now(),
  polled_at timestamptz,
  succeeded_at timestamptz,
  items bigint NOT NULL DEFAULT 0,
  linked bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  polls integer NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  last_error text NOT NULL DEFAULT '',
  etag text NOT NULL DEFAULT '',
  last_modified text NOT NULL DEFAULT '',
  seen bytea NOT NULL DEFAULT ''
);
COMMENT ON TABLE latest_mark IS 'How far each feed (feed:7) and each source of live search (torznab:Name) was read.';
COMMENT ON COLUMN latest_mark.failures IS 'In a row: each doubles the pause.';
COMMENT ON COLUMN latest_mark.refused IS 'Items of no title that is known.';
COMMENT ON COLUMN latest_mark.seen IS 'The newest items that were dealt with, as hashes of eight bytes, oldest first; bounded.';
