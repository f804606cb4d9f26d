/**
 * SQL that merges what is staged of IMDb's tables, some thousand titles a transaction. Titles that the library lacks are
 * made, those that it has get what they lack; what services or imports said stays. Ratings are IMDb's own and follow it.
 */
import type { ChangedTitle } from '../../../library/contract.ts';
import { storedTitleId, type IdProvider } from '../../../../lib/stremio/media-id.ts';
import type { MediaType } from '../../../../lib/stremio/types.ts';
import type { BulkLoad } from '../../../../platform/db/bulk-load.ts';
import type { ImdbCounts } from '../../contract.ts';
import { MERGE } from '../stage/store.ts';

const TITLES_PER_BATCH = 2000;

/** A staged title, and the library's where it has it. */
export interface StagedTitle {
  readonly id: number;
  /** Null: the library's alone, of which only names, episodes or a rating are staged. */
  readonly type: MediaType | null;
  readonly title: string | null;
  readonly originalTitle: string | null;
  readonly year: number;
  readonly names: readonly string[];
  readonly ownerId: string | null;
}

/** How far a merge is. */
export interface MergePosition {
  readonly id: number;
  readonly counts: ImdbCounts;
}

export class ImdbMergeStore {
  readonly #load: BulkLoad;

  constructor(load: BulkLoad) {
    this.#load = load;
  }

  async prepare(): Promise<void> {
    await this.#load.query(CREATE_BATCH);
    await this.#load.query(ADD_LIBRARY_TITLES);
  }

  async titleCount(): Promise<number> {
    const [row] = await this.#load.query<CountRow>(
      'SELECT count(*)::int AS count FROM imdb_stage_title',
    );
    return row?.count ?? 0;
  }

  /** Where the one before stopped; null: at the beginning. */
  async position(): Promise<MergePosition | null> {
    const [row] = await this.#load.query<{ readonly version: string }>(
      'SELECT version FROM imdb_stage_file WHERE name = $1',
      [MERGE],
    );
    return row === undefined ? null : (JSON.parse(row.version) as MergePosition);
  }

  /** The next titles behind `after`; none at the end. */
  async titlesAfter(after: number): Promise<readonly StagedTitle[]> {
    return this.#load.query<StagedTitle & Record<string, unknown>>(TITLES_AFTER, [after]);
  }

  /**
   * One transaction, in which the position moves on, too.
   * @param rows of `imdb_batch` in COPY's text format
   */
  merge(
    rows: Uint8Array,
    positionOf: (counts: Omit<ImdbCounts, 'titles'>) => MergePosition,
  ): Promise<readonly ChangedTitle[]> {
    return this.#load.transaction(async () => {
      await this.#load.copy('COPY imdb_batch (id, media_id, public_id, lexemes) FROM STDIN', rows);
      const titlesAdded = await this.#count(INSERT_TITLES);
      for (const statement of SETTLE_NEW) await this.#load.query(statement);
      await this.#load.query(FILL_TITLES);
      const namesAdded = await this.#count(INSERT_NAMES);
      for (const statement of GENRES) await this.#load.query(statement);
      const ratingsChanged = await this.#count(UPSERT_RATINGS);
      await this.#load.query(SET_POPULARITY);
      await this.#load.query(INSERT_SEASONS);
      const episodesAdded = await this.#count(UPSERT_EPISODES);
      const titlesChanged = await this.#count(TOUCH_CHANGED);
      await this.#load.query(LIST_NEW);
      const ids = await this.#load.query<IdRow>(CHANGED_IDS);
      const counts = { titlesAdded, titlesChanged, namesAdded, episodesAdded, ratingsChanged };
      await this.#load.query(SAVE_POSITION, [MERGE, JSON.stringify(positionOf(counts))]);
      return changedTitles(ids);
    });
  }

  async #count(statement: string): Promise<number> {
    const [row] = await this.#load.query<CountRow>(statement);
    return row?.count ?? 0;
  }
}

interface CountRow extends Readonly<Record<string, unknown>> {
  readonly count: number;
}

