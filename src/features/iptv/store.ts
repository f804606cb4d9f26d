/** SQL of providers, their snapshots, and channels as everybody sees them. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from '../../platform/db/database.ts';
import type { AccountSeals } from './accounts/account-seals.ts';
import type {
  ChangedEntry,
  Channel,
  ChannelChange,
  ChannelGroup,
  ChannelLibrary,
  ChannelQuery,
  ChannelRights,
  ChannelSource,
  EntryKey,
  ProviderKind,
  ProviderMode,
  SnapshotReport,
} from './contract.ts';
import { MAY_SEE, SHOWN, rightsOf } from './shown-rows.ts';

export interface StoredProvider {
  readonly id: number;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly addressSealed: Buffer;
  readonly accountSealed: Buffer | null;
  /** SHA-256 of the addresses of guides that its list named last; empty: none yet. */
  readonly guidesDigest: string;
  readonly publishedSnapshot: number;
  readonly heldSnapshot: number;
  readonly channels: number;
  readonly vod: number;
  readonly mode: ProviderMode;
  readonly slotsMax: number;
  readonly intervalHours: number;
  readonly nextAt: Date;
  readonly lastError: string;
  readonly syncedAt: Date | null;
}

export type DueProvider = Pick<StoredProvider, 'id' | 'addressSealed'>;

export interface NewProvider {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly addressSealed: Buffer;
  readonly accountSealed: Buffer;
  readonly mode: ProviderMode;
  readonly slotsMax: number;
  readonly intervalHours: number;
}

export type StoredSource = Omit<ChannelSource, 'storedUrl'> & {
  readonly accountSealed: Buffer | null;
};

/** Null leaves as it is. */
export interface ProviderChange {
  readonly mode: ProviderMode | null;
  readonly slotsMax: number | null;
  readonly intervalHours: number | null;
}

const ADD_PROVIDER = `
INSERT INTO iptv_provider (name, kind, address_sealed, account_sealed, mode, slots_max, interval_hours, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::smallint, now() + $7::smallint * interval '1 hour')
ON CONFLICT (lower(name)) DO NOTHING RETURNING provider_id AS id`;
const PROVIDERS = `
SELECT p.provider_id AS id, p.name, p.kind, p.address_sealed AS "addressSealed",
  p.account_sealed AS "accountSealed", p.guides_digest AS "guidesDigest", p.published_snapshot AS "publishedSnapshot",
  p.mode, p.slots_max AS "slotsMax", p.interval_hours AS "intervalHours", p.next_at AS "nextAt",
  p.last_error AS "lastError", p.synced_at AS "syncedAt",
  coalesce((
    SELECT max(snapshot) FROM iptv_snapshot h WHERE h.provider_id = p.provider_id AND h.state = 'held'
  ), 0) AS "heldSnapshot",
  (SELECT count(*)::int FROM iptv_source s WHERE s.provider_id = p.provider_id
    AND s.from_snapshot <= p.published_snapshot AND s.to_snapshot > p.published_snapshot AND s.kind = 'live') AS channels,
  (SELECT count(*)::int FROM iptv_source s WHERE s.provider_id = p.provider_id
    AND s.from_snapshot <= p.published_snapshot AND s.to_snapshot > p.published_snapshot AND s.kind <> 'live') AS vod
FROM iptv_provider p WHERE $1::int IS NULL OR p.provider_id = $1 ORDER BY p.priority, p.provider_id`;
const FAILED = 'UPDATE iptv_provider SET last_error = $2 WHERE provider_id = $1';
const CHANGE_PROVIDER = `
UPDATE iptv_provider SET mode = coalesce($2, mode), slots_max = coalesce($3::smallint, slots_max),
  interval_hours = coalesce($4::smallint, interval_hours),
  next_at = CASE WHEN $4::smallint IS NULL THEN next_at ELSE coalesce(synced_at, now()) + $4::smallint * interval '1 hour' END
WHERE provider_id = $1 RETURNING provider_id`;
const TAKE_DUE = `
UPDATE iptv_provider SET next_at = now() + interval_hours * interval '1 hour'
WHERE interval_hours > 0 AND next_at <= now() RETURNING provider_id AS id, address_sealed AS "addressSealed"`;
const SET_GUIDES = 'UPDATE iptv_provider SET guides_digest = $2 WHERE provider_id = $1';
const DELETE_PROVIDER = 'DELETE FROM iptv_provider WHERE provider_id = $1 RETURNING provider_id';

