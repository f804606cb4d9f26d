-- Titles and what is known about them. Designed for 1 million titles.
-- Unknown texts are '' and unknown numbers 0, so that readers need no null handling; dates are null.

CREATE TYPE media_type AS ENUM ('movie', 'series');

-- 65 random bits as 13 base-32 characters. Byte 6 of a version 4 UUID is not random throughout.
CREATE FUNCTION new_public_id() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT 'sl:' || string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', (get_byte(bytes, at) & 31) + 1, 1), '' ORDER BY at)
  FROM (SELECT uuid_send(gen_random_uuid()) AS bytes) AS random, unnest(ARRAY[0,1,2,3,4,5,7,8,9,10,11,12,13]) AS at
$$;

CREATE TABLE media (
  media_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type media_type NOT NULL,
  public_id text NOT NULL DEFAULT new_public_id() CHECK (public_id ~ '^sl:[a-z0-9][a-z0-9-]{0,79}$'),
  title text NOT NULL CHECK (title <> ''),
  original_title text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  website text NOT NULL DEFAULT '',
  released date,
  year smallint NOT NULL DEFAULT 0 CHECK (year >= 0),
  end_year smallint NOT NULL DEFAULT 0 CHECK (end_year >= 0),
  runtime_minutes integer NOT NULL DEFAULT 0 CHECK (runtime_minutes >= 0),
  languages_low integer NOT NULL DEFAULT 0,
  languages_high integer NOT NULL DEFAULT 0,
  is_adult boolean NOT NULL DEFAULT false,
  is_blocked boolean NOT NULL DEFAULT false,
  is_always_listed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search tsvector NOT NULL DEFAULT '',
  UNIQUE (public_id)
) WITH (fillfactor = 90);
COMMENT ON TABLE media IS 'A film or a series. Whoever changes rows that hang on it sets updated_at, which raises media_counter.version.';
COMMENT ON COLUMN media.public_id IS 'Id in users'' libraries, for ever: never derived from media_id. Also a row of media_external_id.';
COMMENT ON COLUMN media.is_always_listed IS 'In catalogues also without streams.';
COMMENT ON COLUMN media.languages_low IS 'Bits 0 to 31 of LANGUAGES in src/lib/vocabulary.ts; languages_high has the others.';
COMMENT ON COLUMN media.search IS 'Lexemes of all titles as src/lib/search-text.ts makes them: independent of the locale of the database.';

CREATE INDEX media_search ON media USING gin (search) WITH (fastupdate = off);
COMMENT ON INDEX media_search IS 'library.catalog-search';

CREATE TABLE media_external_id (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  media_type media_type NOT NULL,
  provider text NOT NULL CHECK (provider ~ '^[a-z0-9-]{2,16}$'),
  external_id text NOT NULL CHECK (external_id <> ''),
  position smallint NOT NULL DEFAULT 0 CHECK (position >= 0),
  PRIMARY KEY (external_id, provider, media_type),
  UNIQUE (media_id, provider, position) INCLUDE (external_id)
);
COMMENT ON TABLE media_external_id IS
  'Every id by which a title is found: imdb (tt…), tmdb (digits; numbers are per type), tvdb, mal, …, and sl (our own, with prefix).';
COMMENT ON COLUMN media_external_id.position IS '0 for the one that clients are shown; the others lead here after a merge.';

CREATE TABLE media_title (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  title text NOT NULL CHECK (title <> ''),
  PRIMARY KEY (media_id, title)
);
COMMENT ON TABLE media_title IS 'Alternative titles; searched through media.search.';

CREATE TABLE season (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  season smallint NOT NULL CHECK (season BETWEEN 0 AND 9999),
  title text NOT NULL DEFAULT '',
  overview text NOT NULL DEFAULT '',
  PRIMARY KEY (media_id, season)
);

CREATE TABLE episode (
  media_id bigint NOT NULL,
  season smallint NOT NULL,
  episode integer NOT NULL CHECK (episode BETWEEN 0 AND 99999),
  released date,
  title text NOT NULL DEFAULT '',
  overview text NOT NULL DEFAULT '',
  thumbnail_url text NOT NULL DEFAULT '',
  PRIMARY KEY (media_id, season, episode),
  FOREIGN KEY (media_id, season) REFERENCES season ON DELETE CASCADE
);

CREATE TABLE genre (
  genre_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (genre_id > 0),
  name text NOT NULL UNIQUE CHECK (name <> '')
);

CREATE TABLE media_genre (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  genre_id smallint NOT NULL REFERENCES genre,
  position smallint NOT NULL,
  PRIMARY KEY (media_id, genre_id)
);
COMMENT ON COLUMN media_genre.position IS '0 for the most fitting.';

CREATE TABLE media_image (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('poster', 'background', 'logo')),
  url text NOT NULL CHECK (url <> ''),
  position smallint NOT NULL,
  PRIMARY KEY (media_id, kind, url)
);
COMMENT ON COLUMN media_image.position IS '0 for the one to show.';

CREATE TABLE media_rating (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider ~ '^[a-z0-9-]{2,16}$'),
  value real NOT NULL CHECK (value BETWEEN 0 AND 10),
  votes integer NOT NULL DEFAULT 0 CHECK (votes >= 0),
  PRIMARY KEY (media_id, provider)
);

CREATE TABLE media_counter (
  media_id bigint PRIMARY KEY REFERENCES media ON DELETE CASCADE,
  latest_at timestamptz NOT NULL DEFAULT now(),
  link_count integer NOT NULL DEFAULT 0 CHECK (link_count >= 0),
  version integer NOT NULL DEFAULT 1,
  popularity real NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON TABLE media_counter IS 'What changes often, apart from wide rows. No index but the key, so that updates stay within the page (HOT).';
COMMENT ON COLUMN media_counter.latest_at IS 'When the last visible link was added; the title''s own arrival before that.';
COMMENT ON COLUMN media_counter.link_count IS 'Rows of stream_link with is_visible; kept by triggers.';
COMMENT ON COLUMN media_counter.version IS 'Raised by every change that a user would see.';
