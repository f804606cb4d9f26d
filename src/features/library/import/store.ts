/**
 * SQL of imports: sets of rows go in as one JSON parameter each, sorted by key, so that two imports lock
 * rows in the same order. Every statement writes only what differs: a repeated import changes nothing.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { EpisodeKey, FoundStream, ImportCounts, ImportedTitle } from '../contract.ts';
import { STREAM_FLAGS } from '../../../lib/vocabulary.ts';
import { STREAM_FIELDS, importedColumns } from '../../../lib/stream/fields.ts';
import {
  childRows,
  foundRow,
  identifierRows,
  linkRows,
  mediaRow,
  placementRows,
  streamRow,
  type ChildTable,
  type StoredStream,
} from './rows.ts';

/** Runs one statement of the transaction; its only parameter is the rows as JSON. No rows, no statement. */
export type Run = <R extends object>(
  statement: string,
  rows: readonly object[],
) => Promise<readonly R[]>;

/** 64-bit ids are text, as the driver hands them over. */
export interface MediaIdRow {
  readonly media_id: string;
}

/** An import is many statements; those of the demo take 110 ms together, 35 ms when nothing is new. */
const IMPORT_TIMEOUT_MS = 30_000;

/** @see TitleImport.importTitles */
export function importTitles(
  database: Database,
  titles: readonly ImportedTitle[],
  signal: CancelSignal,
): Promise<ImportCounts> {
  const byId = new Map(titles.map((title) => [title.publicId, title]));
  return inTransaction(database, 'library.import', signal, async (run) => {
    const written = await writeTitles([...byId.values()], run);
    const { titlesAdded, titlesChanged, streamsAdded, linksAdded } = written;
    return { titlesAdded, titlesChanged, streamsAdded, linksAdded };
  });
}

/** @param name of the statements, for counters and logs */
export function inTransaction<R>(
  database: Database,
  name: string,
  signal: CancelSignal,
  work: (run: Run) => Promise<R>,
): Promise<R> {
  const options = { name, lane: 'rest', signal, timeoutMs: IMPORT_TIMEOUT_MS } as const;
  return database.transaction(options, (sql) =>
    work(async (statement, rows) => {
      signal.throwIfAborted();
      return rows.length === 0 ? [] : await sql.unsafe(statement, [JSON.stringify(rows)]);
    }),
  );
}

/** @see StreamImport.addStreams */
export function addStreams(
  database: Database,
  mediaId: number,
  streams: readonly FoundStream[],
  signal: CancelSignal,
): Promise<void> {
  const rows = streams.map(({ row }) => foundRow(row));
  const links = streams.flatMap(({ row, placements }) =>
    placementRows(foundRow(row), placements, String(mediaId)),
  );
  return inTransaction(database, 'library.add-streams', signal, async (run) => {
    const present = await run(PRESENT_MEDIA, [{ media_id: mediaId }]);
    if (present.length === 0) return;
    // Streams first, then titles, each in one order: searches that find the same streams do not block each other.
    const { changedMedia } = await writeStreamRows(rows, links, run);
    const changed = changedMedia.map((id) => ({ media_id: id }));
    await run(LOCK_MEDIA, changed);
    await run(TOUCH_MEDIA, changed);
  });
}

/** @see StreamImport.addEpisodes */
export function addEpisodes(
  database: Database,
  mediaId: number,
  episodes: readonly EpisodeKey[],
  signal: CancelSignal,
): Promise<void> {
  const rows = episodes.map((key) => ({ media_id: mediaId, ...key }));
  return inTransaction(database, 'library.add-episodes', signal, async (run) => {
    await run(ADD_SEASONS, rows);
    const added = await run<MediaIdRow>(ADD_EPISODES, rows);
    await run(TOUCH_MEDIA, added.slice(0, 1));
  });
}

interface WrittenTitles extends ImportCounts {
  /** Numbers of the titles, in the order of `publicId`. */
  readonly mediaIds: readonly string[];
  /** Those of titles that were added or are different now. */
  readonly changed: ReadonlySet<string>;
}

/** @param given different ones */
export async function writeTitles(
  given: readonly ImportedTitle[],
  run: Run,
): Promise<WrittenTitles> {
  const titles = [...given].sort((a, b) => (a.publicId < b.publicId ? -1 : 1));
  const media = await writeMedia(titles, run);
  await writeChildren(titles, media, run);
  const streams = await writeStreams(titles, media.ids, run);
  const own = new Set([...media.rewritten, ...media.dirty].filter((id) => !media.added.has(id)));
  const touched = [...media.dirty, ...streams.changedMedia];
  await run(
    TOUCH_MEDIA,
    touched.map((id) => ({ media_id: id })),
  );
  return {
    titlesAdded: media.added.size,
    titlesChanged: own.size,
    streamsAdded: streams.streamsAdded,
    linksAdded: streams.linksAdded,
    mediaIds: media.ids,
    changed: new Set([...own, ...media.added]),
  };
}