interface IdRow extends Readonly<Record<string, unknown>> {
  readonly mediaId: string;
  readonly type: MediaType;
  readonly provider: IdProvider;
  readonly id: string;
}

function changedTitles(rows: readonly IdRow[]): readonly ChangedTitle[] {
  const titles = new Map<string, ChangedTitle['ids'][number][]>();
  for (const { mediaId, type, provider, id } of rows) {
    const ids = titles.get(mediaId) ?? [];
    ids.push(storedTitleId(type, provider, id));
    titles.set(mediaId, ids);
  }
  return [...titles.values()].map((ids) => ({ ids, episodes: [] }));
}

const CREATE_BATCH = `
CREATE TEMP TABLE imdb_batch (id int PRIMARY KEY, media_id bigint, public_id text, lexemes text[],
  is_new boolean NOT NULL DEFAULT false, is_changed boolean NOT NULL DEFAULT false) ON COMMIT DELETE ROWS`;

/** Titles of the library that are not in the tables of titles, but in another one. */
const ADD_LIBRARY_TITLES = String.raw`
INSERT INTO imdb_stage_title (id)
SELECT i.id FROM (
  SELECT DISTINCT substr(external_id, 3)::int AS id FROM media_external_id
  WHERE provider = 'imdb' AND external_id ~ '^tt\d{7,8}$'
) i
WHERE NOT EXISTS (SELECT FROM imdb_stage_title t WHERE t.id = i.id) AND (
  EXISTS (SELECT FROM imdb_stage_rating r WHERE r.id = i.id) OR EXISTS (SELECT FROM imdb_stage_name n WHERE n.id = i.id)
  OR EXISTS (SELECT FROM imdb_stage_episode e WHERE e.series = i.id)
)`;

const IMDB_ID = `'tt' || lpad(s.id::text, greatest(7, length(s.id::text)), '0')`;

const TITLES_AFTER = `
SELECT s.id, s.type, s.title, s.original_title AS "originalTitle", coalesce(s.year, 0) AS year, owner.media_id AS "ownerId",
  ARRAY(SELECT DISTINCT n.name FROM imdb_stage_name n WHERE n.id = s.id) AS names
FROM (
  SELECT DISTINCT ON (id) * FROM imdb_stage_title WHERE id > $1::int ORDER BY id LIMIT ${TITLES_PER_BATCH}
) s
LEFT JOIN LATERAL (
  SELECT x.media_id FROM media_external_id x
  WHERE x.external_id = ${IMDB_ID} AND x.provider = 'imdb' AND x.season = -1
  ORDER BY (x.media_type = s.type) IS NOT TRUE LIMIT 1
) owner ON true
ORDER BY s.id`;

const STAGED = `imdb_batch b JOIN LATERAL (SELECT * FROM imdb_stage_title t WHERE t.id = b.id LIMIT 1) t ON true`;

/** In catalogues where titles without streams are: live search finds theirs. */
const INSERT_TITLES = `
WITH added AS (
  INSERT INTO media
    (type, public_id, title, original_title, year, end_year, runtime_minutes, is_adult, is_always_listed, search)
  SELECT t.type, b.public_id, t.title, t.original_title, t.year, t.end_year, t.minutes, t.is_adult, true,
    array_to_tsvector(b.lexemes)
  FROM ${STAGED} WHERE b.media_id IS NULL ORDER BY b.public_id
  ON CONFLICT (public_id) DO NOTHING
  RETURNING media_id, public_id
), found AS (
  UPDATE imdb_batch b SET media_id = a.media_id, is_new = true FROM added a WHERE a.public_id = b.public_id RETURNING 1
)
SELECT count(*)::int FROM found`;

/** What came meanwhile from somebody else; ids; that services complete the new ones once somebody opens them. */
const SETTLE_NEW = [
  `UPDATE imdb_batch b SET media_id = m.media_id FROM media m WHERE b.media_id IS NULL AND m.public_id = b.public_id`,
  `INSERT INTO media_external_id (media_id, media_type, provider, external_id)
   SELECT s.media_id, m.type, 'imdb', ${IMDB_ID} FROM imdb_batch s JOIN media m USING (media_id)
   WHERE s.is_new ORDER BY 4 ON CONFLICT DO NOTHING`,
  `INSERT INTO title_metadata (media_id, next_at, is_sketch)
   SELECT media_id, now(), true FROM imdb_batch WHERE is_new ORDER BY 1 ON CONFLICT DO NOTHING`,
];