const SNAPSHOTS = `
SELECT snapshot, state, reason, total, added, removed, renamed, moved, readdressed, refused, created_at AS "createdAt"
FROM iptv_snapshot WHERE provider_id = $1 ORDER BY snapshot DESC LIMIT 50`;
const DIFFERENCE = `
SELECT c.public_id AS channel, place::int AS place, coalesce(n.name, '') AS name, coalesce(o.name, '') AS "oldName",
  coalesce(n.group_title, '') AS "group", coalesce(o.group_title, '') AS "oldGroup",
  coalesce(n.url <> o.url, false) AS "isReaddressed",
  CASE WHEN o.source_id IS NULL THEN 'added' WHEN n.source_id IS NULL THEN 'removed' ELSE 'changed' END AS change
FROM (SELECT *, row_number() OVER (PARTITION BY channel_id ORDER BY position) AS place
    FROM iptv_source WHERE provider_id = $1 AND from_snapshot = $2) n
FULL JOIN (SELECT *, row_number() OVER (PARTITION BY channel_id ORDER BY position) AS place
    FROM iptv_source WHERE provider_id = $1 AND to_snapshot = $2) o USING (channel_id, place)
JOIN iptv_channel c USING (channel_id)
WHERE $3 = '' OR (c.channel_id, place) > ((SELECT l.channel_id FROM iptv_channel l WHERE l.public_id = $3), $4::int)
ORDER BY c.channel_id, place LIMIT $5`;

/** A channel that a person has merged or split is found by the name that it had then. */
const IS_CORRECTED = `
(c.merge_key LIKE 'split:%' OR EXISTS (SELECT FROM iptv_channel m WHERE m.merged_into = c.channel_id))`;

/** Channels say what their first source says; $2 the snapshot that differs from what was shown. */
const FOLLOW_SOURCES = `
UPDATE iptv_channel c SET name = n.name, group_title = n.group_title, number = n.number, logo = n.logo, tvg_id = n.tvg_id,
  is_radio = n.is_radio, merge_key = n.own_key, region = n.own_region, kind = n.kind, year = n.year, container = n.container,
  external_id = n.external_id, details = n.details, catchup_days = n.known_days, mimetype = n.mimetype
FROM (
  SELECT DISTINCT ON (s.channel_id) s.*, CASE WHEN k.is_fixed THEN k.merge_key ELSE s.merge_key END AS own_key,
    CASE WHEN k.is_fixed THEN k.region ELSE s.region END AS own_region,
    CASE WHEN s.catchup_type = '' THEN 0 ELSE greatest(1, s.catchup_days) END AS known_days,
    coalesce((SELECT split_part(q, '=', 2) FROM unnest(s.properties) q WHERE q ILIKE 'mimetype=%' LIMIT 1), '') AS mimetype
  FROM iptv_source s JOIN iptv_provider p USING (provider_id)
  JOIN (SELECT channel_id, merge_key, region, ${IS_CORRECTED} AS is_fixed FROM iptv_channel c) k USING (channel_id)
  WHERE s.channel_id IN (SELECT channel_id FROM iptv_source WHERE provider_id = $1 AND (from_snapshot = $2 OR to_snapshot = $2))
    AND ${SHOWN}
  ORDER BY s.channel_id, p.priority, p.provider_id, s.position
) n
WHERE n.channel_id = c.channel_id
  AND (c.name, c.group_title, c.number, c.logo, c.tvg_id, c.is_radio, c.merge_key, c.region, c.kind, c.year,
    c.container, c.external_id, c.details, c.catchup_days, c.mimetype)
  IS DISTINCT FROM (n.name, n.group_title, n.number, n.logo, n.tvg_id, n.is_radio, n.own_key, n.own_region, n.kind, n.year,
    n.container, n.external_id, n.details, n.known_days, n.mimetype)`;

