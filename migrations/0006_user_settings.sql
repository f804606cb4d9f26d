-- What users' settings need: levels that titles are hidden by, catalogues in other orders, stored profiles.

ALTER TABLE media
  ADD COLUMN nudity smallint NOT NULL DEFAULT 0 CHECK (nudity BETWEEN 0 AND 7),
  ADD COLUMN certificate smallint NOT NULL DEFAULT 0 CHECK (certificate BETWEEN 0 AND 7);
COMMENT ON COLUMN media.nudity IS 'Index into NUDITY_LEVELS of src/lib/vocabulary.ts.';
COMMENT ON COLUMN media.certificate IS 'Index into CERTIFICATES of src/lib/vocabulary.ts.';

ALTER TABLE catalog_entry
  ADD COLUMN levels integer NOT NULL DEFAULT 0,
  ADD COLUMN rating real NOT NULL DEFAULT 0,
  ADD COLUMN released date NOT NULL DEFAULT '0001-01-01',
  ADD COLUMN title_key text COLLATE "C" NOT NULL DEFAULT '';
COMMENT ON COLUMN catalog_entry.levels IS 'Bit of the title''s nudity level, and bit 8 + its certificate: a page is filtered without a look at the title.';
COMMENT ON COLUMN catalog_entry.released IS 'The first day of the year where only that is known; the year 1 where nothing is.';
COMMENT ON COLUMN catalog_entry.title_key IS 'Lower case, the first 64 characters.';

-- Makes the entries of these titles what their rows say: unblocked, not adult, with streams or always listed.
CREATE OR REPLACE FUNCTION sync_catalog_entries(changed bigint[]) RETURNS void LANGUAGE sql AS $$
  WITH wanted AS (
    SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity,
      (1 << m.nudity) | (1 << (8 + m.certificate)) AS levels,
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
$$;

CREATE FUNCTION media_ratings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sync_catalog_entries((SELECT array_agg(DISTINCT media_id) FROM changed));
  RETURN NULL;
END
$$;
CREATE TRIGGER ratings_inserted AFTER INSERT ON media_rating
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();
CREATE TRIGGER ratings_updated AFTER UPDATE ON media_rating
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();
CREATE TRIGGER ratings_deleted AFTER DELETE ON media_rating
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION media_ratings_changed();

SELECT sync_catalog_entries((SELECT array_agg(DISTINCT media_id) FROM catalog_entry));

DROP INDEX catalog_entry_latest;
CREATE INDEX catalog_entry_latest ON catalog_entry (genre_id, type, latest_at, media_id) INCLUDE (levels);
COMMENT ON INDEX catalog_entry_latest IS 'library.catalog-latest';
DROP INDEX catalog_entry_popular;
CREATE INDEX catalog_entry_popular ON catalog_entry (genre_id, type, popularity, media_id) INCLUDE (levels);
COMMENT ON INDEX catalog_entry_popular IS 'library.catalog-popular';
CREATE INDEX catalog_entry_rating ON catalog_entry (genre_id, type, rating, media_id) INCLUDE (levels);
COMMENT ON INDEX catalog_entry_rating IS 'library.catalog-rating';
CREATE INDEX catalog_entry_released ON catalog_entry (genre_id, type, released, media_id) INCLUDE (levels);
COMMENT ON INDEX catalog_entry_released IS 'library.catalog-released';
CREATE INDEX catalog_entry_title ON catalog_entry (genre_id, type, title_key, media_id) INCLUDE (levels);
COMMENT ON INDEX catalog_entry_title IS 'library.catalog-title';

CREATE TABLE user_profile (
  profile_id uuid PRIMARY KEY,
  sealed bytea,
  owner_key_hash bytea CHECK (length(owner_key_hash) = 32),
  legacy_config jsonb CHECK (jsonb_typeof(legacy_config) = 'object'),
  legacy_secrets text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((sealed IS NULL) <> (legacy_config IS NULL))
);
COMMENT ON TABLE user_profile IS 'Configurations that live here, not in an install address. A revoked one is deleted.';
COMMENT ON COLUMN user_profile.sealed IS 'The configuration, sealed with SECRET_KEY and bound to profile_id (src/lib/install-token/key-ring.ts).';
COMMENT ON COLUMN user_profile.owner_key_hash IS 'SHA-256 of the key that its owner edits and revokes it with; null: nobody can.';
COMMENT ON COLUMN user_profile.legacy_config IS 'Taken over from another server: the configuration without its secrets; they are in legacy_secrets, as that server sealed them.';

CREATE OR REPLACE FUNCTION hdr_names(mask bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  names_of_mask(ARRAY['DV', 'HDR10+', 'HDR', 'SDR', 'HLG'], mask);
