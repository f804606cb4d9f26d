/** SQL of live streams and recordings. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ListedSegment } from '../../lib/hls/playlist.ts';
import type { Database } from '../../platform/db/database.ts';
import type { LiveStatus, LiveStream } from './contract.ts';

export interface StoredLiveStream extends LiveStream {
  readonly ownerKeyHash: Buffer;
  readonly isDeleted: boolean;
}

/** What a list shows: streams of one status, of all owners or one. */
export interface LiveFilter {
  readonly status: LiveStatus;
  /** Empty: everybody's. */
  readonly owner: string;
}

/** Where a page begins: behind this stream. */
export interface LiveKey {
  readonly createdAt: string;
  readonly id: string;
}

export interface NumberedPage {
  readonly items: readonly LiveStream[];
  readonly total: number;
}

export interface StoredPlaylist {
  readonly name: string;
  /** Null where it lists segments. */
  readonly variants: string | null;
  readonly mapName: string;
  readonly isMapStored: boolean;
}

export interface StoredSegment extends ListedSegment {
  readonly isStored: boolean;
}

type Counted = LiveStream & { readonly total: number };

const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `live_stream_id AS id, title, owner, status, stored_bytes::float8 AS "storedBytes",
  ${iso('created_at')} AS "createdAt", ${iso('started_at')} AS "startedAt", ${iso('ended_at')} AS "endedAt"`;

const ORDER = 'ORDER BY created_at DESC, live_stream_id DESC';

const INSERT = `
INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash)
VALUES ($1::uuid, $2, $3, decode($4, 'hex')) RETURNING ${COLUMNS}`;

const FIND = `
SELECT ${COLUMNS}, owner_key_hash AS "ownerKeyHash", deleted_at IS NOT NULL AS "isDeleted"
FROM live_stream WHERE live_stream_id = $1::uuid`;

/** A state that the stream has already, or cannot have any more, changes nothing. */
const SET_STATUS = `
UPDATE live_stream SET status = $2,
  started_at = CASE WHEN $2 = 'live' THEN coalesce(started_at, now()) ELSE started_at END,
  ended_at = CASE WHEN $2 = 'ended' THEN now() ELSE ended_at END
WHERE live_stream_id = $1::uuid AND status <> $2 AND status <> 'ended' AND deleted_at IS NULL
RETURNING live_stream_id`;

const SET_DELETED = `
UPDATE live_stream SET deleted_at = CASE WHEN $2::boolean THEN now() END
WHERE live_stream_id = $1::uuid AND (deleted_at IS NULL) = $2::boolean RETURNING live_stream_id`;

/** Those of which something is left. */
const LONG_DELETED = `
SELECT live_stream_id AS id FROM live_stream s WHERE deleted_at < now() - make_interval(days => $1)
  AND (stored_bytes > 0 OR EXISTS (SELECT FROM live_playlist p WHERE p.live_stream_id = s.live_stream_id)) LIMIT $2`;

const PURGE = `
WITH segments AS (DELETE FROM live_segment WHERE live_stream_id = $1::uuid),
  playlists AS (DELETE FROM live_playlist WHERE live_stream_id = $1::uuid)
UPDATE live_stream SET stored_bytes = 0 WHERE live_stream_id = $1::uuid`;

/** @param hasOwner the owner is the last of the parameters */
function whereOf(hasOwner: boolean, ownerParameter: number): string {
  const owner = hasOwner ? ` AND owner = $${ownerParameter}` : '';
  return `FROM live_stream WHERE deleted_at IS NULL AND status = $1${owner}`;
}

const STORED_BYTES = 'SELECT coalesce(sum(stored_bytes), 0)::float8 AS bytes FROM live_stream';

