/**
 * SQL of titles as metadata services know them: those that the library lacks are made, those that were made so are
 * replaced, and those of imports get what they lack. Two titles that turn out to be one become one.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { ID_PREFIXES, storedTitleId, type IdProvider } from '../../../lib/stremio/media-id.ts';
import type { MediaType } from '../../../lib/stremio/types.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { AdoptedTitle, ChangedTitle, ImportedTitle } from '../contract.ts';
import { childRows, identifierRows, mediaRow } from '../import/rows.ts';
import {
  IDENTIFIER_TYPES,
  INSERT_IDENTIFIERS,
  LOCK_MEDIA,
  TOUCH_MEDIA,
  given,
  inTransaction,
  writeTitles,
  type MediaIdRow,
  type Run,
} from '../import/store.ts';

/** @see TitleAdoption.adoptTitles */
export function adoptTitles(
  database: Database,
  titles: readonly AdoptedTitle[],
  signal: CancelSignal,
): Promise<readonly ChangedTitle[]> {
  const byId = new Map(titles.map((adopted) => [adopted.title.publicId, adopted]));
  return inTransaction(database, 'library.adopt', signal, async (run) => {
    const plans = await planOf([...byId.values()], run);
    const merged = await mergeTitles(plans, run);
    const written = await writeKept(plans, run);
    const completed = await completeForeign(plans, run);
    const changed = new Set([...merged, ...written, ...completed]);
    return changedTitles(plans, changed, merged, run);
  });
}

/** A title that one of the ids leads to. */
interface Owner extends MediaIdRow {
  readonly ordinal: number;
  readonly year: number;
  /** Metadata services made it. */
  readonly is_kept: boolean;
}

/** Where what is known of a title goes. */
interface Plan extends AdoptedTitle {
  /** Null: a new title. */
  readonly owner: Owner | null;
  /** Titles that are the same one. */
  readonly doubles: readonly Owner[];
}

async function planOf(titles: readonly AdoptedTitle[], run: Run): Promise<readonly Plan[]> {
  const identifiers = titles.flatMap(({ title }, ordinal) => identifierRows(title, ordinal));
  const owners = await run<Owner>(FIND_OWNERS, identifiers);
  await run(LOCK_MEDIA, owners);
  return titles.map((adopted, ordinal) => {
    const found = owners.filter((owner) => owner.ordinal === ordinal);
    const owner = found.find(({ is_kept }) => !is_kept) ?? found[0] ?? null;
    const isOfYear = ({ year }: Owner) => isSameYear(year, adopted.title.year);
    const doubles =
      owner === null || !isOfYear(owner)
        ? []
        : found.filter((other) => other !== owner && other.is_kept && isOfYear(other));
    return { ...adopted, owner, doubles };
  });
}

/** A wrong id in one service must not make two films one. */
function isSameYear(a: number, b: number): boolean {
  return a === 0 || b === 0 || Math.abs(a - b) <= 1;
}

/** Resolves with the titles that others went into. */
async function mergeTitles(plans: readonly Plan[], run: Run): Promise<ReadonlySet<string>> {
  const moves = plans.flatMap(({ owner, doubles }) =>
    owner === null
      ? []
      : doubles.map((double) => ({ media_id: owner.media_id, double_id: double.media_id })),
  );
  await run(MOVE_LINKS, moves);
  await run(MOVE_IDENTIFIERS, moves);
  await run(MOVE_HISTORY, moves);
  await run(MOVE_PRIVATE_STREAMS, moves);
  await run(DELETE_DOUBLES, moves);
  return new Set(moves.map((move) => move.media_id));
}

/** New titles, and those that services made before; a sketch replaces nothing. */
async function writeKept(plans: readonly Plan[], run: Run): Promise<ReadonlySet<string>> {
  const kept = plans
    .filter(({ owner, isSketch }) => owner === null || (owner.is_kept && !isSketch))
    .sort((a, b) => (a.title.publicId < b.title.publicId ? -1 : 1));
  const { mediaIds, changed } = await writeTitles(await withOwn(kept, run), run);
  await run(
    UPSERT_TITLE_METADATA,
    kept.map(({ isSketch, nextCheckS }, at) => ({
      media_id: mediaIds[at],
      is_sketch: isSketch,
      next_check_s: nextCheckS,
    })),
  );
  return changed;
}

