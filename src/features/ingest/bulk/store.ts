/**
 * SQL of bulk imports: rows are staged by COPY in temporary tables, then merged set by set in one transaction. Every statement
 * writes only what differs, in the order of keys: a repeated import changes nothing, and two do not block each other.
 */
import { STAGED_COLUMNS, type StagedLines } from '../../../lib/import-line/stage-lines.ts';
import type { TitleDetails } from '../../../lib/import-line/title-details.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../../lib/title-match/title-facts.ts';
import { STREAM_FLAGS } from '../../../lib/vocabulary.ts';
import type { BulkLoad } from '../../../platform/db/bulk-load.ts';
import type { ChangedEpisode } from '../../library/contract.ts';
import type { BulkCounts } from '../contract.ts';

/** What one merge did. */
export interface Merged {
  readonly counts: Omit<BulkCounts, 'lines' | 'refused' | 'hidden'>;
  /** Lines that turned out not to fit what the library has. */
  readonly refused: readonly Refusal[];
  readonly episodes: readonly ChangedEpisode[];
}

interface Refusal {
  readonly line: number;
  readonly reason: string;
}

type Staged = Pick<StagedLines, 'titles' | 'titleIds' | 'streams' | 'links'>;

export class BulkStore {
  /** Its connection. */
  readonly load: BulkLoad;

  constructor(load: BulkLoad) {
    this.load = load;
  }

  /** Once for each connection, before anything else. */
  async prepare(): Promise<void> {
    for (const table of STAGE_TABLES) await this.load.query(table);
  }

  /** Stages the batches and merges them, all or nothing. @param within the last part of the same transaction */
  async merge(
    batches: readonly Staged[],
    within: (merged: Merged) => Promise<void> = () => Promise.resolve(),
  ): Promise<Merged> {
    return this.load.transaction(async () => {
      for (const batch of batches) await this.#stage(batch);
      const titlesAdded = await this.#mergeTitles();
      const stale = await this.#dropStale();
      const refused = [...stale, ...(await this.#dropUnknown())];
      const streams = await this.#mergeStreams();
      const links = await this.#mergeLinks();
      const merged = {
        counts: { titlesAdded, ...streams, linksAdded: links.added },
        refused,
        episodes: links.episodes,
      };
      await within(merged);
      return merged;
    });
  }

  /** Once behind the last merge: searches by name would read what waits for its place in their index again and again. */
  async finish(): Promise<void> {
    await this.load.query(SETTLE_NAMES);
  }

  /** Titles that services keep up to date where they come from; of ours nothing changes. */
  async keepTitles(titles: readonly Pick<TitleDetails, 'publicId' | 'services'>[]): Promise<void> {
    const kept = titles.filter(({ services }) => services !== null);
    if (kept.length > 0) await this.load.query(KEEP_TITLES, [JSON.stringify(kept)]);
  }

  async #stage({ titles, titleIds, streams, links }: Staged): Promise<void> {
    await this.load.copy('COPY stage_title FROM STDIN', titles);
    await this.load.copy('COPY stage_title_id FROM STDIN', titleIds);
    await this.load.copy('COPY stage_stream FROM STDIN', streams);
    await this.load.copy('COPY stage_link FROM STDIN', links);
  }

  async #mergeTitles(): Promise<number> {
    await this.load.query(FIND_TITLES);
    const [added] = await this.load.query<CountRow>(INSERT_TITLES);
    if (count(added) > 0) {
      await this.load.query(FIND_NEW_TITLES);
      await this.load.query(INSERT_SKETCHES);
    }
    await this.load.query(INSERT_TITLE_IDS);
    return count(added);
  }

