/** SQL of guides, of what they say now, and of which channel has which. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Database } from '../../platform/db/database.ts';

export interface GuideRow {
  readonly guideId: number;
  readonly name: string;
  /** Of its address; empty when it is brought by the command. */
  readonly host: string;
  readonly intervalHours: number;
  readonly nextAt: string;
  readonly syncedAt: string | null;
  readonly failure: string | null;
  readonly channels: number;
  readonly programmes: number;
  readonly refused: number;
}

export interface NewGuide {
  readonly name: string;
  /** Null: it is brought by the command. */
  readonly sealedUrl: Buffer | null;
  readonly host: string;
  readonly intervalHours: number;
}

export interface GuideChannelRow {
  readonly guideId: number;
  readonly xmltvId: string;
  readonly name: string;
}

/** A channel that guides are looked up for. */
export interface ListedChannel {
  /** As other features know it. */
  readonly channelId: string;
  /** Empty: none. */
  readonly tvgId: string;
  readonly name: string;
}

export interface MatchRow extends ListedChannel {
  /** By which lists are paged. */
  readonly rowId: number;
  /** Null: no guide. */
  readonly guideId: number | null;
  readonly xmltvId: string;
  /** 0 to 1. */
  readonly score: number;
  readonly isManual: boolean;
}

export interface ProgrammeRow {
  readonly channelId: string;
  readonly xmltvId: string;
  readonly startMs: number;
  readonly stopMs: number;
  readonly season: number | null;
  readonly episode: number | null;
  readonly year: number;
  readonly flags: number;
  readonly title: string;
  readonly subtitle: string;
  readonly description: string;
  readonly lang: string;
  readonly iconUrl: string;
  readonly onscreen: string;
  readonly rating: string;
  readonly categories: readonly string[];
  readonly otherTexts: unknown;
}

const GUIDE_COLUMNS = `
guide_id AS "guideId", name, host, interval_hours AS "intervalHours", to_json(next_at) AS "nextAt",
to_json(synced_at) AS "syncedAt", failure, channels, programmes, refused`;
const LIST = `SELECT ${GUIDE_COLUMNS} FROM guide ORDER BY guide_id`;
const FIND = `SELECT ${GUIDE_COLUMNS} FROM guide WHERE guide_id = $1`;
const ADD = `
INSERT INTO guide (name, sealed_url, host, interval_hours) VALUES ($1, decode($2::text, 'hex'), $3, $4)
ON CONFLICT DO NOTHING RETURNING guide_id AS "guideId"`;
const SET_ADDRESS = `UPDATE guide SET sealed_url = decode($2::text, 'hex'), host = $3 WHERE guide_id = $1`;
const BY_NAME = 'SELECT guide_id AS "guideId" FROM guide WHERE name = $1';
const SEALED = `SELECT encode(sealed_url, 'hex') AS sealed FROM guide WHERE guide_id = $1`;
/** Taken with their next turn, so that two schedulers do not take them both. */
const TAKE_DUE = `
UPDATE guide SET next_at = now() + interval_hours * interval '1 hour'
WHERE next_at <= now() AND sealed_url IS NOT NULL RETURNING guide_id AS "guideId"`;
const FAILED = 'UPDATE guide SET failure = $2 WHERE guide_id = $1';
const DELETE_PROGRAMMES =
  'DELETE FROM guide_programme WHERE load_id IN (SELECT load_id FROM guide_load WHERE guide_id = $1)';
const DELETE = 'DELETE FROM guide WHERE guide_id = $1 RETURNING guide_id AS "guideId"';

const CHANNELS = `
SELECT l.guide_id AS "guideId", c.xmltv_id AS "xmltvId", c.name
FROM guide_load l JOIN guide_channel c USING (load_id)
WHERE l.is_current AND ($1::int = 0 OR l.guide_id = $1::int) AND (l.guide_id, c.xmltv_id) > ($2::int, $3::text COLLATE "C")
ORDER BY l.guide_id, c.xmltv_id LIMIT $4`;

