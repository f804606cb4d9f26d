/** SQL that takes the account out of what a provider's lists said before: addresses, and what is known by their hashes. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { AccountMarks } from '../../../lib/iptv/account-marks.ts';
import type { VodDetails } from '../../../lib/iptv/vod-facts.ts';
import type { Database, TransactionSql } from '../../../platform/db/database.ts';
import { maskedAddresses, publicDetails, publicText, publicTexts } from './masked-entry.ts';

export interface UnmaskedProvider {
  readonly id: number;
  readonly addressSealed: Buffer;
}

interface StoredEntry {
  readonly id: string;
  readonly url: string;
  readonly catchupSource: string;
  readonly referrer: string;
  readonly logo: string;
  readonly properties: readonly string[];
  readonly details: VodDetails;
}

interface StoredTitle {
  readonly id: string;
  readonly logo: string;
  readonly details: VodDetails;
}

interface StoredEpisode {
  readonly id: string;
  readonly url: string;
  readonly details: VodDetails;
}

const PAGE_ROWS = 2000;
const TIMEOUT_MS = 10 * 60_000;
const STREAMS_LOOKED_AT = 200;

const UNMASKED = `
SELECT provider_id AS id, address_sealed AS "addressSealed" FROM iptv_provider WHERE account_sealed IS NULL
ORDER BY provider_id LIMIT 100`;
const STREAMS = `
SELECT url FROM iptv_source WHERE provider_id = $1 ORDER BY source_id LIMIT ${STREAMS_LOOKED_AT}`;
const LOCK = 'SELECT FROM iptv_provider WHERE provider_id = $1 FOR UPDATE';
const SET_ACCOUNT = 'UPDATE iptv_provider SET account_sealed = $2 WHERE provider_id = $1';

const ENTRIES = `
SELECT source_id::text AS id, url, catchup_source AS "catchupSource", referrer, logo, properties, details
FROM iptv_source WHERE provider_id = $1 AND source_id > $2::bigint ORDER BY source_id LIMIT ${PAGE_ROWS}`;
const NEW_ENTRIES = `
jsonb_to_recordset($1::text::jsonb) AS v (id bigint, url text, "catchupSource" text, referrer text, logo text,
  properties text[], details jsonb, "oldUrl" text, "providerId" int)`;
/** Before the entries themselves change. */
const REHASHED = ['iptv_health', 'iptv_split', 'iptv_source_order'].map(
  (table) => `
UPDATE ${table} h SET url_hash = md5(v.url)::uuid
FROM (SELECT DISTINCT "providerId", "oldUrl", url FROM ${NEW_ENTRIES} WHERE "oldUrl" <> url) v
WHERE (h.provider_id, h.url_hash) = (v."providerId", md5(v."oldUrl")::uuid)`,
);
const SET_ENTRIES = `
UPDATE iptv_source s SET url = v.url, catchup_source = v."catchupSource", referrer = v.referrer, logo = v.logo,
  properties = v.properties, details = v.details
FROM ${NEW_ENTRIES} WHERE s.source_id = v.id`;
const TITLES = `
SELECT c.channel_id::text AS id, c.logo, c.details FROM iptv_channel c
WHERE c.channel_id > $2::bigint AND EXISTS (SELECT FROM iptv_source s WHERE s.channel_id = c.channel_id AND s.provider_id = $1)
ORDER BY c.channel_id LIMIT ${PAGE_ROWS}`;
const SET_TITLES = `
UPDATE iptv_channel c SET logo = v.logo, details = v.details
FROM jsonb_to_recordset($1::text::jsonb) AS v (id bigint, logo text, details jsonb) WHERE c.channel_id = v.id`;
/** In the order of a key that they have together. */
const EPISODE_KEY = `concat_ws(chr(1), series_ref, season, episode)`;
const EPISODES = `
SELECT ${EPISODE_KEY} AS id, url, details FROM iptv_fetched_episode
WHERE provider_id = $1 AND ${EPISODE_KEY} COLLATE "C" > $2 ORDER BY ${EPISODE_KEY} COLLATE "C" LIMIT ${PAGE_ROWS}`;
const SET_EPISODES = `
UPDATE iptv_fetched_episode e SET url = v.url, details = v.details
FROM jsonb_to_recordset($1::text::jsonb) AS v (id text, url text, details jsonb, "providerId" int)
WHERE e.provider_id = v."providerId" AND ${EPISODE_KEY} = v.id`;