/** $2 is shown from now on; $1 the provider. */
const PUBLISH: readonly string[] = [
  `UPDATE iptv_snapshot SET state = 'replaced' WHERE provider_id = $1 AND state = 'published' AND snapshot <> $2`,
  `UPDATE iptv_snapshot SET state = 'published', reason = '', published_at = now() WHERE provider_id = $1 AND snapshot = $2`,
  `DELETE FROM iptv_source s USING iptv_provider p
   WHERE p.provider_id = $1 AND s.provider_id = $1 AND s.to_snapshot <= p.published_snapshot AND p.published_snapshot < $2`,
  `UPDATE iptv_provider SET published_snapshot = $2 WHERE provider_id = $1`,
];
const HELD = `SELECT snapshot FROM iptv_snapshot WHERE provider_id = $1 AND snapshot = $2 AND state = 'held' FOR UPDATE`;
const ROLL_BACK_TO = `
SELECT max(s.snapshot) AS snapshot, max(p.published_snapshot) AS published
FROM iptv_snapshot s JOIN iptv_provider p USING (provider_id)
WHERE s.provider_id = $1 AND s.state = 'replaced' AND s.snapshot < p.published_snapshot
  AND NOT EXISTS (SELECT FROM iptv_snapshot n WHERE n.provider_id = s.provider_id AND n.snapshot > p.published_snapshot
    AND n.published_at IS NOT NULL)`;
const ROLL_BACK: readonly string[] = [
  `UPDATE iptv_snapshot SET state = 'discarded' WHERE provider_id = $1 AND snapshot > $2`,
  `UPDATE iptv_snapshot SET state = 'published' WHERE provider_id = $1 AND snapshot = $2`,
  `UPDATE iptv_provider SET published_snapshot = $2 WHERE provider_id = $1`,
];

const CHANNEL_COLUMNS = `
c.public_id AS id, c.channel_id::float8 AS serial, coalesce(c.own_name, c.name) AS name,
coalesce(c.own_group, c.group_title) AS "group",
coalesce(c.own_number, c.number) AS number, coalesce(c.own_logo, c.logo) AS logo, c.tvg_id AS "tvgId", c.is_radio AS "isRadio",
c.catchup_days AS "catchupDays", c.mimetype,
c.is_hidden AS "isHidden"`;
/** The order of channels: two indexes have it. Those without a number come last. */
const CHANNEL_ORDER = (c: string) =>
  [
    `coalesce(${c}.own_number, ${c}.number, 2147483647)`,
    `lower(coalesce(${c}.own_name, ${c}.name))`,
    `${c}.channel_id`,
  ] as const;
const OF_LAST = CHANNEL_ORDER('l').map(
  (key) => `(SELECT ${key} FROM iptv_channel l WHERE l.public_id = $6)`,
);
const CHANNELS = `
SELECT ${CHANNEL_COLUMNS} FROM iptv_channel c
WHERE c.kind = 'live' AND ${MAY_SEE} AND ($3 OR NOT c.is_hidden) AND ($4 = '' OR coalesce(c.own_group, c.group_title) = $4)
  AND ($5 = '' OR strpos(lower(coalesce(c.own_name, c.name)), lower($5)) > 0)
  AND ($6 = '' OR (${CHANNEL_ORDER('c').join(', ')}) > (${OF_LAST.join(', ')}))
ORDER BY ${CHANNEL_ORDER('c').join(', ')} LIMIT $7 OFFSET $8`;
const CHANNEL = `SELECT ${CHANNEL_COLUMNS} FROM iptv_channel c WHERE c.kind = 'live' AND ${MAY_SEE} AND c.public_id = $3`;
const CHANNEL_BY_SERIAL = `
SELECT ${CHANNEL_COLUMNS} FROM iptv_channel c
WHERE c.kind = 'live' AND ${MAY_SEE} AND c.channel_id = $3::bigint`;
/** Where a person wants the source; by its address, else by its name, of which one may have changed. */
const ownPlace = (isIt: string) => `(
  SELECT min(o.place) FROM iptv_source_order o
  WHERE o.channel_id = s.channel_id AND o.provider_id = s.provider_id AND o.${isIt})`;
const SOURCES = `
SELECT s.source_id::float8 AS "sourceId", p.name AS provider, p.provider_id AS "providerId", s.url, s.quality,
  p.account_sealed AS "accountSealed",
  s.catchup_type AS "catchupType", s.catchup_source AS "catchupSource",
  s.user_agent AS "userAgent", s.referrer, s.properties, p.mode, p.slots_max AS "slotsMax", h.confidence,
  coalesce(h.is_down, false) AS "isDown", coalesce(h.failure, '') AS failure, h.checked_at AS "checkedAt", h.seen_at AS "seenAt"
FROM iptv_source s JOIN iptv_provider p USING (provider_id) JOIN iptv_channel c USING (channel_id)
LEFT JOIN iptv_health h ON (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid)
WHERE c.public_id = $1 AND ($2::text IS NULL OR $2::text::jsonb @> to_jsonb(p.provider_id)) AND ${SHOWN}
ORDER BY coalesce(h.is_down, false),
  coalesce(${ownPlace('url_hash = md5(s.url)::uuid')}, ${ownPlace('name = s.name')}) NULLS LAST,
  p.priority, s.quality DESC, p.provider_id, s.position LIMIT 50`;