  async #dropStale(): Promise<readonly Refusal[]> {
    const dropped = await this.load.query<{ readonly line: number }>(DROP_STALE_STREAMS);
    return dropped.map(({ line }) => ({ line, reason: STALE }));
  }

  async #dropUnknown(): Promise<readonly Refusal[]> {
    const dropped = await this.load.query<{ readonly line: number; readonly title: string }>(
      DROP_LINKS_OF_UNKNOWN,
    );
    if (dropped.length > 0) await this.load.query(DROP_STREAMS_WITHOUT_LINKS);
    return dropped.map(({ line, title }) => ({ line, reason: unknownTitle(title) }));
  }

  async #mergeStreams(): Promise<Pick<BulkCounts, 'streamsAdded' | 'streamsChanged'>> {
    await this.load.query(INSERT_TRACKERS);
    await this.load.query(FIND_STREAMS);
    const [changed] = await this.load.query<CountRow>(UPDATE_STREAMS);
    const [marked] = await this.load.query<CountRow>(MARK_PRIVATE);
    const [added] = await this.load.query<CountRow>(INSERT_STREAMS);
    await this.load.query(FIND_RACED_STREAMS);
    await this.load.query(UPSERT_SEEDERS);
    return { streamsAdded: count(added), streamsChanged: count(changed) + count(marked) };
  }

  async #mergeLinks(): Promise<{ readonly added: number; readonly episodes: ChangedEpisode[] }> {
    await this.load.query(INSERT_EPISODES);
    const [added] = await this.load.query<CountRow>(MERGE_LINKS);
    const [changed] = await this.load.query<{ readonly keys: string }>(CHANGED_EPISODES);
    const keys = changed === undefined || changed.keys === '' ? [] : changed.keys.split(',');
    const episodes = keys.map((key) => {
      const [mediaId = 0, season = 0, episode = 0] = key.split(':').map(Number);
      return { mediaId, season, episode };
    });
    return { added: count(added), episodes };
  }
}

const STALE = 'the stream was changed or removed meanwhile: import the file again';

function unknownTitle(key: string): string {
  return `no title is known as ${key}: expected its name, too`;
}

interface CountRow extends Readonly<Record<string, unknown>> {
  readonly count: number;
}

function count(row: CountRow | undefined): number {
  return row?.count ?? 0;
}

const STREAM_COLUMNS = STAGED_COLUMNS.map(({ name }) => name);
const STREAM_TYPES = STAGED_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');

const STAGE_TABLES = [
  `CREATE TEMP TABLE stage_title (title_key text, type media_type, public_id text, title text, year smallint, lexemes text[])
   ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_title_id (title_key text, type media_type, rank int, provider text, external_id text)
   ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_stream (line int, kind smallint, content_key bytea, source text, added_at_s float8, seeders int,
   trackers text, is_read boolean, ${STREAM_TYPES}) ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_link (line int, kind smallint, content_key bytea, title_key text, season smallint,
   episode_from int, episode_to int, file_index int, file_size_bytes bigint, filename text) ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_media (title_key text, media_id bigint, is_new boolean) ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_known (kind smallint, content_key bytea, stream_id bigint, is_new boolean) ON COMMIT DELETE ROWS`,
  `CREATE TEMP TABLE stage_changed (media_id bigint, season smallint, episode_from int, episode_to int) ON COMMIT DELETE ROWS`,
];

/*
 * Nobody has statistics of what was staged a moment ago, so a join may be planned over a table of millions. OFFSET 0 is for
 * that: such a subquery is run for each staged row, by an index.
 */

/** Its owner alone may: for others the server does so when it vacuums. */
const SETTLE_NAMES = `
SELECT gin_clean_pending_list(c.oid) FROM pg_class c
WHERE c.oid = to_regclass('stream_name_trigrams') AND pg_has_role(c.relowner, 'USAGE')`;

const KEEP_TITLES = `
INSERT INTO title_metadata (media_id, next_at, is_sketch)
SELECT m.media_id, now(), g.services = 'sketch'
FROM jsonb_to_recordset($1::text::jsonb) AS g ("publicId" text, services text) JOIN media m ON m.public_id = g."publicId"
ORDER BY m.media_id ON CONFLICT DO NOTHING`;

/** By the surest of its ids that leads anywhere. */
const FIND_TITLES = `
INSERT INTO stage_media
SELECT DISTINCT ON (i.title_key) i.title_key, x.media_id, false
FROM stage_title_id i
CROSS JOIN LATERAL (
  SELECT x.media_id FROM media_external_id x
  WHERE (x.external_id, x.provider, x.media_type) = (i.external_id, i.provider, i.type) AND x.season = -1 OFFSET 0
) x
ORDER BY i.title_key, i.rank`;

const INSERT_TITLES = `
WITH added AS (
  INSERT INTO media (type, public_id, title, year, search)
  SELECT DISTINCT ON (t.public_id) t.type, t.public_id, t.title, t.year, array_to_tsvector(t.lexemes)
  FROM stage_title t WHERE NOT EXISTS (SELECT FROM stage_media m WHERE m.title_key = t.title_key)
  ORDER BY t.public_id
  ON CONFLICT (public_id) DO NOTHING
  RETURNING media_id
)
SELECT count(*)::int FROM added`;

