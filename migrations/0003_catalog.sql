-- What catalogues list, and the triggers that keep counts and lists true whoever writes.

CREATE TABLE catalog_entry (
  media_id bigint NOT NULL REFERENCES media ON DELETE CASCADE,
  latest_at timestamptz NOT NULL,
  popularity real NOT NULL,
  type media_type NOT NULL,
  genre_id smallint NOT NULL,
  PRIMARY KEY (media_id, genre_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE catalog_entry IS
  'Derived: one row per listed title and genre, and one with genre 0 for all genres. Pages are read from its indexes alone.';

CREATE INDEX catalog_entry_latest ON catalog_entry (genre_id, type, latest_at, media_id);
COMMENT ON INDEX catalog_entry_latest IS 'library.catalog-latest';
CREATE INDEX catalog_entry_popular ON catalog_entry (genre_id, type, popularity, media_id);
COMMENT ON INDEX catalog_entry_popular IS 'library.catalog-popular';

-- Makes the entries of these titles what their rows say: unblocked, not adult, with streams or always listed.
CREATE FUNCTION sync_catalog_entries(changed bigint[]) RETURNS void LANGUAGE sql AS $$
  WITH wanted AS (
    SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity
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
  INSERT INTO catalog_entry AS e (media_id, genre_id, type, latest_at, popularity)
  SELECT media_id, genre_id, type, latest_at, popularity FROM wanted ORDER BY media_id, genre_id
  ON CONFLICT (media_id, genre_id) DO UPDATE
  SET type = excluded.type, latest_at = excluded.latest_at, popularity = excluded.popularity
  WHERE (e.type, e.latest_at, e.popularity) IS DISTINCT FROM (excluded.type, excluded.latest_at, excluded.popularity)
$$;

-- Applies changes of link counts. Rows are locked in one order, so that two writers cannot wait for each other.
CREATE FUNCTION add_link_counts(changed bigint[], differences integer[]) RETURNS void LANGUAGE plpgsql AS $$
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
$$;

CREATE FUNCTION stream_links_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
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
$$;
CREATE TRIGGER links_inserted AFTER INSERT ON stream_link
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stream_links_inserted();

CREATE FUNCTION stream_links_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
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
$$;
CREATE TRIGGER links_deleted AFTER DELETE ON stream_link
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION stream_links_deleted();

CREATE FUNCTION stream_links_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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
$$;
CREATE TRIGGER links_updated AFTER UPDATE ON stream_link
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stream_links_updated();

CREATE FUNCTION stream_visibility_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stream_link SET is_visible = new.is_visible WHERE stream_id = new.stream_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER visibility_changed AFTER UPDATE ON stream
  FOR EACH ROW WHEN (old.is_visible <> new.is_visible) EXECUTE FUNCTION stream_visibility_changed();

CREATE FUNCTION media_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO media_counter (media_id) SELECT media_id FROM added;
  INSERT INTO media_external_id (media_id, media_type, provider, external_id)
  SELECT media_id, type, 'sl', public_id FROM added;
  PERFORM sync_catalog_entries((SELECT array_agg(media_id) FROM added));
  RETURN NULL;
END
$$;
CREATE TRIGGER inserted AFTER INSERT ON media
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION media_inserted();

CREATE FUNCTION media_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed bigint[];
BEGIN
  SELECT array_agg(media_id) INTO changed FROM added;
  IF changed IS NOT NULL THEN
    PERFORM add_link_counts(changed, array_fill(0, ARRAY[cardinality(changed)]));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER updated AFTER UPDATE ON media
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION media_updated();

CREATE FUNCTION media_popularity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE catalog_entry SET popularity = new.popularity WHERE media_id = new.media_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER popularity_changed AFTER UPDATE ON media_counter
  FOR EACH ROW WHEN (old.popularity <> new.popularity) EXECUTE FUNCTION media_popularity_changed();
