/** SQL of known channels: the table is replaced whole, and channels that it knows to be one become one. */
import type { KnownChannels } from '../../../lib/iptv/known-channels.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

const FORGET: readonly string[] = ['DELETE FROM iptv_known_channel', 'DELETE FROM iptv_known_name'];
const ADD_CHANNELS = `
INSERT INTO iptv_known_channel (tvg_id, merge_key, region)
SELECT k."tvgId", k."mergeKey", k.region
FROM jsonb_to_recordset($1::text::jsonb) AS k ("tvgId" text, "mergeKey" text, region text) ON CONFLICT DO NOTHING`;
const ADD_NAMES = `
INSERT INTO iptv_known_name (name_key, region, merge_key)
SELECT k."nameKey", k.region, k."mergeKey"
FROM jsonb_to_recordset($1::text::jsonb) AS k ("nameKey" text, region text, "mergeKey" text)`;
/** Those that go by another name of one that is there. */
const MERGE = `
UPDATE iptv_channel c SET merged_into = t.channel_id
FROM iptv_known_name n JOIN iptv_channel t ON (t.merge_key, t.region) = (n.merge_key, n.region)
WHERE (c.merge_key, c.region) = (n.name_key, n.region) AND c.kind = 'live' AND t.kind = 'live'
  AND c.merged_into IS NULL AND t.merged_into IS NULL
  AND NOT EXISTS (SELECT FROM iptv_channel o WHERE o.merged_into = c.channel_id)
RETURNING c.channel_id`;
const MOVE_SOURCES = `
UPDATE iptv_source s SET channel_id = c.merged_into FROM iptv_channel c
WHERE c.channel_id = s.channel_id AND c.merged_into IS NOT NULL`;

export class KnownStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns how many channels became one with another */
  replace({ channels, names }: KnownChannels, signal: CancelSignal): Promise<number> {
    return this.#database.transaction(
      { name: 'iptv.known-channels', lane: 'rest', signal, timeoutMs: 120_000 },
      async (sql) => {
        for (const statement of FORGET) await sql.unsafe(statement);
        await sql.unsafe(ADD_CHANNELS, [JSON.stringify(channels)]);
        await sql.unsafe(ADD_NAMES, [JSON.stringify(names)]);
        const merged = await sql.unsafe(MERGE);
        await sql.unsafe(MOVE_SOURCES);
        return merged.length;
      },
    );
  }
}