const FILL_TITLES = `
WITH filled AS (
  UPDATE media m SET
    original_title = CASE WHEN m.original_title = '' AND t.original_title <> m.title THEN t.original_title
      ELSE m.original_title END,
    year = coalesce(nullif(m.year, 0), t.year, 0), end_year = coalesce(nullif(m.end_year, 0), t.end_year, 0),
    runtime_minutes = coalesce(nullif(m.runtime_minutes, 0), t.minutes, 0),
    search = m.search || array_to_tsvector(b.lexemes)
  FROM ${STAGED}
  WHERE m.media_id = b.media_id AND NOT b.is_new AND m.media_id = ANY (ARRAY(SELECT media_id FROM imdb_batch)) AND (
    m.original_title = '' AND coalesce(t.original_title, '') NOT IN ('', m.title) OR m.year = 0 AND t.year > 0
    OR m.end_year = 0 AND t.end_year > 0 OR m.runtime_minutes = 0 AND t.minutes > 0
    OR m.search || array_to_tsvector(b.lexemes) IS DISTINCT FROM m.search
  )
  RETURNING b.id
)
UPDATE imdb_batch b SET is_changed = true FROM filled f WHERE f.id = b.id`;

/** What a statement changed of titles that were there is told to whoever shows them. */
function marked(table: string, select: string, conflict: string): string {
  return `
WITH put AS (
  INSERT INTO ${table} ${select} ${conflict} RETURNING media_id, xmax = 0 AS is_added
), told AS (
  UPDATE imdb_batch b SET is_changed = true FROM (SELECT DISTINCT media_id FROM put) p WHERE p.media_id = b.media_id
)
SELECT count(*) FILTER (WHERE is_added)::int AS count, count(*)::int AS written FROM put`;
}

const INSERT_NAMES = marked(
  'media_title (media_id, title)',
  `SELECT DISTINCT b.media_id, n.name FROM ${STAGED}
  CROSS JOIN LATERAL (
    SELECT name FROM imdb_stage_name WHERE id = b.id UNION SELECT t.title UNION SELECT t.original_title
  ) n
  JOIN media m ON m.media_id = b.media_id
  WHERE n.name <> '' AND n.name NOT IN (m.title, m.original_title)
    AND NOT EXISTS (SELECT FROM media_title o WHERE (o.media_id, o.title) = (b.media_id, n.name) OFFSET 0)
  ORDER BY 1, 2`,
  'ON CONFLICT DO NOTHING',
);

const GENRES_OF = `
FROM ${STAGED} CROSS JOIN LATERAL unnest(string_to_array(t.genres, ',')) WITH ORDINALITY AS g (name, ordinal)
WHERE g.name <> ''`;
/** NOT EXISTS beside ON CONFLICT: a conflict would use up a number of a small sequence. */
const GENRES = [
  `INSERT INTO genre (name) SELECT DISTINCT g.name ${GENRES_OF} AND NOT EXISTS (SELECT FROM genre x WHERE x.name = g.name)
   ORDER BY 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO media_genre (media_id, genre_id, position)
   SELECT DISTINCT ON (b.media_id, x.genre_id) b.media_id, x.genre_id, g.ordinal - 1 AS position
   FROM ${STAGED} CROSS JOIN LATERAL unnest(string_to_array(t.genres, ',')) WITH ORDINALITY AS g (name, ordinal)
   JOIN genre x USING (name)
   WHERE b.media_id IS NOT NULL AND NOT EXISTS (SELECT FROM media_genre o WHERE o.media_id = b.media_id OFFSET 0)
   ORDER BY b.media_id, x.genre_id, position ON CONFLICT DO NOTHING`,
];

