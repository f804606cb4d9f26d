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
/** Also those that were dropped while the database could not be asked. */
const RENEW_SLOTS = `
INSERT INTO iptv_slot (slot_id, provider_id, expires_at) OVERRIDING SYSTEM VALUE
SELECT held.slot_id, p.provider_id, now() + ${LEASE}
FROM unnest($1::bigint[], $2::int[]) held (slot_id, provider_id) JOIN iptv_provider p USING (provider_id)
ON CONFLICT (slot_id) DO UPDATE SET expires_at = excluded.expires_at`;
const ADD_SLOT = `
INSERT INTO iptv_slot (provider_id, expires_at)
SELECT provider_id, now() + ${LEASE} FROM iptv_provider WHERE provider_id = $1 RETURNING slot_id AS id`;
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
const REVOKED =
  'SELECT viewer_id AS id FROM iptv_viewer WHERE viewer_id = ANY ($1::int[]) AND is_revoked';
const UNWATCH = 'DELETE FROM iptv_watch WHERE viewer_id = $1 AND watch_key = $2 AND process = $3';

/** A viewer's stream, by what tells it from others of theirs. */
export interface Watch {
  readonly viewerId: number;
  readonly key: string;
}

/** A stream at a provider that the database counts. */
export interface CountedSlot {
  readonly id: string;
  readonly providerId: number;
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

  async renewSlots(slots: readonly CountedSlot[], signal: CancelSignal): Promise<void> {
    const parameters = [slots.map(({ id }) => id), slots.map(({ providerId }) => providerId)];
    await this.#database.write({ name: 'iptv.renew-slots', lane: 'rest', signal }, (sql) =>
      sql.unsafe(RENEW_SLOTS, parameters),
    );
  }

  /** One that is open already, whatever the limit is. Null where the provider is gone. */
  async addSlot(providerId: number, signal: CancelSignal): Promise<string | null> {
    const rows = await this.#database.write<{ readonly id: string }[]>(
      { name: 'iptv.add-slot', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD_SLOT, [providerId]),
    );
    const id = rows[0]?.id;
    return id === undefined ? null : String(id);
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

  /** Those of these viewers whose tokens were revoked. */
  async revoked(viewerIds: readonly number[], signal: CancelSignal): Promise<ReadonlySet<number>> {
    const rows = await this.#database.read<{ readonly id: number }[]>(
      { name: 'iptv.revoked', lane: 'rest', signal },
      (sql) => sql.unsafe(REVOKED, [[...viewerIds]]),
    );
    return new Set(rows.map(({ id }) => id));
  }

  async unwatch({ viewerId, key }: Watch, process: number, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.unwatch', lane: 'rest', signal }, (sql) =>
      sql.unsafe(UNWATCH, [viewerId, key, process]),
    );
  }
}