const GROUPS = `
SELECT coalesce(c.own_group, c.group_title) AS title, count(*)::int AS channels FROM iptv_channel c
WHERE c.kind = 'live' AND ${MAY_SEE} AND NOT c.is_hidden
GROUP BY 1 ORDER BY lower(coalesce(c.own_group, c.group_title)), 1 LIMIT 1000`;
const CHANGE_CHANNEL = `
UPDATE iptv_channel c SET
  own_name = CASE WHEN $2::text IS NULL THEN own_name ELSE nullif($2, '') END,
  own_group = CASE WHEN $3::text IS NULL THEN own_group ELSE nullif($3, '') END,
  own_logo = CASE WHEN $4::text IS NULL THEN own_logo ELSE nullif($4, '') END,
  own_number = CASE WHEN $5::int IS NULL THEN own_number ELSE nullif($5::int, -1) END,
  is_hidden = coalesce($6::bool, is_hidden)
WHERE public_id = $1 RETURNING ${CHANNEL_COLUMNS}`;

const PUBLISH_TIMEOUT_MS = 60_000;

interface RollBackRecord {
  readonly snapshot: number | null;
  readonly published: number;
}

export class IptvStore implements ChannelLibrary {
  readonly #database: Database;
  readonly #seals: Pick<AccountSeals, 'filled'>;

  constructor(database: Database, seals: Pick<AccountSeals, 'filled'>) {
    this.#database = database;
    this.#seals = seals;
  }

