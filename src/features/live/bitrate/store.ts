/** SQL of bitrates by minute. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

/** What one process has taken of a rendition in one minute so far: written again, it takes the place of what was there. */
export interface StoredMinute {
  readonly streamId: string;
  readonly rendition: string;
  /** Milliseconds since 1970, at the beginning of the minute. */
  readonly minuteMs: number;
  readonly bytes: number;
  readonly segments: number;
  readonly drops: number;
  readonly peakBps: number;
}

/** Of all renditions and processes. */
export interface MinuteBitrate {
  /** ISO 8601. */
  readonly at: string;
  readonly averageBps: number;
  readonly peakBps: number;
  readonly segments: number;
  readonly drops: number;
}

const PUT_MINUTES = `
INSERT INTO live_bitrate_minute AS m (live_stream_id, minute, rendition, process, bytes, segments, drops, peak_bps)
SELECT s.live_stream_id, to_timestamp(v."minuteMs" / 1000), v.rendition, $2::int, v.bytes, v.segments, v.drops, v."peakBps"
FROM jsonb_to_recordset($1::text::jsonb) AS v ("streamId" uuid, rendition text, "minuteMs" float8, bytes bigint,
  segments int, drops int, "peakBps" bigint)
JOIN live_stream s ON s.live_stream_id = v."streamId"
ORDER BY s.live_stream_id, v."minuteMs", v.rendition
ON CONFLICT (live_stream_id, minute, rendition, process) DO UPDATE SET bytes = excluded.bytes,
  segments = excluded.segments, drops = excluded.drops, peak_bps = excluded.peak_bps`;

/** A peak of several renditions, or of several processes, is at most the sum of theirs. */
const MINUTES = `
SELECT to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at,
  (sum(bytes) * 8 / 60)::float8 AS "averageBps", sum(peak_bps)::float8 AS "peakBps",
  sum(segments)::int AS segments, sum(drops)::int AS drops
FROM live_bitrate_minute WHERE live_stream_id = $1::uuid GROUP BY minute ORDER BY minute DESC LIMIT $2`;

const PURGE = `
DELETE FROM live_bitrate_minute WHERE (live_stream_id, minute, rendition, process) IN (
  SELECT live_stream_id, minute, rendition, process FROM live_bitrate_minute
  WHERE minute < now() - make_interval(days => $1) ORDER BY minute LIMIT $2)
RETURNING minute`;

export class BitrateStore {
  readonly #database: Database;
  readonly #process: number;

  /** @param processNumber of 31 bits, of this process alone */
  constructor(database: Database, processNumber: number) {
    this.#database = database;
    this.#process = processNumber;
  }

  async put(minutes: readonly StoredMinute[], signal: CancelSignal): Promise<void> {
    const parameters = [JSON.stringify(minutes), this.#process];
    await this.#database.write({ name: 'live.put-minutes', lane: 'rest', signal }, (sql) =>
      sql.unsafe(PUT_MINUTES, parameters),
    );
  }

  /** The last ones, oldest first. */
  async minutes(
    streamId: string,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly MinuteBitrate[]> {
    const rows = await this.#database.read<MinuteBitrate[]>(
      { name: 'live.minutes', lane: 'page', signal },
      (sql) => sql.unsafe(MINUTES, [streamId, limit]),
    );
    return rows.toReversed();
  }

  /** @returns how many rows were deleted: `limit` when there may be more */
  async purge(olderThanDays: number, limit: number, signal: CancelSignal): Promise<number> {
    const rows = await this.#database.write(
      { name: 'live.purge-minutes', lane: 'rest', signal },
      (sql) => sql.unsafe(PURGE, [olderThanDays, limit]),
    );
    return rows.length;
  }
}
