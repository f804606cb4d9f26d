/** SQL of where viewers left recordings. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

export interface VodPosition {
  /** Of the recording. */
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
  /** ISO 8601, in microseconds. */
  readonly updatedAt: string;
}

const PER_VIEWER_MAX = 200;

const COLUMNS = `p.live_stream_id AS id, s.title, p.position_s::float8 AS seconds,
  to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "updatedAt"`;

/** What is there of the recording; nothing where that is gone, or has not ended. */
const PUT = `
WITH recording AS (
  SELECT live_stream_id, title FROM live_stream
  WHERE live_stream_id = $2::uuid AND status = 'ended' AND deleted_at IS NULL
), beyond AS (
  DELETE FROM vod_position WHERE (viewer, live_stream_id) IN (
    SELECT viewer, live_stream_id FROM vod_position WHERE viewer = decode($1, 'hex') AND live_stream_id <> $2::uuid
    ORDER BY updated_at DESC, live_stream_id DESC OFFSET ${PER_VIEWER_MAX - 1})
), put AS (
  INSERT INTO vod_position (viewer, live_stream_id, position_s)
  SELECT decode($1, 'hex'), live_stream_id, $3::real FROM recording
  ON CONFLICT (live_stream_id, viewer) DO UPDATE SET position_s = excluded.position_s, updated_at = excluded.updated_at
  RETURNING *
)
SELECT ${COLUMNS} FROM put p JOIN recording s ON s.live_stream_id = p.live_stream_id`;

const FROM_VIEWER = `FROM vod_position p JOIN live_stream s ON s.live_stream_id = p.live_stream_id
WHERE p.viewer = decode($1, 'hex') AND s.deleted_at IS NULL`;

const FIND = `SELECT ${COLUMNS} ${FROM_VIEWER} AND p.live_stream_id = $2::uuid`;

const OF_VIEWER = `SELECT ${COLUMNS} ${FROM_VIEWER} ORDER BY p.updated_at DESC, p.live_stream_id DESC LIMIT $2`;

const REMOVE = `DELETE FROM vod_position WHERE viewer = decode($1, 'hex') AND live_stream_id = $2::uuid`;

/** The oldest: those that are too old, and what is more than may be. */
const PURGE = `
DELETE FROM vod_position WHERE ctid IN (
  SELECT ctid FROM vod_position
  WHERE updated_at < now() - make_interval(days => $1) OR (SELECT count(*) FROM vod_position) > $2
  ORDER BY updated_at LIMIT $3)
RETURNING live_stream_id`;

export class PositionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null where there is no such recording. @param viewer digest of a key @param id a UUID */
  async put(
    viewer: Buffer,
    id: string,
    seconds: number,
    signal: CancelSignal,
  ): Promise<VodPosition | null> {
    const [row] = await this.#database.write<VodPosition[]>(
      { name: 'vod.put-position', lane: 'rest', signal },
      (sql) => sql.unsafe(PUT, [viewer.toString('hex'), id, seconds]),
    );
    return row ?? null;
  }

  async find(viewer: Buffer, id: string, signal: CancelSignal): Promise<VodPosition | null> {
    const [row] = await this.#database.read<VodPosition[]>(
      { name: 'vod.find-position', lane: 'page', signal },
      (sql) => sql.unsafe(FIND, [viewer.toString('hex'), id]),
    );
    return row ?? null;
  }

  /** The newest first. */
  ofViewer(viewer: Buffer, limit: number, signal: CancelSignal): Promise<readonly VodPosition[]> {
    return this.#database.read<VodPosition[]>(
      { name: 'vod.positions', lane: 'page', signal },
      (sql) => sql.unsafe(OF_VIEWER, [viewer.toString('hex'), limit]),
    );
  }

  async remove(viewer: Buffer, id: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'vod.remove-position', lane: 'rest', signal }, (sql) =>
      sql.unsafe(REMOVE, [viewer.toString('hex'), id]),
    );
  }

  /** @returns how many it deleted, at most `limit` */
  async purge(
    { keepDays, rowsMax }: { readonly keepDays: number; readonly rowsMax: number },
    limit: number,
    signal: CancelSignal,
  ): Promise<number> {
    const rows = await this.#database.write(
      { name: 'vod.purge-positions', lane: 'rest', signal },
      (sql) => sql.unsafe(PURGE, [keepDays, rowsMax, limit]),
    );
    return rows.length;
  }
}
