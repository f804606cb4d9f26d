/** SQL of channels that people merge and split: sets at a time, whatever syncs bring afterwards. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database, TransactionSql } from '../../../platform/db/database.ts';
import { SHOWN } from '../shown-rows.ts';

const ASKED = 'SELECT jsonb_array_elements_text($2::text::jsonb)';
/** One kind alone: a film is no channel. $1 stays, $2 are merged into it; what was merged into those comes along. */
const OTHERS = `
SELECT o.channel_id FROM iptv_channel o
JOIN iptv_channel t ON t.public_id = $1 AND o.kind = t.kind AND o.channel_id <> t.channel_id
WHERE o.public_id IN (${ASKED}) AND t.merged_into IS NULL`;
const MERGE = `
UPDATE iptv_channel c SET merged_into = t.channel_id FROM iptv_channel t
WHERE t.public_id = $1 AND (c.channel_id IN (${OTHERS}) OR c.merged_into IN (${OTHERS}))`;
const MOVE_SOURCES = `
UPDATE iptv_source s SET channel_id = c.merged_into FROM iptv_channel c
WHERE c.channel_id = s.channel_id AND c.merged_into = (SELECT channel_id FROM iptv_channel WHERE public_id = $1)`;
const MOVE_SPLITS = `
UPDATE iptv_split x SET channel_id = c.merged_into FROM iptv_channel c
WHERE c.channel_id = x.channel_id AND c.merged_into = (SELECT channel_id FROM iptv_channel WHERE public_id = $1)`;

const SPLIT_ROWS = `
SELECT s.* FROM iptv_source s JOIN iptv_provider p USING (provider_id) JOIN iptv_channel c USING (channel_id)
WHERE c.public_id = $1 AND ${SHOWN} AND s.source_id IN (SELECT jsonb_array_elements($2::text::jsonb)::bigint)`;
const REMAINING = `
SELECT count(*)::int AS count FROM iptv_source s JOIN iptv_provider p USING (provider_id) JOIN iptv_channel c USING (channel_id)
WHERE c.public_id = $1 AND ${SHOWN} AND s.source_id NOT IN (SELECT jsonb_array_elements($2::text::jsonb)::bigint)`;
const ADD_SPLIT = `
INSERT INTO iptv_channel (merge_key, region, name, group_title, number, logo, tvg_id, is_radio, kind, year, container,
  external_id, details, own_name)
SELECT 'split:' || gen_random_uuid(), region, name, group_title, number, logo, tvg_id, is_radio, kind, year, container,
  external_id, details, nullif($3, '')
FROM (${SPLIT_ROWS}) r ORDER BY source_id LIMIT 1 RETURNING channel_id::float8 AS serial, public_id AS id`;
const KEEP_SPLIT = `
INSERT INTO iptv_split AS x (provider_id, name, url_hash, channel_id)
SELECT DISTINCT provider_id, name, md5(url)::uuid, $3::bigint FROM (${SPLIT_ROWS}) r
ON CONFLICT (provider_id, url_hash, name) DO UPDATE SET channel_id = excluded.channel_id`;
/** Also in the snapshots that are not shown. */
const MOVE_SPLIT = `
UPDATE iptv_source s SET channel_id = x.channel_id FROM iptv_split x
WHERE x.channel_id = $1::bigint AND (s.provider_id, s.name, md5(s.url)::uuid) = (x.provider_id, x.name, x.url_hash)`;

const FORGET_ORDER = `
DELETE FROM iptv_source_order WHERE channel_id = (SELECT channel_id FROM iptv_channel WHERE public_id = $1)`;
const KEEP_ORDER = `
INSERT INTO iptv_source_order (channel_id, place, provider_id, name, url_hash)
SELECT s.channel_id, w.place, s.provider_id, s.name, md5(s.url)::uuid
FROM jsonb_array_elements($2::text::jsonb) WITH ORDINALITY AS w (source_id, place)
JOIN iptv_source s ON s.source_id = w.source_id::bigint
JOIN iptv_provider p USING (provider_id) JOIN iptv_channel c USING (channel_id)
WHERE c.public_id = $1 AND ${SHOWN} RETURNING place`;

/** Ends the transaction: nothing of it stays. */
class NotOfChannel extends Error {}

export class CorrectionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many channels became that one; 0 where none of them is there, or the channel itself is not. */
  mergeChannels(id: string, others: readonly string[], signal: CancelSignal): Promise<number> {
    return this.#inTransaction('iptv.merge-channels', signal, async (sql) => {
      const found = await sql.unsafe(OTHERS, [id, JSON.stringify(others)]);
      if (found.length === 0) return 0;
      await sql.unsafe(MERGE, [id, JSON.stringify(others)]);
      for (const statement of [MOVE_SOURCES, MOVE_SPLITS]) await sql.unsafe(statement, [id]);
      return found.length;
    });
  }

  /** The new channel's id; null where the sources are not the channel's, or are all that it has. */
  splitChannel(
    id: string,
    sourceIds: readonly number[],
    name: string,
    signal: CancelSignal,
  ): Promise<string | null> {
    return this.#inTransaction('iptv.split-channel', signal, async (sql) => {
      const asked = [id, JSON.stringify(sourceIds)];
      const [remaining] = await sql.unsafe<{ readonly count: number }[]>(REMAINING, asked);
      if (remaining === undefined || remaining.count === 0) return null;
      const [added] = await sql.unsafe<{ readonly id: string; readonly serial: number }[]>(
        ADD_SPLIT,
        [...asked, name],
      );
      if (added === undefined) return null;
      await sql.unsafe(KEEP_SPLIT, [...asked, added.serial]);
      await sql.unsafe(MOVE_SPLIT, [added.serial]);
      return added.id;
    });
  }

  /**
   * These sources first, in this order; none: as it is by itself. False, and nothing changed, where some are not the channel's.
   * @param sourceIds each once
   */
  async orderSources(
    id: string,
    sourceIds: readonly number[],
    signal: CancelSignal,
  ): Promise<boolean> {
    try {
      await this.#inTransaction('iptv.order-sources', signal, async (sql) => {
        await sql.unsafe(FORGET_ORDER, [id]);
        const kept = await sql.unsafe(KEEP_ORDER, [id, JSON.stringify(sourceIds)]);
        if (kept.length < sourceIds.length) throw new NotOfChannel();
      });
      return true;
    } catch (error) {
      if (error instanceof NotOfChannel) return false;
      throw error;
    }
  }

  #inTransaction<R>(
    name: string,
    signal: CancelSignal,
    work: (sql: TransactionSql) => Promise<R>,
  ): Promise<R> {
    return this.#database.transaction({ name, lane: 'rest', signal, timeoutMs: 30_000 }, work);
  }
}