const PUT_SEGMENT = `
WITH held AS (SELECT bytes FROM live_segment WHERE live_stream_id = $1::uuid AND name = $2),
put AS (
  INSERT INTO live_segment (live_stream_id, name, bytes) VALUES ($1::uuid, $2, $3::bigint)
  ON CONFLICT (live_stream_id, name) DO UPDATE SET bytes = excluded.bytes
)
UPDATE live_stream SET stored_bytes = stored_bytes + $3::bigint - coalesce((SELECT bytes FROM held), 0)
WHERE live_stream_id = $1::uuid`;

const PUT_PLAYLIST = `
WITH listed AS (
  INSERT INTO live_segment (live_stream_id, name, playlist, sequence, duration_ms, is_discontinuity)
  SELECT $1::uuid, name, $2, sequence, "durationMs", "isDiscontinuity"
  FROM jsonb_to_recordset($5::text::jsonb)
    AS s (name text, sequence bigint, "durationMs" int, "isDiscontinuity" boolean)
  ORDER BY name
  ON CONFLICT (live_stream_id, name) DO UPDATE SET playlist = excluded.playlist, sequence = excluded.sequence,
    duration_ms = excluded.duration_ms, is_discontinuity = excluded.is_discontinuity
)
INSERT INTO live_playlist (live_stream_id, name, variants, map_name) VALUES ($1::uuid, $2, $3, $4)
ON CONFLICT (live_stream_id, name) DO UPDATE SET variants = excluded.variants, map_name = excluded.map_name`;

const PLAYLISTS = `
SELECT p.name, p.variants, p.map_name AS "mapName", p.map_name = '' OR s.bytes IS NOT NULL AS "isMapStored"
FROM live_playlist p
LEFT JOIN live_segment s ON s.live_stream_id = p.live_stream_id AND s.name = p.map_name
WHERE p.live_stream_id = $1::uuid ORDER BY p.name`;

const SEGMENTS = `
SELECT name, sequence::float8 AS sequence, duration_ms AS "durationMs", is_discontinuity AS "isDiscontinuity",
  bytes IS NOT NULL AS "isStored"
FROM live_segment WHERE live_stream_id = $1::uuid AND playlist = $2 AND sequence IS NOT NULL
ORDER BY sequence DESC LIMIT $3`;

