/** SQL of what is open now, over all processes: streams at providers, and streams of viewers. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

/** What a process that died had is free after this time. */
const LEASE = `interval '20 seconds'`;

const LOCK_PROVIDER = 'SELECT FROM iptv_provider WHERE provider_id = $1 FOR NO KEY UPDATE';
const TAKE_SLOT = `
INSERT INTO iptv_slot (provider_id, expires_at)
SELECT $1, clock_timestamp() + ${LEASE}
WHERE (SELECT count(*) FROM iptv_slot WHERE provider_id = $1 AND expires_at > clock_timestamp()) < $2
RETURNING slot_id AS id`;
const DROP_SLOTS =
  'DELETE FROM iptv_slot WHERE provider_id = $1 AND expires_at <= clock_timestamp()';
const RENEW_SLOTS = `UPDATE iptv_slot SET expires_at = now() + ${LEASE} WHERE slot_id = ANY ($1::bigint[])`;
const GIVE_SLOT = 'DELETE FROM iptv_slot WHERE slot_id = $1';

const LOCK_VIEWER = 'SELECT FROM iptv_viewer WHERE viewer_id = $1 FOR NO KEY UPDATE';
const WATCH = `
INSERT INTO iptv_watch (viewer_id, watch_key, process, started_at, expires_at)
VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + ${LEASE})
ON CONFLICT (viewer_id, watch_key, process) DO UPDATE SET started_at = excluded.started_at, expires_at = excluded.expires_at`;
const REPLACE = `
DELETE FROM iptv_watch WHERE viewer_id = $1 AND (expires_at <= clock_timestamp() OR watch_key NOT IN (
  SELECT watch_key FROM iptv_watch WHERE viewer_id = $1 AND expires_at > clock_timestamp()
  GROUP BY watch_key ORDER BY max(started_at) DESC LIMIT $2))`;
const RENEW_WATCHES = `
UPDATE iptv_watch SET expires_at = now() + ${LEASE} WHERE process = $1 RETURNING viewer_id AS "viewerId", watch_key AS key`;
const WATCHES = `SELECT watch_key AS key FROM iptv_watch WHERE viewer_id = $1 AND process = $2`;
const UNWATCH = 'DELETE FROM iptv_watch WHERE viewer_id = $1 AND watch_key = $2 AND process = $3';

/** A viewer's stream, by what tells it from others of theirs. */
export interface Watch {
  readonly viewerId: number;
  readonly key: string;
}

export class ProxyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null when all are taken. */
  takeSlot(providerId: number, slotsMax: number, signal: CancelSignal): Promise<string | null> {
    return this.#database.transaction(
      { name: 'iptv.take-slot', lane: 'rest', signal },
      async (sql) => {
        // Counted by a statement of its own: one that waited would not see what was added meanwhile.
        await sql.unsafe(LOCK_PROVIDER, [providerId]);
        await sql.unsafe(DROP_SLOTS, [providerId]);
        const rows = await sql.unsafe<{ readonly id: string }[]>(TAKE_SLOT, [providerId, slotsMax]);
        const id = rows[0]?.id;
        return id === undefined ? null : String(id);
      },
    );
  }

  async renewSlots(ids: readonly string[], signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.renew-slots', lane: 'rest', signal }, (sql) =>
      sql.unsafe(RENEW_SLOTS, [[...ids]]),
    );
  }

  async giveSlot(id: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.give-slot', lane: 'rest', signal }, (sql) =>
      sql.unsafe(GIVE_SLOT, [id]),
    );
  }

  /** Keys of the viewer's streams in this process that may go on: the newest `streamsMax` of all processes. */
  watch(
    { viewerId, key }: Watch,
    streamsMax: number,
    process: number,
    signal: CancelSignal,
  ): Promise<ReadonlySet<string>> {
    return this.#database.transaction({ name: 'iptv.watch', lane: 'rest', signal }, async (sql) => {
      await sql.unsafe(LOCK_VIEWER, [viewerId]);
      await sql.unsafe(WATCH, [viewerId, key, process]);
      await sql.unsafe(REPLACE, [viewerId, streamsMax]);
      const rows = await sql.unsafe<{ readonly key: string }[]>(WATCHES, [viewerId, process]);
      return new Set(rows.map((row) => row.key));
    });
  }

  /** Those of this process that nobody has replaced. */
  renewWatches(process: number, signal: CancelSignal): Promise<readonly Watch[]> {
    return this.#database.write<Watch[]>(
      { name: 'iptv.renew-watches', lane: 'rest', signal },
      (sql) => sql.unsafe(RENEW_WATCHES, [process]),
    );
  }

  async unwatch({ viewerId, key }: Watch, process: number, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.unwatch', lane: 'rest', signal }, (sql) =>
      sql.unsafe(UNWATCH, [viewerId, key, process]),
    );
  }
}
