/** SQL of transcodes. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { RungName } from '../../lib/transcode/ladder.ts';
import type { Database, StatementOptions } from '../../platform/db/database.ts';

export type TranscodeState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface StoredTranscode {
  /** UUID. */
  readonly id: string;
  /** Of the live stream whose recording it is made of. */
  readonly recordingId: string;
  readonly rungs: readonly RungName[];
  readonly state: TranscodeState;
  /** Null until a job was made for it. */
  readonly jobId: string | null;
  readonly failure: string | null;
  readonly bytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const COLUMNS = `transcode_id AS id, live_stream_id AS "recordingId", rungs, state, job_id AS "jobId", failure,
  bytes::float8 AS bytes, ${iso('created_at')} AS "createdAt", ${iso('finished_at')} AS "finishedAt"`;

const WANTED = `('waiting', 'running', 'done')`;

const REQUEST = `
INSERT INTO transcode (transcode_id, live_stream_id, rungs) VALUES ($1::uuid, $2::uuid, $3::text[])
ON CONFLICT (live_stream_id, rungs) WHERE state IN ${WANTED} DO UPDATE SET used_at = now()
RETURNING ${COLUMNS}`;

const FIND = `SELECT ${COLUMNS} FROM transcode WHERE transcode_id = $1::uuid`;

const OF_RECORDING = `
SELECT ${COLUMNS} FROM transcode WHERE live_stream_id = $1::uuid ORDER BY created_at DESC, transcode_id LIMIT $2`;

const SET_JOB = `UPDATE transcode SET job_id = $2 WHERE transcode_id = $1::uuid RETURNING transcode_id`;

/** What is over stays so. */
const SET_STATE = `
UPDATE transcode SET state = $2, failure = $3, bytes = coalesce($4::bigint, bytes),
  finished_at = CASE WHEN $2 = 'running' THEN NULL ELSE now() END
WHERE transcode_id = $1::uuid AND state IN ('waiting', 'running') RETURNING transcode_id`;

const SET_BYTES = `UPDATE transcode SET bytes = $2::bigint WHERE transcode_id = $1::uuid`;

const TOUCH = `UPDATE transcode SET used_at = now() WHERE transcode_id = $1::uuid`;

const REMOVE = `DELETE FROM transcode WHERE transcode_id = $1::uuid`;

const STORED_BYTES = 'SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM transcode';

const LEAST_USED = `
SELECT ${COLUMNS} FROM transcode WHERE state NOT IN ('waiting', 'running') AND used_at < now() - make_interval(days => $1)
ORDER BY used_at LIMIT $2`;

export class TranscodeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The one that is there of these rungs, unless it has failed, else a new one with this id. */
  async request(
    id: string,
    recordingId: string,
    rungs: readonly RungName[],
    signal: CancelSignal,
  ): Promise<StoredTranscode> {
    const [row] = await this.#write<StoredTranscode>(
      { name: 'transcode.request', lane: 'rest', signal },
      REQUEST,
      [id, recordingId, [...rungs]],
    );
    if (row === undefined) throw new Error('a transcode was neither found nor made');
    return row;
  }

  /** @param id a UUID */
  async find(id: string, signal: CancelSignal): Promise<StoredTranscode | null> {
    const [row] = await this.#read({ name: 'transcode.find', lane: 'page', signal }, FIND, [id]);
    return row ?? null;
  }

  /** The newest first. */
  ofRecording(
    recordingId: string,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly StoredTranscode[]> {
    return this.#read({ name: 'transcode.of-recording', lane: 'page', signal }, OF_RECORDING, [
      recordingId,
      limit,
    ]);
  }

  async setJob(id: string, jobId: string, signal: CancelSignal): Promise<void> {
    await this.#write({ name: 'transcode.set-job', lane: 'rest', signal }, SET_JOB, [id, jobId]);
  }

  /**
   * False when it is over already, or gone.
   * @param failure in words, where it failed
   * @param bytes null: as they were
   */
  async setState(
    id: string,
    state: TranscodeState,
    { failure = null, bytes = null }: { failure?: string | null; bytes?: number | null },
    signal: CancelSignal,
  ): Promise<boolean> {
    const rows = await this.#write(
      { name: 'transcode.set-state', lane: 'rest', signal },
      SET_STATE,
      [id, state, failure, bytes],
    );
    return rows.length > 0;
  }

  async setBytes(id: string, bytes: number, signal: CancelSignal): Promise<void> {
    await this.#write({ name: 'transcode.set-bytes', lane: 'rest', signal }, SET_BYTES, [
      id,
      bytes,
    ]);
  }

  /** It was played. */
  async touch(id: string, signal: CancelSignal): Promise<void> {
    await this.#write({ name: 'transcode.touch', lane: 'rest', signal }, TOUCH, [id]);
  }

  async remove(id: string, signal: CancelSignal): Promise<void> {
    await this.#write({ name: 'transcode.remove', lane: 'rest', signal }, REMOVE, [id]);
  }

  /** Of all transcodes. */
  async storedBytes(signal: CancelSignal): Promise<number> {
    const [row] = await this.#database.read<{ readonly bytes: number }[]>(
      { name: 'transcode.stored-bytes', lane: 'rest', signal },
      (sql) => sql.unsafe(STORED_BYTES),
    );
    return row?.bytes ?? 0;
  }

  /** Those that are over and were played longest ago. */
  leastUsed(
    unusedDays: number,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly StoredTranscode[]> {
    return this.#read({ name: 'transcode.least-used', lane: 'page', signal }, LEAST_USED, [
      unusedDays,
      limit,
    ]);
  }

  #read(
    options: StatementOptions,
    statement: string,
    parameters: readonly (string | number)[],
  ): Promise<readonly StoredTranscode[]> {
    return this.#database.read<StoredTranscode[]>(options, (sql) =>
      sql.unsafe(statement, [...parameters]),
    );
  }

  #write<T extends object>(
    options: StatementOptions,
    statement: string,
    parameters: readonly (string | number | null | string[])[],
  ) {
    return this.#database.write<T[]>(options, (sql) => sql.unsafe(statement, [...parameters]));
  }
}