interface MediaWrite {
  /** By position in the titles. */
  readonly ids: readonly string[];
  readonly added: ReadonlySet<string>;
  /** The row of `media` itself was written, added ones included. */
  readonly rewritten: ReadonlySet<string>;
  /** Something that hangs on it was written. */
  readonly dirty: Set<string>;
}

async function writeMedia(titles: readonly ImportedTitle[], run: Run): Promise<MediaWrite> {
  const identifiers = titles.flatMap(identifierRows);
  const known = await run<MediaIdRow & { ordinal: number }>(FIND_MEDIA, identifiers);
  await run(LOCK_MEDIA, known);
  const ids = new Map(known.map((row) => [row.ordinal, row.media_id]));
  const rows = titles.map((title, ordinal) => ({
    media_id: ids.get(ordinal),
    ordinal,
    ...mediaRow(title),
  }));
  const updated = await run<MediaIdRow>(
    UPDATE_MEDIA,
    rows.filter((row) => row.media_id !== undefined),
  );
  const inserted = await run<MediaIdRow & { ordinal: number; is_added: boolean }>(
    INSERT_MEDIA,
    rows.filter((row) => row.media_id === undefined),
  );
  for (const row of inserted) ids.set(row.ordinal, row.media_id);
  const all = titles.map((_, ordinal) => ids.get(ordinal) ?? '');
  const dirty = new Set<string>();
  const withId = identifiers.map((row) => ({ ...row, media_id: all[row.ordinal] }));
  for (const row of await run<MediaIdRow>(INSERT_IDENTIFIERS, withId)) dirty.add(row.media_id);
  await run(
    UPDATE_POPULARITY,
    titles.map((title, at) => ({ media_id: all[at], popularity: title.popularity })),
  );
  const added = new Set(inserted.filter((row) => row.is_added).map((row) => row.media_id));
  return {
    ids: all,
    added,
    rewritten: new Set([...added, ...updated.map((row) => row.media_id)]),
    dirty,
  };
}

async function writeChildren(
  titles: readonly ImportedTitle[],
  media: MediaWrite,
  run: Run,
): Promise<void> {
  const names = [...new Set(titles.flatMap((title) => title.genres))]
    .sort()
    .map((name) => ({ name }));
  await run(INSERT_GENRES, names);
  const genres = await run<{ genre_id: number; name: string }>(FIND_GENRES, names);
  const genreIds = new Map(genres.map((row) => [row.name, row.genre_id]));
  const children = titles.map((title, at) => childRows(title, media.ids[at] ?? '', genreIds));
  const owners = media.ids.map((id) => ({ media_id: id }));
  for (const [table, statement] of REPLACE_CHILDREN) {
    const rows = [{ owners, rows: children.flatMap((child): object[] => child[table]) }];
    for (const row of await run<MediaIdRow>(statement, rows)) media.dirty.add(row.media_id);
  }
}

interface StreamWrite {
  readonly streamsAdded: number;
  readonly linksAdded: number;
  /** Titles of streams that were there already and are different now. */
  readonly changedMedia: readonly string[];
}

async function writeStreams(
  titles: readonly ImportedTitle[],
  ids: readonly string[],
  run: Run,
): Promise<StreamWrite> {
  const rows = titles.flatMap((title) => title.streams.map(streamRow));
  const links = titles.flatMap((title, at) => linkRows(title, ids[at] ?? ''));
  return writeStreamRows(rows, links, run);
}

async function writeStreamRows(
  rows: readonly StoredStream[],
  links: readonly object[],
  run: Run,
): Promise<StreamWrite> {
  await run(
    INSERT_TRACKERS,
    rows.filter((row) => row.trackers !== ''),
  );
  const written = await run<{ stream_id: string; is_added: boolean }>(UPSERT_STREAMS, rows);
  const marked = await run<{ stream_id: string }>(
    MARK_PRIVATE,
    rows.filter((row) => (row.flags_mask & PRIVATE) !== 0),
  );
  await run(
    UPSERT_SEEDERS,
    rows.filter((row) => row.seeders >= 0),
  );
  const linked = await run<MediaIdRow & { is_added: boolean }>(UPSERT_LINKS, links);
  const changed = await run<MediaIdRow>(MEDIA_OF_STREAMS, [
    ...written.filter((row) => !row.is_added),
    ...marked,
  ]);
  return {
    streamsAdded: written.filter((row) => row.is_added).length,
    linksAdded: linked.filter((row) => row.is_added).length,
    changedMedia: changed.map((row) => row.media_id),
  };
}