const FIND_NEW_TITLES = `
INSERT INTO stage_media
SELECT DISTINCT ON (t.title_key) t.title_key, m.media_id, true
FROM stage_title t
CROSS JOIN LATERAL (SELECT m.media_id FROM media m WHERE m.public_id = t.public_id AND m.type = t.type OFFSET 0) m
WHERE NOT EXISTS (SELECT FROM stage_media k WHERE k.title_key = t.title_key) ORDER BY t.title_key`;

/** Services complete them, once somebody looks at them. */
const INSERT_SKETCHES = `
INSERT INTO title_metadata (media_id, next_at, is_sketch)
SELECT DISTINCT m.media_id, now(), true FROM stage_media m JOIN stage_title_id i USING (title_key)
WHERE m.is_new AND i.provider <> 'sl' ORDER BY 1
ON CONFLICT DO NOTHING`;

/** An id that leads somewhere is left there. */
const INSERT_TITLE_IDS = `
INSERT INTO media_external_id (media_id, media_type, provider, external_id, position)
SELECT g.media_id, g.type, g.provider, g.external_id,
  coalesce(o.last, -1) + row_number() OVER (PARTITION BY g.media_id, g.provider ORDER BY g.external_id)
FROM (
  SELECT DISTINCT ON (i.external_id, i.provider, i.type) m.media_id, i.*
  FROM stage_title_id i JOIN stage_media m USING (title_key)
  LEFT JOIN LATERAL (
    SELECT true AS is_there FROM media_external_id x
    WHERE (x.external_id, x.provider, x.media_type) = (i.external_id, i.provider, i.type) OFFSET 0
  ) x ON true
  WHERE x.is_there IS NULL ORDER BY i.external_id, i.provider, i.type
) g
CROSS JOIN LATERAL (
  SELECT max(position) AS last FROM media_external_id o WHERE o.media_id = g.media_id AND o.provider = g.provider
) o
ORDER BY g.external_id, g.provider
ON CONFLICT DO NOTHING`;

const DROP_LINKS_OF_UNKNOWN = `
DELETE FROM stage_link l WHERE NOT EXISTS (SELECT FROM stage_media m WHERE m.title_key = l.title_key)
RETURNING l.line, l.title_key AS title`;

const DROP_STREAMS_WITHOUT_LINKS = `
DELETE FROM stage_stream s WHERE NOT EXISTS (SELECT FROM stage_link l WHERE l.line = s.line)`;

/** Their names were not read, because the library had them. */
const DROP_STALE_STREAMS = `
WITH dropped AS (
  DELETE FROM stage_stream s WHERE NOT s.is_read AND NOT EXISTS (
    SELECT FROM stream e WHERE (e.content_key, e.kind, e.name, e.source) = (s.content_key, s.kind, s.name, s.source) OFFSET 0
  ) RETURNING s.line
), unlinked AS (
  DELETE FROM stage_link l USING dropped WHERE l.line = dropped.line
)
SELECT line FROM dropped`;

const INSERT_TRACKERS = `
INSERT INTO tracker_list (urls)
SELECT DISTINCT s.trackers FROM stage_stream s
WHERE s.trackers <> '' AND NOT EXISTS (SELECT FROM tracker_list t WHERE t.urls_hash = md5(s.trackers)::uuid)
ORDER BY s.trackers
ON CONFLICT DO NOTHING`;

const STREAM_OF_STAGED = `
(SELECT e.stream_id FROM stream e WHERE (e.content_key, e.kind) = (s.content_key, s.kind) OFFSET 0)`;

const FIND_STREAMS = `
INSERT INTO stage_known
SELECT s.kind, s.content_key, e.stream_id, false
FROM (SELECT DISTINCT kind, content_key FROM stage_stream) s CROSS JOIN LATERAL ${STREAM_OF_STAGED} e`;

const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');
const VALUES = [...STREAM_COLUMNS, 'tracker_list_id'];
const NAMED_COLUMNS: ReadonlySet<string> = new Set(
  STAGED_COLUMNS.flatMap(({ name, type }) =>
    type === 'smallint' || type === 'int' || name === 'release_group' ? [name] : [],
  ),
);
/** As the line says, but what was private stays so, and what nobody has read again. */
const NEW_VALUES = VALUES.map((column) => {
  if (column === 'flags_mask')
    return `CASE WHEN s.is_read THEN s.flags_mask | (e.flags_mask & ${PRIVATE})
      ELSE e.flags_mask | (s.flags_mask & ${PRIVATE}) END`;
  if (NAMED_COLUMNS.has(column)) return `CASE WHEN s.is_read THEN s.${column} ELSE e.${column} END`;
  return `s.${column}`;
}).join(', ');