/** A channel's own name goes before what lists say. */
const NAME = `coalesce(nullif(i.own_name, ''), i.name)`;
const MATCH_COLUMNS = `
i.channel_id::float8 AS "rowId", i.public_id AS "channelId", i.tvg_id AS "tvgId", ${NAME} AS name, m.guide_id AS "guideId",
coalesce(m.xmltv_id, '') AS "xmltvId", coalesce(m.score, 0) AS score, coalesce(m.is_manual, false) AS "isManual"`;
const MATCHES = `
SELECT ${MATCH_COLUMNS} FROM iptv_channel i LEFT JOIN guided_channel m USING (channel_id)
WHERE i.kind = 'live' AND i.channel_id > $1::bigint
  AND ($2 = '' OR ($2 = 'none') = (m.guide_id IS NULL)) ORDER BY i.channel_id LIMIT $3`;
const MATCHES_OF = `
SELECT ${MATCH_COLUMNS} FROM iptv_channel i LEFT JOIN guided_channel m USING (channel_id)
WHERE i.public_id IN (SELECT jsonb_array_elements_text($1::text::jsonb))`;
const HAS_CHANGED = `
SELECT EXISTS (
  SELECT FROM iptv_channel i LEFT JOIN guided_channel m USING (channel_id)
  WHERE i.kind = 'live' AND NOT coalesce(m.is_manual, false)
    AND (m.matched_name, m.matched_tvg_id) IS DISTINCT FROM (${NAME}, i.tvg_id)
) AS "hasChanged"`;
/** What people said stays, and what is the same is not written. */
const SET_MATCHES = `
INSERT INTO guided_channel AS g (channel_id, matched_name, matched_tvg_id, guide_id, xmltv_id, score)
SELECT v."rowId", v.name, v."tvgId", v."guideId", v."xmltvId", v.score
FROM jsonb_to_recordset($1::text::jsonb)
  AS v ("rowId" bigint, name text, "tvgId" text, "guideId" int, "xmltvId" text, score real)
JOIN iptv_channel i ON i.channel_id = v."rowId"
LEFT JOIN guided_channel o ON o.channel_id = v."rowId"
WHERE (o.matched_name, o.matched_tvg_id, o.guide_id, o.xmltv_id, o.score)
  IS DISTINCT FROM (v.name, v."tvgId", v."guideId", v."xmltvId", v.score)
ORDER BY 1
ON CONFLICT (channel_id) DO UPDATE SET matched_name = excluded.matched_name, matched_tvg_id = excluded.matched_tvg_id,
  guide_id = excluded.guide_id, xmltv_id = excluded.xmltv_id, score = excluded.score
WHERE NOT g.is_manual`;
const CORRECT = `
INSERT INTO guided_channel (channel_id, matched_name, matched_tvg_id, guide_id, xmltv_id, score, is_manual)
SELECT i.channel_id, ${NAME}, i.tvg_id, $2::int, $3, CASE WHEN $2::int IS NULL THEN 0 ELSE 1 END, $4::boolean
FROM iptv_channel i WHERE i.public_id = $1
ON CONFLICT (channel_id) DO UPDATE SET guide_id = excluded.guide_id, xmltv_id = excluded.xmltv_id, score = excluded.score,
  is_manual = excluded.is_manual
RETURNING 1 AS one`;
const IS_CHANNEL = `
SELECT 1 AS one FROM guide_load l JOIN guide_channel c USING (load_id)
WHERE l.is_current AND l.guide_id = $1 AND c.xmltv_id = $2`;

