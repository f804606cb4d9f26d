/** SQL of feeds, and of how far feeds and sources were read. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Validators } from '../sources/contract.ts';

export interface NewFeed {
  readonly name: string;
  readonly sealedUrl: Buffer;
  readonly host: string;
  /** Null: names of its items say it. */
  readonly type: MediaType | null;
  readonly intervalMinutes: number;
  readonly isOn: boolean;
}

export interface StoredFeed extends NewFeed {
  readonly id: number;
}

/** How far a feed or a source was read. */
export interface LatestMark extends Validators {
  readonly source: string;
  /** ISO times. */
  readonly nextAt: string;
  readonly polledAt: string | null;
  readonly succeededAt: string | null;
  readonly polls: number;
  readonly items: number;
  readonly linked: number;
  readonly refused: number;
  /** In a row. */
  readonly failures: number;
  /** Empty: the last poll went well. */
  readonly lastError: string;
  readonly isDue: boolean;
}

/** What a poll came to. */
export interface PollOutcome extends Validators {
  readonly items: number;
  readonly linked: number;
  readonly refused: number;
  readonly failures: number;
  readonly lastError: string;
  readonly seen: Buffer;
  /** Until the next one. */
  readonly waitS: number;
}

const FEED_COLUMNS = `
feed_id AS id, name, sealed_url AS "sealedUrl", host, media_type AS type, interval_minutes AS "intervalMinutes", is_on AS "isOn"`;
const FEEDS = `SELECT ${FEED_COLUMNS} FROM feed WHERE $1::int IS NULL OR feed_id = $1 ORDER BY feed_id LIMIT 1000`;
const ADD_FEED = `
INSERT INTO feed (name, sealed_url, host, media_type, interval_minutes, is_on) VALUES ($1, $2, $3, $4::text::media_type, $5, $6)
ON CONFLICT (name) DO NOTHING RETURNING feed_id AS id`;
const CHANGE_FEED = `
UPDATE feed SET name = $2, sealed_url = $3, host = $4, media_type = $5::text::media_type, interval_minutes = $6, is_on = $7
WHERE feed_id = $1 AND NOT EXISTS (SELECT FROM feed o WHERE o.name = $2 AND o.feed_id <> $1) RETURNING feed_id`;
const DELETE_FEED = 'DELETE FROM feed WHERE feed_id = $1 RETURNING feed_id';
const FORGET = 'DELETE FROM latest_mark WHERE source = $1';
/** What was changed is asked for at once, whatever an answer said before. */
const EXPIRE = `UPDATE latest_mark SET next_at = now(), failures = 0, etag = '', last_modified = '' WHERE source = $1`;
const DUE_FEEDS = `
SELECT f.feed_id AS id FROM feed f LEFT JOIN latest_mark m ON m.source = 'feed:' || f.feed_id
WHERE f.is_on AND (m.source IS NULL OR m.next_at <= now()) ORDER BY m.next_at NULLS FIRST LIMIT 1000`;
const MARKS = `
SELECT source, to_json(next_at) AS "nextAt", to_json(polled_at) AS "polledAt", to_json(succeeded_at) AS "succeededAt", polls,
  items::float8 AS items, linked::float8 AS linked, refused::float8 AS refused, failures, last_error AS "lastError",
  etag, last_modified AS "lastModified", next_at <= now() AS "isDue"
FROM latest_mark ORDER BY source LIMIT 5000`;
const MARK = `
SELECT etag, last_modified AS "lastModified", failures, seen, next_at <= now() AS "isDue" FROM latest_mark WHERE source = $1`;
const KEEP = `
INSERT INTO latest_mark AS m
  (source, next_at, polled_at, succeeded_at, polls, items, linked, refused, failures, last_error, etag, last_modified, seen)
VALUES ($1, now() + $2 * interval '1 s', now(), CASE WHEN $6 = '' THEN now() END, 1, $3, $4, $5, $7, $6, $8, $9, $10)
ON CONFLICT (source) DO UPDATE SET next_at = excluded.next_at, polled_at = now(), polls = m.polls + 1,
  succeeded_at = coalesce(excluded.succeeded_at, m.succeeded_at), items = m.items + excluded.items,
  linked = m.linked + excluded.linked, refused = m.refused + excluded.refused, failures = excluded.failures,
  last_error = excluded.last_error, etag = excluded.etag, last_modified = excluded.last_modified, seen = excluded.seen`;