/** Of a title with two ids the lower number counts: the same each time. */
const UPSERT_RATINGS = marked(
  'media_rating AS o (media_id, provider, value, votes)',
  `SELECT DISTINCT ON (b.media_id) b.media_id, 'imdb', r.value, r.votes
  FROM imdb_batch b JOIN LATERAL (SELECT value, votes FROM imdb_stage_rating r WHERE r.id = b.id LIMIT 1) r ON true
  WHERE b.media_id IS NOT NULL ORDER BY b.media_id, b.id`,
  `ON CONFLICT (media_id, provider) DO UPDATE SET value = excluded.value, votes = excluded.votes
  WHERE (o.value, o.votes) IS DISTINCT FROM (excluded.value, excluded.votes)`,
).replace(
  'count(*) FILTER (WHERE is_added)::int AS count, count(*)::int AS written',
  'count(*)::int AS count',
);

/**
 * On the scale of TMDB's, whose most popular titles have some hundred, where nobody has said it. New titles are as old as they
 * are: else they would be the latest of all.
 */
const SET_POPULARITY = `
UPDATE media_counter c SET
  popularity = CASE WHEN c.popularity = 0 THEN g.popularity ELSE c.popularity END,
  latest_at = CASE WHEN g.is_new AND g.year > 0
    THEN least(now(), make_timestamptz(g.year, 1, 1, 0, 0, 0, 'UTC')) ELSE c.latest_at END
FROM (
  SELECT b.media_id, b.is_new, t.year, coalesce(max(sqrt(r.votes) / 10), 0)::real AS popularity
  FROM ${STAGED} LEFT JOIN imdb_stage_rating r ON r.id = b.id GROUP BY b.media_id, b.is_new, t.year
) g
WHERE c.media_id = g.media_id AND (g.is_new OR c.popularity = 0 AND g.popularity > 0)`;

/** Of titles without services that say which episodes there are. */
const EPISODES = `
FROM imdb_batch b JOIN media m ON m.media_id = b.media_id AND m.type = 'series'
JOIN LATERAL (SELECT * FROM imdb_stage_episode e WHERE e.series = b.id OFFSET 0) e ON true
LEFT JOIN LATERAL (SELECT n.title FROM imdb_stage_episode_name n WHERE n.id = e.id LIMIT 1) n ON true
WHERE NOT EXISTS (SELECT FROM title_metadata t WHERE t.media_id = b.media_id AND NOT t.is_sketch OFFSET 0)`;

const INSERT_SEASONS = `
INSERT INTO season (media_id, season) SELECT DISTINCT b.media_id, e.season ${EPISODES} ORDER BY 1, 2 ON CONFLICT DO NOTHING`;

const UPSERT_EPISODES = marked(
  'episode AS o (media_id, season, episode, title)',
  `SELECT DISTINCT ON (b.media_id, e.season, e.episode) b.media_id, e.season, e.episode, coalesce(n.title, '')
  ${EPISODES} ORDER BY b.media_id, e.season, e.episode, e.id`,
  `ON CONFLICT (media_id, season, episode) DO UPDATE SET title = excluded.title WHERE o.title = '' AND excluded.title <> ''`,
);

const TOUCH_CHANGED = `
WITH touched AS (
  UPDATE media SET updated_at = now()
  WHERE media_id = ANY (ARRAY(SELECT media_id FROM imdb_batch WHERE is_changed AND NOT is_new)) RETURNING 1
)
SELECT count(*)::int FROM touched`;

/** With their genres, ratings and dates, which came behind their rows. */
const LIST_NEW = `SELECT sync_catalog_entries(ARRAY(SELECT media_id FROM imdb_batch WHERE is_new))`;

const CHANGED_IDS = `
SELECT x.media_id AS "mediaId", x.media_type AS type, x.provider, x.external_id AS id
FROM (SELECT DISTINCT media_id FROM imdb_batch WHERE is_new OR is_changed) c JOIN media_external_id x USING (media_id)
WHERE x.provider IN ('sl', 'imdb', 'tmdb', 'tvdb', 'kitsu', 'mal', 'anilist') ORDER BY x.media_id, x.provider, x.position`;

const SAVE_POSITION = `
INSERT INTO imdb_stage_file (name, version) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET version = excluded.version`;