interface OwnRecord extends MediaIdRow {
  readonly names: readonly string[];
  readonly ratings: ImportedTitle['ratings'];
  readonly is_always_listed: boolean;
}

/** Names and ratings that services do not know stay, and so does its place in catalogues: somebody else brought them. */
async function withOwn(plans: readonly Plan[], run: Run): Promise<readonly ImportedTitle[]> {
  const owners = plans.flatMap(({ owner }) => (owner === null ? [] : [owner]));
  const records = await run<OwnRecord>(
    OWN_NAMES,
    owners.map(({ media_id }) => ({ media_id })),
  );
  return plans.map(({ title, owner }) => {
    const own = records.find(({ media_id }) => media_id === owner?.media_id);
    if (own === undefined) return title;
    const others = own.ratings.filter(
      ({ provider }) => !title.ratings.some((rating) => rating.provider === provider),
    );
    return {
      ...title,
      isAlwaysListed: title.isAlwaysListed || own.is_always_listed,
      alternativeTitles: [...title.alternativeTitles, ...own.names],
      ratings: [...title.ratings, ...others],
    };
  });
}

/** Titles of imports keep all that they have; so does every title where only a sketch was found. */
async function completeForeign(plans: readonly Plan[], run: Run): Promise<ReadonlySet<string>> {
  const foreign = plans.flatMap(({ title, isSketch, owner }) =>
    owner === null || (owner.is_kept && !isSketch)
      ? []
      : [{ title, isSketch, mediaId: owner.media_id }],
  );
  const dirty = new Set<string>();
  const add = async (statement: string, rows: readonly object[]) => {
    for (const row of await run<MediaIdRow>(statement, rows)) dirty.add(row.media_id);
  };
  await add(
    INSERT_IDENTIFIERS,
    foreign.flatMap(({ title, mediaId }, ordinal) =>
      identifierRows(title, ordinal).map((row) => ({ ...row, media_id: mediaId })),
    ),
  );
  const known = foreign.filter(({ isSketch }) => !isSketch);
  const children = known.map(({ title, mediaId }) =>
    childRows({ ...title, alternativeTitles: namesOf(title) }, mediaId, new Map()),
  );
  await add(
    FILL_MEDIA,
    known.map(({ title, mediaId }) => ({ ...mediaRow(title), media_id: mediaId })),
  );
  for (const [table, statement] of ADD_CHILDREN)
    await add(
      statement,
      children.flatMap((child): object[] => child[table]),
    );
  await run(
    TOUCH_MEDIA,
    [...dirty].sort().map((id) => ({ media_id: id })),
  );
  return dirty;
}

function namesOf({ title, originalTitle, alternativeTitles }: AdoptedTitle['title']): string[] {
  return [title, originalTitle, ...alternativeTitles];
}

interface IdentifierRecord extends MediaIdRow {
  readonly media_type: MediaType;
  readonly provider: string;
  readonly external_id: string;
}

async function changedTitles(
  plans: readonly Plan[],
  changed: ReadonlySet<string>,
  merged: ReadonlySet<string>,
  run: Run,
): Promise<readonly ChangedTitle[]> {
  const records = await run<IdentifierRecord>(
    IDENTIFIERS_OF,
    [...changed].map((id) => ({ media_id: id })),
  );
  return [...changed].map((mediaId) => {
    const own = records.filter((record) => record.media_id === mediaId);
    const plan = plans.find(({ owner }) => owner?.media_id === mediaId);
    return {
      ids: own.flatMap(({ media_type, provider, external_id }) =>
        isProvider(provider) ? [storedTitleId(media_type, provider, external_id)] : [],
      ),
      episodes: plan === undefined ? [] : staleEpisodes(plan, merged.has(mediaId)),
    };
  });
}