/** A table of which pages are read behind a key, and rows that differ are written. */
interface Rewriting<T extends { readonly id: string }> {
  readonly read: string;
  readonly write: readonly string[];
  /** The key before all others. */
  readonly start: string;
  rewritten(row: T): T;
}

export class AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Providers whose addresses are as they were before accounts were kept apart. */
  unmasked(signal: CancelSignal): Promise<readonly UnmaskedProvider[]> {
    return this.#database.read<UnmaskedProvider[]>(
      { name: 'iptv.unmasked', lane: 'rest', signal },
      (sql) => sql.unsafe(UNMASKED),
    );
  }

  /** Addresses of the first entries. */
  async streams(providerId: number, signal: CancelSignal): Promise<readonly string[]> {
    const rows = await this.#database.read<{ readonly url: string }[]>(
      { name: 'iptv.first-streams', lane: 'rest', signal },
      (sql) => sql.unsafe(STREAMS, [providerId]),
    );
    return rows.map(({ url }) => url);
  }

  /** Keeps the account, and puts its marks into all that is kept of the provider. */
  mask(
    providerId: number,
    accountSealed: Buffer,
    marks: AccountMarks,
    signal: CancelSignal,
  ): Promise<void> {
    return this.#database.transaction(
      { name: 'iptv.mask', lane: 'rest', signal, timeoutMs: TIMEOUT_MS },
      async (sql) => {
        await sql.unsafe(LOCK, [providerId]);
        await rewrite(sql, providerId, entries(marks));
        await rewrite(sql, providerId, titles(marks));
        await rewrite(sql, providerId, episodes(marks));
        await sql.unsafe(SET_ACCOUNT, [providerId, accountSealed]);
      },
    );
  }
}

async function rewrite<T extends { readonly id: string }>(
  sql: TransactionSql,
  providerId: number,
  { read, write, start, rewritten }: Rewriting<T>,
): Promise<void> {
  let behind = start;
  for (;;) {
    const rows = await sql.unsafe<T[]>(read, [providerId, behind]);
    const changed = rows
      .map((row) => ({ old: row, row: rewritten(row) }))
      .filter(({ old, row }) => JSON.stringify(old) !== JSON.stringify(row))
      .map(({ old, row }) => ({ ...row, providerId, oldUrl: 'url' in old ? old.url : '' }));
    if (changed.length > 0)
      for (const statement of write) await sql.unsafe(statement, [JSON.stringify(changed)]);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    behind = last.id;
  }
}

function entries(marks: AccountMarks): Rewriting<StoredEntry> {
  return {
    read: ENTRIES,
    write: [...REHASHED, SET_ENTRIES],
    start: '0',
    rewritten: (row) => ({
      ...row,
      ...maskedAddresses(row, marks),
      logo: publicText(row.logo, marks),
      properties: publicTexts(row.properties, marks),
      details: publicDetails(row.details, marks),
    }),
  };
}

function titles(marks: AccountMarks): Rewriting<StoredTitle> {
  return {
    read: TITLES,
    write: [SET_TITLES],
    start: '0',
    rewritten: (row) => ({
      ...row,
      logo: publicText(row.logo, marks),
      details: publicDetails(row.details, marks),
    }),
  };
}

function episodes(marks: AccountMarks): Rewriting<StoredEpisode> {
  return {
    read: EPISODES,
    write: [SET_EPISODES],
    start: '',
    rewritten: (row) => ({
      ...row,
      url: marks.mask(row.url),
      details: publicDetails(row.details, marks),
    }),
  };
}