/** The rows of the parameter; `types` are columns with their types. */
export function given(types: string, alias = 'g', rows = '$1::text::jsonb'): string {
  return `jsonb_to_recordset(${rows}) AS ${alias} (${types})`;
}

export const IDENTIFIER_TYPES =
  'ordinal int, rank int, media_id bigint, provider text, media_type media_type, external_id text, ' +
  'season smallint, episode_offset int';

/** Our own id first, then IMDb, then TMDB, then the others. */
const FIND_MEDIA = `
SELECT DISTINCT ON (g.ordinal) g.ordinal, x.media_id
FROM ${given(IDENTIFIER_TYPES)} JOIN media_external_id x USING (external_id, provider, media_type)
ORDER BY g.ordinal, g.rank`;

const PRESENT_MEDIA = `SELECT media_id FROM media WHERE media_id IN (SELECT media_id FROM ${given('media_id bigint')})`;

export const LOCK_MEDIA = `
SELECT FROM media WHERE media_id IN (SELECT media_id FROM ${given('media_id bigint')})
ORDER BY media_id FOR NO KEY UPDATE`;

const MEDIA_TYPES = {
  title: 'text',
  original_title: 'text',
  description: 'text',
  country: 'text',
  website: 'text',
  released: 'date',
  year: 'smallint',
  end_year: 'smallint',
  runtime_minutes: 'int',
  languages_low: 'int',
  languages_high: 'int',
  is_adult: 'boolean',
  nudity: 'smallint',
  certificate: 'smallint',
  is_always_listed: 'boolean',
} as const;
const MEDIA_COLUMNS = Object.keys(MEDIA_TYPES);
const MEDIA_GIVEN = given(
  `ordinal int, media_id bigint, type media_type, public_id text, search text[], ${typed(MEDIA_TYPES)}`,
);

const UPDATE_MEDIA = `
UPDATE media m
SET (${list(MEDIA_COLUMNS)}, search, updated_at) = (${list(MEDIA_COLUMNS, 'g')}, array_to_tsvector(g.search), now())
FROM ${MEDIA_GIVEN}
WHERE m.media_id = g.media_id
  AND (${list(MEDIA_COLUMNS, 'm')}, m.search)
    IS DISTINCT FROM (${list(MEDIA_COLUMNS, 'g')}, array_to_tsvector(g.search))
RETURNING m.media_id`;

/** The conflict is another import of the same title that came first. Only a new row has no `xmax`. */
const INSERT_MEDIA = `
WITH g AS MATERIALIZED (SELECT * FROM ${MEDIA_GIVEN}), added AS (
  INSERT INTO media (type, public_id, ${list(MEDIA_COLUMNS)}, search)
  SELECT type, public_id, ${list(MEDIA_COLUMNS)}, array_to_tsvector(search) FROM g ORDER BY public_id
  ON CONFLICT (public_id) DO UPDATE SET updated_at = now()
  RETURNING media_id, public_id, xmax = 0 AS is_added
)
SELECT g.ordinal, added.media_id, added.is_added FROM added JOIN g USING (public_id)`;

/** An id that leads to another title already is left there; where it leads within its own title may change. */
export const INSERT_IDENTIFIERS = `
WITH g AS (
  SELECT DISTINCT ON (external_id, provider, media_type) *
  FROM ${given(IDENTIFIER_TYPES)} ORDER BY external_id, provider, media_type, ordinal
)
INSERT INTO media_external_id AS x
  (media_id, media_type, provider, external_id, season, episode_offset, position)
SELECT g.media_id, g.media_type, g.provider, g.external_id, g.season, g.episode_offset,
  coalesce(others.last, -1) + row_number() OVER (PARTITION BY g.media_id, g.provider ORDER BY g.rank)
FROM g
LEFT JOIN media_external_id known USING (external_id, provider, media_type)
CROSS JOIN LATERAL (
  SELECT max(o.position) AS last FROM media_external_id o
  WHERE o.media_id = g.media_id AND o.provider = g.provider
) others
WHERE known.media_id IS NULL
  OR known.media_id = g.media_id AND (known.season, known.episode_offset) <> (g.season, g.episode_offset)
ORDER BY g.external_id, g.provider
ON CONFLICT (external_id, provider, media_type) DO UPDATE
SET season = excluded.season, episode_offset = excluded.episode_offset
WHERE x.media_id = excluded.media_id
RETURNING media_id`;