/** Stream lists that may say something else now: a new title has none. */
function staleEpisodes({ title }: Plan, isMerged: boolean): ChangedTitle['episodes'] {
  if (title.type === 'movie') return [{ season: 0, episode: 0 }];
  return isMerged ? title.episodes : [];
}

function isProvider(provider: string): provider is IdProvider {
  return provider in ID_PREFIXES;
}

/** Ids that stand for a season say nothing about which title is which. */
const FIND_OWNERS = `
SELECT g.ordinal, x.media_id, m.year, t.media_id IS NOT NULL AS is_kept
FROM ${given(IDENTIFIER_TYPES)}
JOIN media_external_id x ON (x.external_id, x.provider, x.media_type) = (g.external_id, g.provider, g.media_type)
JOIN media m ON m.media_id = x.media_id
LEFT JOIN title_metadata t ON t.media_id = x.media_id
WHERE g.season = -1
GROUP BY g.ordinal, x.media_id, m.year, t.media_id ORDER BY g.ordinal, min(g.rank)`;

const OWN_NAMES = `
SELECT m.media_id, m.is_always_listed, ARRAY(SELECT t.title FROM media_title t WHERE t.media_id = m.media_id ORDER BY 1) AS names,
  (SELECT coalesce(json_agg(json_build_object('provider', r.provider, 'value', r.value, 'votes', r.votes)), '[]')
   FROM media_rating r WHERE r.media_id = m.media_id) AS ratings
FROM ${given('media_id bigint')} JOIN media m USING (media_id)`;

const MOVE_TYPES = 'media_id bigint, double_id bigint';

const MOVE_LINKS = `
INSERT INTO stream_link
  (stream_id, media_id, season, episode_from, episode_to, file_index, file_size_bytes, filename)
SELECT l.stream_id, g.media_id, l.season, l.episode_from, l.episode_to, l.file_index, l.file_size_bytes, l.filename
FROM ${given(MOVE_TYPES)} JOIN stream_link l ON l.media_id = g.double_id
ORDER BY l.stream_id, l.file_index, l.season, l.episode_from
ON CONFLICT DO NOTHING`;

/** Behind those that the title has: position 0 stays what clients are shown. */
const MOVE_IDENTIFIERS = `
UPDATE media_external_id x SET media_id = moved.media_id, position = moved.position
FROM (
  SELECT o.external_id, o.provider, o.media_type, g.media_id,
    coalesce((
      SELECT max(w.position) FROM media_external_id w WHERE w.media_id = g.media_id AND w.provider = o.provider
    ), -1) + row_number() OVER (PARTITION BY g.media_id, o.provider ORDER BY o.media_id, o.position) AS position
  FROM ${given(MOVE_TYPES)} JOIN media_external_id o ON o.media_id = g.double_id
) moved
WHERE (x.external_id, x.provider, x.media_type) = (moved.external_id, moved.provider, moved.media_type)`;

/** What profiles have played stays played. */
const MOVE_HISTORY = `
INSERT INTO play_history AS h (profile_id, media_id, season, episode, played_at, plays)
SELECT o.profile_id, g.media_id, o.season, o.episode, max(o.played_at), sum(o.plays)
FROM ${given(MOVE_TYPES)} JOIN play_history o ON o.media_id = g.double_id
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (profile_id, media_id, season, episode) DO UPDATE
  SET played_at = greatest(h.played_at, excluded.played_at), plays = h.plays + excluded.plays`;

/** What profiles have brought for themselves, but for what they have brought for both. */
const MOVE_PRIVATE_STREAMS = `
WITH moved AS (
  UPDATE private_stream p SET media_id = g.media_id
  FROM (
    SELECT DISTINCT ON (o.profile_id, g.media_id, o.kind, o.content_key) o.private_stream_id, g.media_id
    FROM ${given(MOVE_TYPES)} JOIN private_stream o ON o.media_id = g.double_id
    WHERE NOT EXISTS (
      SELECT FROM private_stream k
      WHERE (k.profile_id, k.media_id, k.kind, k.content_key) = (o.profile_id, g.media_id, o.kind, o.content_key)
    )
    ORDER BY o.profile_id, g.media_id, o.kind, o.content_key, o.private_stream_id
  ) g
  WHERE p.private_stream_id = g.private_stream_id
  RETURNING p.profile_id
)
UPDATE user_profile SET private_revision = private_revision + 1 WHERE profile_id IN (SELECT profile_id FROM moved)`;