const IS_DIFFERENT = `(s.is_read OR e.name = s.name)
  AND (${VALUES.map((column) => `e.${column}`).join(', ')}) IS DISTINCT FROM (${NEW_VALUES})`;

/** Of lines about one stream the last one counts. */
const LAST_LINES = `
(SELECT DISTINCT ON (content_key, kind) * FROM stage_stream ORDER BY content_key, kind, line DESC)`;

/** Only the source that a stream came from may change it: two that disagree would take turns. */
const UPDATE_STREAMS = `
WITH given AS (
  SELECT l.*, k.stream_id, t.tracker_list_id FROM ${LAST_LINES} l JOIN stage_known k USING (content_key, kind)
  LEFT JOIN tracker_list t ON t.urls_hash = md5(l.trackers)::uuid
), differing AS MATERIALIZED (
  SELECT s.* FROM given s
  CROSS JOIN LATERAL (SELECT * FROM stream e WHERE e.stream_id = s.stream_id AND e.source = s.source OFFSET 0) e
  WHERE ${IS_DIFFERENT}
), changed AS (
  UPDATE stream e SET (${VALUES.join(', ')}) = ROW (${NEW_VALUES})
  FROM differing s
  WHERE e.stream_id = ANY (ARRAY(SELECT stream_id FROM differing)) AND e.stream_id = s.stream_id AND ${IS_DIFFERENT}
  RETURNING e.stream_id
), told AS (
  INSERT INTO stage_changed
  SELECT l.* FROM changed c CROSS JOIN LATERAL (
    SELECT l.media_id, l.season, l.episode_from, l.episode_to FROM stream_link l WHERE l.stream_id = c.stream_id OFFSET 0
  ) l
)
SELECT count(*)::int FROM changed`;

/** A torrent that one source calls private is private, whoever it came from first. */
const MARK_PRIVATE = `
WITH changed AS (
  UPDATE stream e SET flags_mask = e.flags_mask | ${PRIVATE}
  WHERE e.stream_id = ANY (ARRAY(
    SELECT k.stream_id FROM stage_stream s JOIN stage_known k USING (content_key, kind)
    WHERE s.flags_mask & ${PRIVATE} <> 0
  )) AND e.flags_mask & ${PRIVATE} = 0
  RETURNING e.stream_id
), told AS (
  INSERT INTO stage_changed
  SELECT l.* FROM changed c CROSS JOIN LATERAL (
    SELECT l.media_id, l.season, l.episode_from, l.episode_to FROM stream_link l WHERE l.stream_id = c.stream_id OFFSET 0
  ) l
)
SELECT count(*)::int FROM changed`;

const INSERT_STREAMS = `
WITH added AS (
  INSERT INTO stream (kind, content_key, source, added_at, ${VALUES.join(', ')})
  SELECT s.kind, s.content_key, s.source, coalesce(to_timestamp(nullif(s.added_at_s, 0)), now()),
    ${STREAM_COLUMNS.map((column) => `s.${column}`).join(', ')}, t.tracker_list_id
  FROM ${LAST_LINES} s
  LEFT JOIN tracker_list t ON t.urls_hash = md5(s.trackers)::uuid
  WHERE NOT EXISTS (SELECT FROM stage_known k WHERE (k.content_key, k.kind) = (s.content_key, s.kind))
  ORDER BY s.content_key, s.kind
  ON CONFLICT DO NOTHING
  RETURNING kind, content_key, stream_id
), told AS (
  INSERT INTO stage_known SELECT kind, content_key, stream_id, true FROM added
)
SELECT count(*)::int FROM added`;

/** Somebody else was faster. */
const FIND_RACED_STREAMS = `
INSERT INTO stage_known
SELECT s.kind, s.content_key, e.stream_id, false
FROM (
  SELECT DISTINCT s.kind, s.content_key FROM stage_stream s
  WHERE NOT EXISTS (SELECT FROM stage_known k WHERE (k.content_key, k.kind) = (s.content_key, s.kind))
) s CROSS JOIN LATERAL ${STREAM_OF_STAGED} e`;

const UPSERT_SEEDERS = `
INSERT INTO stream_counter AS c (stream_id, seeders)
SELECT g.stream_id, g.seeders FROM (
  SELECT k.stream_id, max(s.seeders) AS seeders FROM stage_stream s JOIN stage_known k USING (content_key, kind)
  WHERE s.seeders >= 0 GROUP BY k.stream_id
) g
LEFT JOIN LATERAL (SELECT o.seeders FROM stream_counter o WHERE o.stream_id = g.stream_id OFFSET 0) o ON true
WHERE o.seeders IS DISTINCT FROM g.seeders ORDER BY g.stream_id
ON CONFLICT (stream_id) DO UPDATE SET seeders = excluded.seeders`;

