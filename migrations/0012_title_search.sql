-- When the sources were last searched for a movie or an episode, and when they are to be again.

CREATE TABLE title_search (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  season smallint NOT NULL CHECK (season BETWEEN 0 AND 9999),
  episode integer NOT NULL CHECK (episode BETWEEN 0 AND 99999),
  empty_count smallint NOT NULL DEFAULT 0 CHECK (empty_count >= 0),
  failed_count smallint NOT NULL DEFAULT 0 CHECK (failed_count >= 0),
  searched_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  retry_at timestamptz NOT NULL,
  answered text[] NOT NULL,
  PRIMARY KEY (media_id, season, episode)
) WITH (fillfactor = 80);
COMMENT ON TABLE title_search IS 'A search that some source answered. Season and episode are 0 for movies.';
COMMENT ON COLUMN title_search.empty_count IS 'Searches in a row that found nothing.';
COMMENT ON COLUMN title_search.failed_count IS 'Searches in a row in which a source failed.';
COMMENT ON COLUMN title_search.next_at IS 'When all sources are asked again.';
COMMENT ON COLUMN title_search.retry_at IS 'When those are asked that are not in "answered": they failed, or are new.';
COMMENT ON COLUMN title_search.answered IS 'Ids of sources, as the configuration of the instance names them.';
