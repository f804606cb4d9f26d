/**
 * SQL of a sync: the list is staged by COPY, paired with what is there, and what differs becomes a snapshot. Rows that stay the
 * same are not touched; no statement is run per channel.
 */
import type { BulkLoad } from '../../../platform/db/bulk-load.ts';
import { STAGED_COLUMNS } from './staged-entry.ts';

export const FOREVER = 2_147_483_647;

const COLUMNS = STAGED_COLUMNS.join(', ');

const CREATE_STAGE = `
CREATE TEMP TABLE iptv_stage (
  position int PRIMARY KEY, digest uuid, merge_key text COLLATE "C", region text COLLATE "C", name text, group_title text,
  number int,
  tvg_id text COLLATE "C", logo text, url text COLLATE "C", quality int, is_radio bool, user_agent text, referrer text,
  catchup_type text, catchup_source text, catchup_days int, kind text COLLATE "C", year int, season int, episode int, label text,
  series_ref text COLLATE "C", container text, external_id text, details jsonb, properties text[],
  source_id bigint, channel_id bigint
)`;
const CREATE_OLD = `
CREATE TEMP TABLE iptv_old (
  source_id bigint PRIMARY KEY, channel_id bigint, digest uuid, merge_key text COLLATE "C", tvg_id text COLLATE "C",
  group_title text, url text COLLATE "C", name text, number int, kind text COLLATE "C", season int, episode int, position int,
  is_paired bool
)`;

const LOCK_PROVIDER = `
SELECT published_snapshot AS published, last_snapshot AS last, EXISTS (
  SELECT FROM iptv_snapshot s
  WHERE s.provider_id = p.provider_id AND s.snapshot > p.published_snapshot AND s.published_at IS NOT NULL
) AS "wasRolledBack"
FROM iptv_provider p WHERE provider_id = $1 FOR UPDATE`;
const DISCARD_ROWS = 'DELETE FROM iptv_source WHERE provider_id = $1 AND from_snapshot > $2';
const RESTORE_ROWS = `
UPDATE iptv_source SET to_snapshot = ${FOREVER}
WHERE provider_id = $1 AND to_snapshot > $2 AND to_snapshot < ${FOREVER}`;
const DISCARD_SNAPSHOTS = `
UPDATE iptv_snapshot SET state = 'discarded' WHERE provider_id = $1 AND snapshot > $2 AND state <> 'discarded'`;
const READ_OLD = `
INSERT INTO iptv_old
SELECT source_id, channel_id, digest, merge_key, tvg_id, group_title, url, name, number, kind, season, episode, position, false
FROM iptv_source WHERE provider_id = $1 AND to_snapshot = ${FOREVER}`;

/** What an entry and a row have to have in common, the surest first; the first of equal ones are paired with each other. */
const NAMED = `merge_key || chr(10) || season || ' ' || episode`;
const PAIRINGS: readonly { readonly key: string; readonly where: string }[] = [
  { key: 'digest::text', where: 'true' },
  { key: `url || chr(10) || ${NAMED}`, where: 'true' },
  { key: 'tvg_id || chr(10) || merge_key', where: `tvg_id <> ''` },
  { key: `${NAMED} || chr(10) || group_title`, where: 'true' },
  { key: NAMED, where: 'true' },
  { key: 'kind || url', where: 'true' },
  { key: 'tvg_id', where: `tvg_id <> ''` },
];

function pairStatement({ key, where }: (typeof PAIRINGS)[number]): string {
  return `
WITH old AS (
  SELECT source_id, channel_id, ${key} AS key, row_number() OVER (PARTITION BY ${key} ORDER BY position) AS place
  FROM iptv_old WHERE NOT is_paired AND ${where}
), new AS (
  SELECT position, ${key} AS key, row_number() OVER (PARTITION BY ${key} ORDER BY position) AS place
  FROM iptv_stage WHERE source_id IS NULL AND ${where}
), paired AS (
  UPDATE iptv_stage s SET source_id = old.source_id, channel_id = old.channel_id
  FROM new JOIN old USING (key, place) WHERE s.position = new.position RETURNING s.source_id
)
UPDATE iptv_old o SET is_paired = true FROM paired WHERE o.source_id = paired.source_id`;
}

