-- What was asked for and found little: what is searched for in the background.

CREATE TABLE search_demand (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  season smallint NOT NULL CHECK (season BETWEEN 0 AND 9999),
  episode integer NOT NULL CHECK (episode BETWEEN 0 AND 99999),
  wanted real NOT NULL CHECK (wanted > 0),
  wanted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (media_id, season, episode)
) WITH (fillfactor = 80);
COMMENT ON TABLE search_demand IS 'How much a movie or an episode with few streams is asked for; bounded to the most wanted.';
COMMENT ON COLUMN search_demand.wanted IS 'Times, as of wanted_at: half of it three days later.';
