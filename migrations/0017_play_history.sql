-- What was played with stored profiles.

CREATE TABLE play_history (
  profile_id uuid NOT NULL REFERENCES user_profile ON DELETE CASCADE,
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  played_at timestamptz NOT NULL,
  plays integer NOT NULL DEFAULT 1 CHECK (plays > 0),
  episode integer NOT NULL CHECK (episode >= 0),
  season smallint NOT NULL CHECK (season >= 0),
  PRIMARY KEY (profile_id, media_id, season, episode)
);
COMMENT ON TABLE play_history IS 'What profiles that keep a history have played: a line for each film and episode, the newest 500 of a profile.';
COMMENT ON COLUMN play_history.season IS '0 for films and specials.';
COMMENT ON COLUMN play_history.episode IS '0 for films.';
CREATE INDEX play_history_by_time ON play_history (profile_id, played_at);
COMMENT ON INDEX play_history_by_time IS 'history.page, history.last-played, history.delete-oldest';
CREATE INDEX play_history_by_media ON play_history (media_id);
COMMENT ON INDEX play_history_by_media IS 'library.adopt';
