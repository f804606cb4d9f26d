-- What ids of anime stand for, from a public list.

CREATE TABLE anime_entry (
  entry_id integer PRIMARY KEY,
  media_type media_type NOT NULL,
  kitsu_id integer NOT NULL DEFAULT 0,
  mal_id integer NOT NULL DEFAULT 0,
  anilist_id integer NOT NULL DEFAULT 0,
  imdb_id text NOT NULL DEFAULT '',
  tmdb_id integer NOT NULL DEFAULT 0,
  tvdb_id integer NOT NULL DEFAULT 0,
  tvdb_season smallint NOT NULL DEFAULT 1,
  tvdb_offset integer NOT NULL DEFAULT 0,
  tmdb_season smallint NOT NULL DEFAULT 1,
  tmdb_offset integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE anime_entry IS
  'What ids of anime stand for, from a public list (docs/metadata.md): an entry is a film, a season or a part of one. Replaced as a whole.';
CREATE INDEX anime_entry_kitsu ON anime_entry (kitsu_id) WHERE kitsu_id > 0;
COMMENT ON INDEX anime_entry_kitsu IS 'metadata.anime-by-id';
CREATE INDEX anime_entry_mal ON anime_entry (mal_id) WHERE mal_id > 0;
COMMENT ON INDEX anime_entry_mal IS 'metadata.anime-by-id';
CREATE INDEX anime_entry_anilist ON anime_entry (anilist_id) WHERE anilist_id > 0;
COMMENT ON INDEX anime_entry_anilist IS 'metadata.anime-by-id';
CREATE INDEX anime_entry_imdb ON anime_entry (imdb_id) WHERE imdb_id <> '';
COMMENT ON INDEX anime_entry_imdb IS 'metadata.anime-of-title';
CREATE INDEX anime_entry_tmdb ON anime_entry (tmdb_id) WHERE tmdb_id > 0;
COMMENT ON INDEX anime_entry_tmdb IS 'metadata.anime-of-title';
CREATE INDEX anime_entry_tvdb ON anime_entry (tvdb_id) WHERE tvdb_id > 0;
COMMENT ON INDEX anime_entry_tvdb IS 'metadata.anime-of-title';

CREATE TABLE anime_list (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  etag text NOT NULL DEFAULT '',
  fetched_at timestamptz,
  next_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE anime_list IS 'One row: when the list in anime_entry was fetched, and when it is asked for again.';
INSERT INTO anime_list DEFAULT VALUES;