  /** Null when another one has this name. */
  async addProvider(provider: NewProvider, signal: CancelSignal): Promise<number | null> {
    const { name, kind, addressSealed, accountSealed, mode, slotsMax, intervalHours } = provider;
    const sealed = [addressSealed, accountSealed];
    const rows = await this.#database.write<{ readonly id: number }[]>(
      { name: 'iptv.add-provider', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD_PROVIDER, [name, kind, ...sealed, mode, slotsMax, intervalHours]),
    );
    return rows[0]?.id ?? null;
  }

  /** @param id null for all */
  providers(id: number | null, signal: CancelSignal): Promise<readonly StoredProvider[]> {
    return this.#database.read<StoredProvider[]>(
      { name: 'iptv.providers', lane: 'page', signal },
      (sql) => sql.unsafe(PROVIDERS, [id]),
    );
  }

  async failed(id: number, reason: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.failed', lane: 'rest', signal }, (sql) =>
      sql.unsafe(FAILED, [id, reason.slice(0, 500)]),
    );
  }

  async setGuidesDigest(id: number, digest: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'iptv.set-guides', lane: 'rest', signal }, (sql) =>
      sql.unsafe(SET_GUIDES, [id, digest]),
    );
  }

  /** Those whose time has come, which begins anew for them. */
  takeDue(signal: CancelSignal): Promise<readonly DueProvider[]> {
    return this.#database.write<DueProvider[]>(
      { name: 'iptv.take-due', lane: 'rest', signal },
      (sql) => sql.unsafe(TAKE_DUE),
    );
  }

  /** False when there is none. */
  async changeProvider(
    id: number,
    { mode, slotsMax, intervalHours }: ProviderChange,
    signal: CancelSignal,
  ): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'iptv.change-provider', lane: 'rest', signal },
      (sql) => sql.unsafe(CHANGE_PROVIDER, [id, mode, slotsMax, intervalHours]),
    );
    return rows.length > 0;
  }

  /** False when there is none. */
  async deleteProvider(id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'iptv.delete-provider', lane: 'rest', signal, timeoutMs: 60_000 },
      (sql) => sql.unsafe(DELETE_PROVIDER, [id]),
    );
    return rows.length > 0;
  }

  /** Newest first. */
  snapshots(providerId: number, signal: CancelSignal): Promise<readonly SnapshotReport[]> {
    return this.#database.read<SnapshotReport[]>(
      { name: 'iptv.snapshots', lane: 'page', signal },
      (sql) => sql.unsafe(SNAPSHOTS, [providerId]),
    );
  }

  difference(
    providerId: number,
    snapshot: number,
    { after, limit }: { readonly after: EntryKey | null; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly ChangedEntry[]> {
    const parameters = [providerId, snapshot, after?.channel ?? '', after?.place ?? 0, limit];
    return this.#database.read<ChangedEntry[]>(
      { name: 'iptv.difference', lane: 'page', signal },
      (sql) => sql.unsafe(DIFFERENCE, parameters),
    );
  }

  /** False when the snapshot does not wait to be published. A million entries take minutes on a busy machine. */
  publish(
    providerId: number,
    snapshot: number,
    signal: CancelSignal,
    timeoutMs = PUBLISH_TIMEOUT_MS,
  ): Promise<boolean> {
    return this.#database.transaction(
      { name: 'iptv.publish', lane: 'rest', signal, timeoutMs },
      async (sql) => {
        const held = await sql.unsafe(HELD, [providerId, snapshot]);
        if (held.length === 0) return false;
        for (const statement of PUBLISH) await sql.unsafe(statement, [providerId, snapshot]);
        await sql.unsafe(FOLLOW_SOURCES, [providerId, snapshot]);
        return true;
      },
    );
  }

  /** The number of the snapshot that is shown again; null when there is none before. */
  rollBack(providerId: number, signal: CancelSignal): Promise<number | null> {
    return this.#database.transaction(
      { name: 'iptv.roll-back', lane: 'rest', signal, timeoutMs: 60_000 },
      async (sql) => {
        const [row] = await sql.unsafe<RollBackRecord[]>(ROLL_BACK_TO, [providerId]);
        if (row === undefined || row.snapshot === null) return null;
        for (const statement of ROLL_BACK) await sql.unsafe(statement, [providerId, row.snapshot]);
        await sql.unsafe(FOLLOW_SOURCES, [providerId, row.published]);
        return row.snapshot;
      },
    );
  }

  channels(query: ChannelQuery, signal: CancelSignal): Promise<readonly Channel[]> {
    const { includesHidden, group, search, after, limit, skip } = query;
    const parameters = [...rightsOf(query), includesHidden, group, search, after, limit, skip];
    return this.#database.read<Channel[]>({ name: 'iptv.channels', lane: 'page', signal }, (sql) =>
      sql.unsafe(CHANNELS, parameters),
    );
  }

  async channel(id: string, rights: ChannelRights, signal: CancelSignal): Promise<Channel | null> {
    const rows = await this.#database.read<Channel[]>(
      { name: 'iptv.channel', lane: 'page', signal },
      (sql) => sql.unsafe(CHANNEL, [...rightsOf(rights), id]),
    );
    return rows[0] ?? null;
  }

  async channelBySerial(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<Channel | null> {
    const rows = await this.#database.read<Channel[]>(
      { name: 'iptv.channel-by-serial', lane: 'page', signal },
      (sql) => sql.unsafe(CHANNEL_BY_SERIAL, [...rightsOf(rights), serial]),
    );
    return rows[0] ?? null;
  }

  async sources(
    id: string,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly ChannelSource[]> {
    const rows = await this.storedSources(id, rights, signal);
    return rows.map((row) => this.#seals.filled(row));
  }

  /** With marks in place of accounts. */
  storedSources(
    id: string,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly StoredSource[]> {
    const [, providers] = rightsOf(rights);
    return this.#database.read<StoredSource[]>(
      { name: 'iptv.sources', lane: 'page', signal },
      (sql) => sql.unsafe(SOURCES, [id, providers]),
    );
  }

  groups(rights: ChannelRights, signal: CancelSignal): Promise<readonly ChannelGroup[]> {
    return this.#database.read<ChannelGroup[]>(
      { name: 'iptv.groups', lane: 'page', signal },
      (sql) => sql.unsafe(GROUPS, rightsOf(rights)),
    );
  }

  /** Null when there is none with this id. */
  async changeChannel(
    id: string,
    { name, group, logo, number, isHidden }: ChannelChange,
    signal: CancelSignal,
  ): Promise<Channel | null> {
    const rows = await this.#database.write<Channel[]>(
      { name: 'iptv.change-channel', lane: 'rest', signal },
      (sql) => sql.unsafe(CHANGE_CHANNEL, [id, name, group, logo, number, isHidden]),
    );
    return rows[0] ?? null;
  }
}
