-- Ids that stand for a season of a series or a part of one, as those of anime do.

ALTER TABLE media_external_id
  ADD COLUMN season smallint NOT NULL DEFAULT -1 CHECK (season BETWEEN -1 AND 9999),
  ADD COLUMN episode_offset integer NOT NULL DEFAULT 0 CHECK (episode_offset BETWEEN 0 AND 99999);
COMMENT ON COLUMN media_external_id.season IS
  'The season that the id stands for, as those of anime do (kitsu, mal, anilist); -1: for the whole title.';
COMMENT ON COLUMN media_external_id.episode_offset IS
  'Episodes of the season before the first one of the id, where it stands for its second half.';
COMMENT ON TABLE media_external_id IS
  'Every id by which a title is found: imdb (tt…), tmdb, tvdb (digits; numbers are per type), kitsu, mal, anilist (digits), and sl (our own, with prefix).';