const PROGRAMME_COLUMNS = `
1000 * date_part('epoch', p.start_at) AS "startMs", 1000 * date_part('epoch', p.stop_at) AS "stopMs", p.season, p.episode, p.year,
p.flags, p.title, p.subtitle, p.description, p.lang, p.icon_url AS "iconUrl", p.onscreen, p.rating,
to_json(p.categories) AS categories, p.other_texts AS "otherTexts"`;
const OF_CHANNELS = `
FROM (SELECT jsonb_array_elements_text($1::text::jsonb) AS public_id) asked
JOIN iptv_channel i USING (public_id)
JOIN guided_channel m USING (channel_id)
JOIN guide_load l ON l.guide_id = m.guide_id AND l.is_current
JOIN guide_channel c ON c.load_id = l.load_id AND c.xmltv_id = m.xmltv_id`;
/** None is longer than a day. */
const AT_OR_AFTER = `
p.load_id = l.load_id AND p.channel = c.channel
AND p.start_at > to_timestamp($2::float8 / 1000) - interval '1 day' AND p.stop_at > to_timestamp($2::float8 / 1000)`;
/** A sync is a new load; a channel of it is matched, or another one. */
const VERSION = `
SELECT coalesce(md5(string_agg(i.public_id || ' ' || l.load_id || ' ' || c.channel, ',' ORDER BY i.public_id)), '') AS version
${OF_CHANNELS}`;
const NOW_AND_NEXT = `
SELECT i.public_id AS "channelId", m.xmltv_id AS "xmltvId", ${PROGRAMME_COLUMNS}
${OF_CHANNELS}
CROSS JOIN LATERAL (SELECT * FROM guide_programme p WHERE ${AT_OR_AFTER} ORDER BY p.start_at LIMIT 2) p`;
const PROGRAMMES = `
SELECT i.public_id AS "channelId", m.xmltv_id AS "xmltvId", ${PROGRAMME_COLUMNS}
${OF_CHANNELS}
JOIN guide_programme p ON ${AT_OR_AFTER} AND p.start_at < to_timestamp($3::float8 / 1000)
ORDER BY i.public_id, p.start_at`;

type Value = string | number | boolean | null;