const ERROR_CHARS_MAX = 500;

export type PollPosition = Validators &
  Pick<LatestMark, 'failures' | 'isDue'> & { readonly seen: Buffer };

export class FeedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param id null for all */
  feeds(id: number | null, signal: CancelSignal): Promise<readonly StoredFeed[]> {
    return this.#database.read<StoredFeed[]>({ name: 'feeds.list', lane: 'page', signal }, (sql) =>
      sql.unsafe(FEEDS, [id]),
    );
  }

  /** Null when another one has this name. */
  async add(feed: NewFeed, signal: CancelSignal): Promise<number | null> {
    const rows = await this.#database.write<{ readonly id: number }[]>(
      { name: 'feeds.add', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD_FEED, valuesOf(feed)),
    );
    return rows[0]?.id ?? null;
  }

  /** False when there is none of this id, or another one has the name. */
  async change(id: number, feed: NewFeed, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write({ name: 'feeds.change', lane: 'rest', signal }, (sql) =>
      sql.unsafe(CHANGE_FEED, [id, ...valuesOf(feed)]),
    );
    if (rows.length > 0) await this.#run('feeds.expire', EXPIRE, markOfFeed(id), signal);
    return rows.length > 0;
  }

  /** False when there is none of this id. */
  async delete(id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write({ name: 'feeds.delete', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE_FEED, [id]),
    );
    await this.#run('feeds.forget', FORGET, markOfFeed(id), signal);
    return rows.length > 0;
  }

  async due(signal: CancelSignal): Promise<readonly number[]> {
    const rows = await this.#database.write<{ readonly id: number }[]>(
      { name: 'feeds.due', lane: 'rest', signal },
      (sql) => sql.unsafe(DUE_FEEDS),
    );
    return rows.map(({ id }) => id);
  }

  marks(signal: CancelSignal): Promise<readonly LatestMark[]> {
    return this.#database.read<LatestMark[]>({ name: 'feeds.marks', lane: 'page', signal }, (sql) =>
      sql.unsafe(MARKS),
    );
  }

  /** Null when it was never asked. */
  async position(source: string, signal: CancelSignal): Promise<PollPosition | null> {
    const rows = await this.#database.write<PollPosition[]>(
      { name: 'feeds.position', lane: 'rest', signal },
      (sql) => sql.unsafe(MARK, [source]),
    );
    return rows[0] ?? null;
  }

  async keep(source: string, outcome: PollOutcome, signal: CancelSignal): Promise<void> {
    const { waitS, items, linked, refused, lastError, failures, etag, lastModified, seen } =
      outcome;
    await this.#database.write({ name: 'feeds.keep', lane: 'rest', signal }, (sql) =>
      sql.unsafe(KEEP, [
        source,
        waitS,
        items,
        linked,
        refused,
        lastError.slice(0, ERROR_CHARS_MAX),
        failures,
        etag,
        lastModified,
        seen,
      ]),
    );
  }

  async #run(name: string, statement: string, source: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name, lane: 'rest', signal }, (sql) =>
      sql.unsafe(statement, [source]),
    );
  }
}

/** By which its mark is found. */
export function markOfFeed(id: number): string {
  return `feed:${id}`;
}

function valuesOf({ name, sealedUrl, host, type, intervalMinutes, isOn }: NewFeed) {
  return [name, sealedUrl, host, type, intervalMinutes, isOn];
}