const COUNTS = `
SELECT (SELECT count(*)::int FROM iptv_stage) AS total,
  (SELECT count(*)::int FROM iptv_old) AS before,
  (SELECT count(*)::int FROM iptv_stage WHERE source_id IS NULL) AS added,
  (SELECT count(*)::int FROM iptv_old WHERE NOT is_paired) AS removed,
  (SELECT count(*)::int FROM iptv_stage WHERE kind = 'live') AS "liveTotal",
  (SELECT count(*)::int FROM iptv_old WHERE kind = 'live') AS "liveBefore",
  (SELECT count(*)::int FROM iptv_old WHERE kind = 'live' AND NOT is_paired) AS "liveRemoved",
  count(*) FILTER (WHERE s.digest <> o.digest)::int AS changed,
  count(*) FILTER (WHERE s.name <> o.name)::int AS renamed,
  count(*) FILTER (WHERE s.group_title <> o.group_title OR s.number IS DISTINCT FROM o.number)::int AS moved,
  count(*) FILTER (WHERE s.url <> o.url)::int AS readdressed
FROM iptv_stage s JOIN iptv_old o USING (source_id)`;

/** One sync at a time finds and adds channels, or two would add the same. */
const LOCK_CHANNELS = 'LOCK TABLE iptv_channel IN SHARE UPDATE EXCLUSIVE MODE';
/** What a person has said goes before names. */
const FIND_SPLITS = `
UPDATE iptv_stage s SET channel_id = x.channel_id FROM iptv_split x
WHERE s.channel_id IS NULL AND x.provider_id = $1 AND (x.name, x.url_hash) = (s.name, md5(s.url)::uuid)`;
/** One that an imported table knows, by its id or by another of its names; `+1` is a channel of its own. */
const KNOWN: readonly string[] = [
  `UPDATE iptv_stage s SET merge_key = k.merge_key, region = k.region FROM iptv_known_channel k
WHERE s.channel_id IS NULL AND s.kind = 'live' AND s.merge_key !~ '[+][0-9]+$'
  AND k.tvg_id = lower(split_part(s.tvg_id, '@', 1))`,
  `UPDATE iptv_stage s SET merge_key = n.merge_key FROM iptv_known_name n
WHERE s.channel_id IS NULL AND s.kind = 'live' AND (n.name_key, n.region) = (s.merge_key, s.region)`,
];
/** The channel of that name in that region. */
const FIND_CHANNELS = `
UPDATE iptv_stage s SET channel_id = c.channel_id FROM (
  SELECT merge_key, region, min(coalesce(merged_into, channel_id)) AS channel_id FROM iptv_channel GROUP BY merge_key, region
) c WHERE s.channel_id IS NULL AND s.merge_key = c.merge_key AND s.region = c.region`;
/** Else the only one of that name, where either side does not say its region. */
const FIND_WITHOUT_REGION = `
UPDATE iptv_stage s SET channel_id = c.channel_id FROM (
  SELECT merge_key, min(coalesce(merged_into, channel_id)) AS channel_id, min(region) AS region
  FROM iptv_channel GROUP BY merge_key HAVING count(*) = 1
) c WHERE s.channel_id IS NULL AND s.merge_key = c.merge_key AND (c.region = '' OR s.region = '')`;
const ADD_CHANNELS = `
INSERT INTO iptv_channel (merge_key, region, name, group_title, number, logo, tvg_id, is_radio, kind, year, container,
  external_id, details)
SELECT DISTINCT ON (merge_key, region) merge_key, region, name, group_title, number, logo, tvg_id, is_radio, kind, year,
  container, external_id, details
FROM iptv_stage WHERE channel_id IS NULL ORDER BY merge_key, region, position`;
const END_ROWS = `
UPDATE iptv_source t SET to_snapshot = $1 FROM iptv_old o
WHERE o.source_id = t.source_id
  AND (NOT o.is_paired OR EXISTS (SELECT FROM iptv_stage s WHERE s.source_id = o.source_id AND s.digest <> o.digest))`;