const UPDATE_POPULARITY = `
UPDATE media_counter c SET popularity = g.popularity
FROM ${given('media_id bigint, popularity real')}
WHERE c.media_id = g.media_id AND c.popularity <> g.popularity`;

export const TOUCH_MEDIA = `
UPDATE media SET updated_at = now() WHERE media_id IN (SELECT media_id FROM ${given('media_id bigint')})`;

/** NOT EXISTS beside ON CONFLICT: a conflict would use up a number of a small sequence. */
const INSERT_GENRES = `
INSERT INTO genre (name)
SELECT g.name FROM ${given('name text')} WHERE NOT EXISTS (SELECT FROM genre x WHERE x.name = g.name) ORDER BY g.name
ON CONFLICT DO NOTHING`;

const FIND_GENRES = `SELECT genre_id, name FROM genre WHERE name IN (SELECT name FROM ${given('name text')})`;

interface ChildSpec {
  readonly keys: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

const CHILDREN: Readonly<Record<ChildTable, ChildSpec>> = {
  media_title: { keys: { title: 'text' }, values: {} },
  season: { keys: { season: 'smallint' }, values: {} },
  episode: {
    keys: { season: 'smallint', episode: 'int' },
    values: { released: 'date', title: 'text', overview: 'text', thumbnail_url: 'text' },
  },
  media_genre: { keys: { genre_id: 'smallint' }, values: { position: 'smallint' } },
  media_image: { keys: { kind: 'text', url: 'text' }, values: { position: 'smallint' } },
  media_rating: { keys: { provider: 'text' }, values: { value: 'real', votes: 'int' } },
};

/** In the order of foreign keys. */
const REPLACE_CHILDREN = (
  ['media_title', 'season', 'episode', 'media_genre', 'media_image', 'media_rating'] as const
).map((table) => [table, replaceChildren(table, CHILDREN[table])] as const);

/** Makes the rows of the owners those that are given; returns the owners of rows that were not so before. */
function replaceChildren(table: ChildTable, spec: ChildSpec): string {
  const types = { media_id: 'bigint', ...spec.keys, ...spec.values };
  const keys = ['media_id', ...Object.keys(spec.keys)];
  const values = Object.keys(spec.values);
  const update =
    values.length === 0
      ? 'DO NOTHING'
      : `
  DO UPDATE SET ${values.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE (${list(values, 't')}) IS DISTINCT FROM (${list(values, 'excluded')})`;
  return `
WITH parameter AS (SELECT $1::text::jsonb -> 0 AS content), g AS MATERIALIZED (
  SELECT DISTINCT ON (${list(keys)}) r.*
  FROM parameter, ${given(typed(types), 'r', "content -> 'rows'")} ORDER BY ${list(keys)}
), gone AS (
  DELETE FROM ${table} t
  WHERE media_id IN (SELECT o.media_id FROM parameter, ${given('media_id bigint', 'o', "content -> 'owners'")})
    AND NOT EXISTS (SELECT FROM g WHERE (${list(keys, 'g')}) = (${list(keys, 't')}))
  RETURNING media_id
), put AS (
  INSERT INTO ${table} AS t (${Object.keys(types).join(', ')}) SELECT ${Object.keys(types).join(', ')} FROM g
  ON CONFLICT (${list(keys)}) ${update}
  RETURNING media_id
)
SELECT media_id FROM gone UNION SELECT media_id FROM put`;
}

const INSERT_TRACKERS = `
INSERT INTO tracker_list (urls)
SELECT DISTINCT g.trackers FROM ${given('trackers text')}
WHERE NOT EXISTS (SELECT FROM tracker_list t WHERE t.urls_hash = md5(g.trackers)::uuid)
ORDER BY g.trackers
ON CONFLICT DO NOTHING`;

const STREAM_TYPES = importedColumns(STREAM_FIELDS);
const STREAM_COLUMNS = Object.keys(STREAM_TYPES);
const STREAM_VALUES = [...STREAM_COLUMNS, 'tracker_list_id'];

const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');

/** What a stream becomes: as the source says now, but what was private stays so. */
const STREAM_UPDATE = STREAM_VALUES.map((column) =>
  column === 'flags_mask'
    ? `excluded.flags_mask | (s.flags_mask & ${PRIVATE})`
    : `excluded.${column}`,
).join(', ');

/** Only the source that a stream came from may change it: two indexers that disagree would take turns. */
const UPSERT_STREAMS = `
INSERT INTO stream AS s (kind, content_key, source, added_at, ${list(STREAM_VALUES)})
SELECT DISTINCT ON (g.content_key, g.kind) g.kind, decode(g.content_key, 'hex'), g.source,
  coalesce(to_timestamp(nullif(g.added_at_s, 0)), now()), ${list(STREAM_COLUMNS, 'g')}, t.tracker_list_id
FROM ${given(`kind smallint, content_key text, source text, added_at_s float8, trackers text, ${typed(STREAM_TYPES)}`)}
LEFT JOIN tracker_list t ON t.urls_hash = md5(g.trackers)::uuid
ORDER BY g.content_key, g.kind
ON CONFLICT (content_key, kind)
DO UPDATE SET (${list(STREAM_VALUES)}) = ROW (${STREAM_UPDATE})
WHERE s.source = excluded.source
  AND (${list(STREAM_VALUES, 's')}) IS DISTINCT FROM (${STREAM_UPDATE})
RETURNING stream_id, xmax = 0 AS is_added`;

/** A torrent that one source calls private is private, whoever it came from first. The rows are locked already. */
const MARK_PRIVATE = `
UPDATE stream s SET flags_mask = s.flags_mask | ${PRIVATE}
FROM ${given('kind smallint, content_key text')}
WHERE s.content_key = decode(g.content_key, 'hex') AND s.kind = g.kind AND s.flags_mask & ${PRIVATE} = 0
RETURNING s.stream_id`;

const UPSERT_SEEDERS = `
INSERT INTO stream_counter AS c (stream_id, seeders)
SELECT stream_id, max(g.seeders)
FROM ${given('kind smallint, content_key text, seeders int')}
JOIN stream s ON s.content_key = decode(g.content_key, 'hex') AND s.kind = g.kind
GROUP BY stream_id ORDER BY stream_id
ON CONFLICT (stream_id) DO UPDATE SET seeders = excluded.seeders WHERE c.seeders <> excluded.seeders`;

const LINK_TYPES =
  'media_id bigint, season smallint, episode_from int, episode_to int, file_index int, ' +
  'file_size_bytes bigint, filename text';

const UPSERT_LINKS = `
INSERT INTO stream_link AS l
  (stream_id, media_id, season, episode_from, episode_to, file_index, file_size_bytes, filename)
SELECT DISTINCT ON (stream_id, g.file_index, g.media_id, g.season, g.episode_from)
  stream_id, g.media_id, g.season, g.episode_from, g.episode_to, g.file_index, g.file_size_bytes, g.filename
FROM ${given(`kind smallint, content_key text, ${LINK_TYPES}`)}
JOIN stream s ON s.content_key = decode(g.content_key, 'hex') AND s.kind = g.kind
ORDER BY stream_id, g.file_index, g.media_id, g.season, g.episode_from
ON CONFLICT (stream_id, file_index, media_id, season, episode_from) DO UPDATE
SET episode_to = excluded.episode_to, file_size_bytes = excluded.file_size_bytes, filename = excluded.filename
WHERE (l.episode_to, l.file_size_bytes, l.filename)
  IS DISTINCT FROM (excluded.episode_to, excluded.file_size_bytes, excluded.filename)
RETURNING media_id, xmax = 0 AS is_added`;

const MEDIA_OF_STREAMS = `
SELECT DISTINCT media_id FROM stream_link WHERE stream_id IN (SELECT stream_id FROM ${given('stream_id bigint')})`;

/** Of titles without services that say which episodes there are. */
const EPISODES_OF_NOBODY = `
FROM ${given('media_id bigint, season smallint, episode int')} JOIN media m USING (media_id)
WHERE m.type = 'series'
  AND NOT EXISTS (SELECT FROM title_metadata t WHERE t.media_id = g.media_id AND NOT t.is_sketch)`;

const ADD_SEASONS = `
INSERT INTO season (media_id, season) SELECT DISTINCT media_id, g.season ${EPISODES_OF_NOBODY} ORDER BY 1, 2
ON CONFLICT DO NOTHING`;

const ADD_EPISODES = `
INSERT INTO episode (media_id, season, episode) SELECT DISTINCT media_id, g.season, g.episode ${EPISODES_OF_NOBODY}
ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING media_id`;

function typed(types: Readonly<Record<string, string>>): string {
  return Object.entries(types)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
}

function list(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? name : `${alias}.${name}`)).join(', ');
}