/**
 * Of titles without services that say which episodes there are. Links are told apart before they meet titles: the join may be
 * planned as one of each with each.
 */
const INSERT_EPISODES = `
WITH given AS MATERIALIZED (
  SELECT DISTINCT m.media_id, l.season, l.episode
  FROM (
    SELECT DISTINCT title_key, season, episode_from AS episode FROM stage_link
    WHERE title_key LIKE 'series %' AND season <> ${EVERY_SEASON} AND episode_from = episode_to
  ) l JOIN stage_media m USING (title_key)
  WHERE NOT EXISTS (SELECT FROM title_metadata t WHERE t.media_id = m.media_id AND NOT t.is_sketch OFFSET 0)
), seasons AS (
  INSERT INTO season (media_id, season)
  SELECT g.media_id, g.season FROM (SELECT DISTINCT media_id, season FROM given) g
  WHERE NOT EXISTS (SELECT FROM season s WHERE (s.media_id, s.season) = (g.media_id, g.season) OFFSET 0) ORDER BY 1, 2
  ON CONFLICT DO NOTHING
)
INSERT INTO episode (media_id, season, episode)
SELECT g.media_id, g.season, g.episode FROM given g
WHERE NOT EXISTS (
  SELECT FROM episode e WHERE (e.media_id, e.season, e.episode) = (g.media_id, g.season, g.episode) OFFSET 0
) ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING`;

const MERGE_LINKS = `
WITH given AS (
  SELECT DISTINCT ON (k.stream_id, l.file_index, m.media_id, l.season, l.episode_from)
    k.stream_id, m.media_id, l.season, l.episode_from, l.episode_to, l.file_index, l.file_size_bytes, l.filename, k.is_new
  FROM stage_link l JOIN stage_media m USING (title_key) JOIN stage_known k USING (content_key, kind)
  ORDER BY k.stream_id, l.file_index, m.media_id, l.season, l.episode_from, l.line DESC
), put AS (
  INSERT INTO stream_link AS l
    (stream_id, media_id, season, episode_from, episode_to, file_index, file_size_bytes, filename)
  SELECT g.stream_id, g.media_id, g.season, g.episode_from, g.episode_to, g.file_index, g.file_size_bytes, g.filename
  FROM given g
  LEFT JOIN LATERAL (
    SELECT o.episode_to, o.file_size_bytes, o.filename FROM stream_link o
    WHERE NOT g.is_new AND (o.stream_id, o.file_index, o.media_id, o.season, o.episode_from)
      = (g.stream_id, g.file_index, g.media_id, g.season, g.episode_from) OFFSET 0
  ) o ON true
  WHERE (o.episode_to, o.file_size_bytes, o.filename) IS DISTINCT FROM (g.episode_to, g.file_size_bytes, g.filename)
  ORDER BY g.stream_id, g.file_index, g.media_id, g.season, g.episode_from
  ON CONFLICT (stream_id, file_index, media_id, season, episode_from) DO UPDATE
  SET episode_to = excluded.episode_to, file_size_bytes = excluded.file_size_bytes, filename = excluded.filename
  RETURNING media_id, season, episode_from, episode_to, xmax = 0 AS is_added
), told AS (
  INSERT INTO stage_changed SELECT DISTINCT media_id, season, episode_from, episode_to FROM put
)
SELECT count(*) FILTER (WHERE is_added)::int AS count FROM put`;

/** Those of ranges are the ones that are known. */
const CHANGED_EPISODES = `
SELECT coalesce(string_agg(concat_ws(':', media_id, season, episode), ','), '') AS keys FROM (
  SELECT media_id, season, episode_from AS episode FROM stage_changed WHERE episode_from = episode_to
  UNION
  SELECT e.media_id, e.season, e.episode
  FROM (SELECT DISTINCT media_id, season, episode_from, episode_to FROM stage_changed WHERE episode_to > episode_from) c
  CROSS JOIN LATERAL (
    SELECT e.media_id, e.season, e.episode FROM episode e
    WHERE e.media_id = c.media_id AND c.season IN (e.season, ${EVERY_SEASON})
      AND e.episode BETWEEN c.episode_from AND least(c.episode_to, ${LAST_EPISODE}) OFFSET 0
  ) e
) changed`;