const ADD_ROWS = `
INSERT INTO iptv_source (provider_id, from_snapshot, channel_id, ${COLUMNS})
SELECT $1, $2, s.channel_id, ${STAGED_COLUMNS.map((name) => `s.${name}`).join(', ')}
FROM iptv_stage s LEFT JOIN iptv_old o USING (source_id) WHERE o.digest IS DISTINCT FROM s.digest ORDER BY s.position`;
const ADD_SNAPSHOT = `
INSERT INTO iptv_snapshot (provider_id, snapshot, state, reason, total, added, removed, renamed, moved, readdressed, refused)
VALUES ($1, $2, 'held', $3, $4, $5, $6, $7, $8, $9, $10)`;
const TOOK_PLACE = `
UPDATE iptv_provider SET synced_at = now(), next_at = now() + interval_hours * interval '1 hour', last_error = '',
  last_snapshot = greatest(last_snapshot, $2)
WHERE provider_id = $1`;

export interface Standing {
  /** What is shown, and the last there was. */
  readonly published: number;
  readonly last: number;
  /** A later one was shown, and taken back. */
  readonly wasRolledBack: boolean;
}

export interface DifferenceCounts {
  readonly total: number;
  readonly before: number;
  readonly added: number;
  readonly removed: number;
  /** The same of channels alone. */
  readonly liveTotal: number;
  readonly liveBefore: number;
  readonly liveRemoved: number;
  readonly changed: number;
  readonly renamed: number;
  readonly moved: number;
  readonly readdressed: number;
}

export class StageStore {
  readonly #load: BulkLoad;

  constructor(load: BulkLoad) {
    this.#load = load;
  }

  /** Once for each connection, before anything else. */
  async prepare(): Promise<void> {
    await this.#load.query(CREATE_STAGE);
    await this.#load.query(CREATE_OLD);
  }

  /** @param rows of `stagedRow` */
  stage(rows: string): Promise<void> {
    return this.#load.copy(
      `COPY iptv_stage (${COLUMNS}) FROM STDIN`,
      new TextEncoder().encode(rows),
    );
  }

  transaction<R>(work: () => Promise<R>): Promise<R> {
    return this.#load.transaction(work);
  }

  /** Null when the provider is gone. Other syncs of it wait until the transaction ends. */
  async lockProvider(providerId: number): Promise<Standing | null> {
    const [row] = await this.#load.query<Standing & Record<string, unknown>>(LOCK_PROVIDER, [
      providerId,
    ]);
    return row ?? null;
  }

  /** Drops what came after the snapshot that is shown. */
  async discardAfter(providerId: number, published: number): Promise<void> {
    for (const statement of [DISCARD_ROWS, RESTORE_ROWS, DISCARD_SNAPSHOTS])
      await this.#load.query(statement, [providerId, published]);
  }

  /** Pairs the staged list with what is there, and counts what differs. */
  async compare(providerId: number): Promise<DifferenceCounts> {
    await this.#load.query(READ_OLD, [providerId]);
    await this.#load.query('ANALYZE iptv_stage');
    await this.#load.query('ANALYZE iptv_old');
    for (const pairing of PAIRINGS) await this.#load.query(pairStatement(pairing));
    const [counts] = await this.#load.query<DifferenceCounts & Record<string, unknown>>(COUNTS);
    if (counts === undefined) throw new Error('counts have a row');
    return counts;
  }

  /** What differs as the snapshot of this number, held. */
  async keep(
    providerId: number,
    snapshot: number,
    { total, added, removed, renamed, moved, readdressed }: DifferenceCounts,
    { reason, refused }: { readonly reason: string; readonly refused: number },
  ): Promise<void> {
    await this.#load.query(LOCK_CHANNELS);
    await this.#load.query(FIND_SPLITS, [providerId]);
    for (const statement of [...KNOWN, FIND_CHANNELS, FIND_WITHOUT_REGION, ADD_CHANNELS])
      await this.#load.query(statement);
    // Planned for empty tables, the next statements took minutes at 100,000 entries.
    await this.#load.query('ANALYZE iptv_channel');
    await this.#load.query(FIND_CHANNELS);
    await this.#load.query(END_ROWS, [snapshot]);
    await this.#load.query(ADD_ROWS, [providerId, snapshot]);
    await this.#load.query('ANALYZE iptv_source');
    const counts = [total, added, removed, renamed, moved, readdressed, refused];
    await this.#load.query(ADD_SNAPSHOT, [providerId, snapshot, reason, ...counts]);
  }

  async tookPlace(providerId: number, snapshot: number): Promise<void> {
    await this.#load.query(TOOK_PLACE, [providerId, snapshot]);
  }
}