const DELETE_DOUBLES = `DELETE FROM media WHERE media_id IN (SELECT double_id FROM ${given(MOVE_TYPES)})`;

const UPSERT_TITLE_METADATA = `
INSERT INTO title_metadata AS t (media_id, next_at, is_sketch)
SELECT g.media_id, now() + g.next_check_s * interval '1 second', g.is_sketch
FROM ${given('media_id bigint, next_check_s float8, is_sketch boolean')} ORDER BY g.media_id
ON CONFLICT (media_id) DO UPDATE SET checked_at = now(), next_at = excluded.next_at, is_sketch = excluded.is_sketch`;

/** What is blank is filled in; words of other names are added to those that are searched. */
const FILL_MEDIA = `
UPDATE media m SET
  original_title = coalesce(nullif(m.original_title, ''), g.original_title),
  description = coalesce(nullif(m.description, ''), g.description),
  released = coalesce(m.released, g.released),
  year = coalesce(nullif(m.year, 0), g.year),
  runtime_minutes = coalesce(nullif(m.runtime_minutes, 0), g.runtime_minutes),
  search = m.search || array_to_tsvector(g.search)
FROM ${given(
  'media_id bigint, original_title text, description text, released date, year smallint, runtime_minutes int, search text[]',
)}
WHERE m.media_id = g.media_id AND (
  m.original_title = '' AND g.original_title <> '' OR m.description = '' AND g.description <> ''
  OR m.released IS NULL AND g.released IS NOT NULL OR m.year = 0 AND g.year <> 0
  OR m.runtime_minutes = 0 AND g.runtime_minutes <> 0
  OR m.search || array_to_tsvector(g.search) IS DISTINCT FROM m.search
)
RETURNING m.media_id`;

const ADD_CHILDREN = [
  [
    'media_title',
    `INSERT INTO media_title (media_id, title)
SELECT DISTINCT g.media_id, g.title FROM ${given('media_id bigint, title text')} JOIN media m USING (media_id)
WHERE g.title NOT IN (m.title, m.original_title)
ON CONFLICT DO NOTHING RETURNING media_id`,
  ],
  [
    'season',
    `INSERT INTO season (media_id, season)
SELECT g.media_id, g.season FROM ${given('media_id bigint, season smallint')} ORDER BY 1, 2
ON CONFLICT DO NOTHING RETURNING media_id`,
  ],
  [
    'episode',
    `INSERT INTO episode (media_id, season, episode, released, title, overview, thumbnail_url)
SELECT g.* FROM ${given(
      'media_id bigint, season smallint, episode int, released date, title text, overview text, thumbnail_url text',
    )}
ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING media_id`,
  ],
  [
    'media_image',
    `INSERT INTO media_image (media_id, kind, url, position)
SELECT g.* FROM ${given('media_id bigint, kind text, url text, position smallint')}
WHERE NOT EXISTS (SELECT FROM media_image i WHERE i.media_id = g.media_id AND i.kind = g.kind)
ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING media_id`,
  ],
  [
    'media_rating',
    `INSERT INTO media_rating (media_id, provider, value, votes)
SELECT g.* FROM ${given('media_id bigint, provider text, value real, votes int')}
ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING media_id`,
  ],
] as const;

const IDENTIFIERS_OF = `
SELECT x.media_id, x.media_type, x.provider, x.external_id
FROM media_external_id x WHERE x.media_id IN (SELECT media_id FROM ${given('media_id bigint')})
ORDER BY x.media_id, x.provider, x.position`;