export class LiveStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(
    stream: {
      readonly id: string;
      readonly title: string;
      readonly owner: string;
      readonly ownerKeyHash: Buffer;
    },
    signal: CancelSignal,
  ): Promise<LiveStream | undefined> {
    const { id, title, owner, ownerKeyHash } = stream;
    const parameters = [id, title, owner, ownerKeyHash.toString('hex')];
    const [row] = await this.#database.write<LiveStream[]>(
      { name: 'live.insert', lane: 'rest', signal },
      (sql) => sql.unsafe(INSERT, parameters),
    );
    return row;
  }

  /** Deleted ones, too. @param id a UUID */
  async find(id: string, signal: CancelSignal): Promise<StoredLiveStream | null> {
    const [row] = await this.#database.read<StoredLiveStream[]>(
      { name: 'live.find', lane: 'page', signal },
      (sql) => sql.unsafe(FIND, [id], { prepare: true }),
    );
    return row ?? null;
  }

  /** False when nothing changed. */
  async setStatus(id: string, status: LiveStatus, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'live.set-status', lane: 'rest', signal },
      (sql) => sql.unsafe(SET_STATUS, [id, status]),
    );
    return rows.length > 0;
  }

  /** False when nothing changed. */
  async setDeleted(id: string, isDeleted: boolean, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'live.set-deleted', lane: 'rest', signal },
      (sql) => sql.unsafe(SET_DELETED, [id, isDeleted]),
    );
    return rows.length > 0;
  }

  /** Deleted streams whose time to be restored is over, and of which something is left. */
  async longDeleted(days: number, limit: number, signal: CancelSignal): Promise<readonly string[]> {
    const rows = await this.#database.read<{ readonly id: string }[]>(
      { name: 'live.long-deleted', lane: 'rest', signal },
      (sql) => sql.unsafe(LONG_DELETED, [days, limit]),
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets what was sent of it. */
  async purge(id: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'live.purge', lane: 'rest', signal }, (sql) =>
      sql.unsafe(PURGE, [id]),
    );
  }

  /** Newest first, with how many there are in all, also on a page behind the last one. */
  async page(
    { status, owner }: LiveFilter,
    { skip, limit }: { readonly skip: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<NumberedPage> {
    const owners = owner === '' ? [] : [owner];
    const where = whereOf(owner !== '', 4);
    const statement = `SELECT ${COLUMNS}, (count(*) OVER ())::float8 AS total ${where} ${ORDER} LIMIT $2 OFFSET $3`;
    const rows = await this.#database.read<Counted[]>(
      { name: 'live.page', lane: 'page', signal },
      (sql) => sql.unsafe(statement, [status, limit, skip, ...owners]),
    );
    const [first] = rows;
    if (first !== undefined) return { items: rows, total: first.total };
    if (skip === 0) return { items: [], total: 0 };
    const [counted] = await this.#database.read<{ readonly total: number }[]>(
      { name: 'live.count', lane: 'page', signal },
      (sql) =>
        sql.unsafe(`SELECT count(*)::float8 AS total ${whereOf(owner !== '', 2)}`, [
          status,
          ...owners,
        ]),
    );
    return { items: [], total: counted?.total ?? 0 };
  }

  /** Newest first. @param after null for the first page */
  pageAfter(
    { status, owner }: LiveFilter,
    after: LiveKey | null,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly LiveStream[]> {
    const owners = owner === '' ? [] : [owner];
    const key = after ?? { createdAt: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
    const behind = 'AND (created_at, live_stream_id) < ($3::text::timestamptz, $4::uuid)';
    const statement = `SELECT ${COLUMNS} ${whereOf(owner !== '', 5)} ${behind} ${ORDER} LIMIT $2`;
    return this.#database.read<LiveStream[]>(
      { name: 'live.page-after', lane: 'page', signal },
      (sql) =>
        sql.unsafe(statement, [status, limit, key.createdAt, key.id, ...owners], { prepare: true }),
    );
  }

  /** Of all streams. */
  async storedBytes(signal: CancelSignal): Promise<number> {
    const [row] = await this.#database.read<{ readonly bytes: number }[]>(
      { name: 'live.stored-bytes', lane: 'page', signal },
      (sql) => sql.unsafe(STORED_BYTES, [], { prepare: true }),
    );
    return row?.bytes ?? 0;
  }

  async putSegment(id: string, name: string, bytes: number, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'live.put-segment', lane: 'rest', signal }, (sql) =>
      sql.unsafe(PUT_SEGMENT, [id, name, bytes], { prepare: true }),
    );
  }

  /** @param playlist with its segments; those that it no longer lists stay listed */
  async putPlaylist(
    id: string,
    playlist: {
      readonly name: string;
      readonly variants: string | null;
      readonly mapName: string;
      readonly segments: readonly ListedSegment[];
    },
    signal: CancelSignal,
  ): Promise<void> {
    const { name, variants, mapName, segments } = playlist;
    const parameters = [id, name, variants, mapName, JSON.stringify(segments)];
    await this.#database.write({ name: 'live.put-playlist', lane: 'rest', signal }, (sql) =>
      sql.unsafe(PUT_PLAYLIST, parameters, { prepare: true }),
    );
  }

  playlists(id: string, signal: CancelSignal): Promise<readonly StoredPlaylist[]> {
    return this.#database.read<StoredPlaylist[]>(
      { name: 'live.playlists', lane: 'page', signal },
      (sql) => sql.unsafe(PLAYLISTS, [id], { prepare: true }),
    );
  }

  /** The last of a playlist, in their order. */
  async segments(
    id: string,
    playlist: string,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly StoredSegment[]> {
    const rows = await this.#database.read<StoredSegment[]>(
      { name: 'live.segments', lane: 'page', signal },
      (sql) => sql.unsafe(SEGMENTS, [id, playlist, limit], { prepare: true }),
    );
    return rows.toReversed();
  }
}