export class GuideStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(signal: CancelSignal): Promise<readonly GuideRow[]> {
    return this.#read('guide.list', LIST, [], signal);
  }

  /** @throws AppError `guide.not-found` */
  async find(guideId: number, signal: CancelSignal): Promise<GuideRow> {
    const [row] = await this.#read<GuideRow>('guide.find', FIND, [guideId], signal);
    return row ?? noGuide();
  }

  /** Its id. @throws AppError `guide.exists` */
  async add(
    { name, sealedUrl, host, intervalHours }: NewGuide,
    signal: CancelSignal,
  ): Promise<number> {
    const values = [name, sealedUrl?.toString('hex') ?? null, host, intervalHours];
    const [row] = await this.#write<{ readonly guideId: number }>('guide.add', ADD, values, signal);
    if (row !== undefined) return row.guideId;
    throw new AppError('guide.exists', 'there is a guide of this name', { field: 'name' });
  }

  async setAddress(
    guideId: number,
    { sealedUrl, host }: { readonly sealedUrl: Buffer; readonly host: string },
    signal: CancelSignal,
  ): Promise<void> {
    const values = [guideId, sealedUrl.toString('hex'), host];
    await this.#write('guide.set-address', SET_ADDRESS, values, signal);
  }

  async findByName(name: string, signal: CancelSignal): Promise<number | null> {
    const rows = await this.#read<{ readonly guideId: number }>(
      'guide.by-name',
      BY_NAME,
      [name],
      signal,
    );
    return rows[0]?.guideId ?? null;
  }

  /** Null: it has no address. @throws AppError `guide.not-found` */
  async sealedUrl(guideId: number, signal: CancelSignal): Promise<Buffer | null> {
    const rows = await this.#read<{ readonly sealed: string | null }>(
      'guide.address',
      SEALED,
      [guideId],
      signal,
    );
    const [row = noGuide()] = rows;
    return row.sealed === null ? null : Buffer.from(row.sealed, 'hex');
  }

  async takeDue(signal: CancelSignal): Promise<readonly number[]> {
    const rows = await this.#write<{ readonly guideId: number }>(
      'guide.take-due',
      TAKE_DUE,
      [],
      signal,
    );
    return rows.map(({ guideId }) => guideId);
  }

  async setFailure(guideId: number, reason: string, signal: CancelSignal): Promise<void> {
    await this.#write('guide.failed', FAILED, [guideId, reason], signal);
  }

  /** @throws AppError `guide.not-found` */
  async delete(guideId: number, signal: CancelSignal): Promise<void> {
    await this.#write('guide.delete-programmes', DELETE_PROGRAMMES, [guideId], signal);
    const rows = await this.#write('guide.delete', DELETE, [guideId], signal);
    if (rows.length === 0) noGuide();
  }

  /** In the order of guides and ids. @param guideId 0: all guides */
  channels(
    guideId: number,
    after: { readonly guideId: number; readonly xmltvId: string },
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly GuideChannelRow[]> {
    const values = [guideId, after.guideId, after.xmltvId, limit];
    return this.#read('guide.channels', CHANNELS, values, signal);
  }

  /** @param kind `none`: channels without a guide, `some`: those with one, empty: all */
  matches(
    afterId: number,
    kind: string,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly MatchRow[]> {
    return this.#read('guide.matches', MATCHES, [afterId, kind, limit], signal);
  }

  matchesOf(channelIds: readonly string[], signal: CancelSignal): Promise<readonly MatchRow[]> {
    return this.#read('guide.matches-of', MATCHES_OF, [JSON.stringify(channelIds)], signal);
  }

  /** Whether channels are new, or have another name or tvg-id than when they were matched. */
  async hasChanged(signal: CancelSignal): Promise<boolean> {
    const rows = await this.#read<{ readonly hasChanged: boolean }>(
      'guide.has-changed',
      HAS_CHANGED,
      [],
      signal,
    );
    return rows[0]?.hasChanged === true;
  }

  /** What people said stays. */
  async setMatches(
    matches: readonly Omit<MatchRow, 'channelId' | 'isManual'>[],
    signal: CancelSignal,
  ): Promise<void> {
    await this.#write('guide.set-matches', SET_MATCHES, [JSON.stringify(matches)], signal);
  }

  /** @param guideId null: no guide @throws AppError `guide.not-found` */
  async correct(
    channelId: string,
    { guideId, xmltvId, isManual }: Pick<MatchRow, 'guideId' | 'xmltvId' | 'isManual'>,
    signal: CancelSignal,
  ): Promise<void> {
    const values = [channelId, guideId, xmltvId, isManual];
    const rows = await this.#write('guide.correct', CORRECT, values, signal);
    if (rows.length === 0) noChannel();
  }

  async isChannel(guideId: number, xmltvId: string, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#read('guide.is-channel', IS_CHANNEL, [guideId, xmltvId], signal);
    return rows.length > 0;
  }

  async version(channelIds: readonly string[], signal: CancelSignal): Promise<string> {
    const values = [JSON.stringify(channelIds)];
    const rows = await this.#read<{ readonly version: string }>(
      'guide.version',
      VERSION,
      values,
      signal,
    );
    return rows[0]?.version ?? '';
  }

  /** Two of each channel at most, in the order of time. */
  nowAndNext(
    channelIds: readonly string[],
    atMs: number,
    signal: CancelSignal,
  ): Promise<readonly ProgrammeRow[]> {
    const values = [JSON.stringify(channelIds), atMs];
    return this.#read('guide.now-and-next', NOW_AND_NEXT, values, signal);
  }

  programmes(
    channelIds: readonly string[],
    fromMs: number,
    toMs: number,
    signal: CancelSignal,
  ): Promise<readonly ProgrammeRow[]> {
    const values = [JSON.stringify(channelIds), fromMs, toMs];
    return this.#read('guide.programmes', PROGRAMMES, values, signal);
  }

  #read<T extends object>(
    name: string,
    text: string,
    values: readonly Value[],
    signal: CancelSignal,
  ): Promise<readonly T[]> {
    return this.#database.read<(T & Record<string, unknown>)[]>(
      { name, lane: 'page', signal },
      (sql) => sql.unsafe(text, [...values], { prepare: true }),
    );
  }

  #write<T extends object>(
    name: string,
    text: string,
    values: readonly Value[],
    signal: CancelSignal,
  ): Promise<readonly T[]> {
    return this.#database.write<(T & Record<string, unknown>)[]>(
      { name, lane: 'rest', signal, timeoutMs: WRITE_TIMEOUT_MS },
      (sql) => sql.unsafe(text, [...values], { prepare: true }),
    );
  }
}

/** Millions of programmes go with a guide. */
const WRITE_TIMEOUT_MS = 60_000;

function noGuide(): never {
  throw new AppError('guide.not-found', 'there is no guide with this id', { field: 'id' });
}

function noChannel(): never {
  throw new AppError('guide.not-found', 'there is no channel with this id', { field: 'channel' });
}
