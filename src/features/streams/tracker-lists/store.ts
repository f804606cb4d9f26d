/**
 * Lists of trackers, which many torrents share. A library has few of them, and looking them up was a quarter of what
 * PostgreSQL did for a title's streams (90 of 340 µs for 20 streams), so they are kept for a while.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../../../platform/db/database.ts';

/** Thousands of lists; of a larger library the ones in use. */
const CHARS_MAX = 4 * 1024 * 1024;
/** A list never changes, but a database that was restored may have others under the same ids. */
const KEPT_MS = 60_000;

const TRACKER_LISTS = 'SELECT tracker_list_id::text AS id, urls FROM tracker_list WHERE tracker_list_id = ANY($1::int[])';

export class TrackerListStore {
  readonly #database: Database;
  readonly #kept = new LRUCache<string, string>({ maxSize: CHARS_MAX, ttl: KEPT_MS, sizeCalculation: (urls) => urls.length + 1 });

  constructor(database: Database) {
    this.#database = database;
  }

  /** URLs by id, joined by newlines; asks the database only for lists that it did not have within a minute. */
  async load(ids: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const lists = new Map<string, string>();
    const missing: string[] = [];
    for (const id of ids) {
      const urls = this.#kept.get(id);
      if (urls === undefined) missing.push(id);
      else lists.set(id, urls);
    }
    if (missing.length === 0) return lists;
    const rows = await this.#database.read<{ id: string; urls: string }[]>(
      { name: 'streams.tracker-lists', lane: 'hot', signal },
      (sql) => sql.unsafe(TRACKER_LISTS, [missing], { prepare: true }),
    );
    for (const { id, urls } of rows) {
      lists.set(id, urls);
      this.#kept.set(id, urls);
    }
    return lists;
  }
}
