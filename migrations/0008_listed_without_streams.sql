-- A title that is listed without a stream carries a bit that pages can leave out, as they leave out hidden levels.

COMMENT ON COLUMN catalog_entry.levels IS
  'Bit of the title''s nudity level, bit 8 + its certificate, and bit 16 while nothing plays it: a page is filtered without a look at the title.';

-- Makes the entries of these titles what their rows say: unblocked, not adult, with streams or always listed.
CREATE OR REPLACE FUNCTION sync_catalog_entries(changed bigint[]) RETURNS void LANGUAGE sql AS $$
  WITH wanted AS (
    SELECT m.media_id, g.genre_id, m.type, c.latest_at, c.popularity,
      (1 << m.nudity) | (1 << (8 + m.certificate)) | (CASE WHEN c.link_count > 0 THEN 0 ELSE 1 << 16 END) AS levels,
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

SELECT sync_catalog_entries(array_agg(media_id))
FROM media JOIN media_counter USING (media_id) WHERE is_always_listed AND link_count = 0;
