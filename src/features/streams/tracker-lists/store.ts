/**
 * Lists of trackers, which many torrents share. Libraries have few of them as a rule, and looking them up was a quarter of what
 * PostgreSQL did for a title's streams (90 of 340 µs for 20 streams), so they are kept for a while.
 */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Database } from '../../../platform/db/database.ts';

/** 4,600 lists of ten trackers; of a library that has more, the ones in use. */
const BYTES_MAX = 4 * 1024 * 1024;
/** Of the LRU: 130 to 145 bytes for each list beside its characters (heap of 12,000 to 460,000 lists). */
const ENTRY_OVERHEAD_BYTES = 200;
/** A list never changes, but a restored database may have others under the same ids. Sets are fresh for as long by default. */
const KEPT_MS = 15 * 60_000;

const TRACKER_LISTS =
  'SELECT tracker_list_id::text AS id, urls FROM tracker_list WHERE tracker_list_id = ANY($1::int[])';

export class TrackerListStore {
  readonly #database: Database;
  readonly #kept: LRUCache<string, string>;

  constructor(database: Database, { bytesMax = BYTES_MAX, keptMs = KEPT_MS } = {}) {
    this.#database = database;
    this.#kept = new LRUCache<string, string>({
      maxSize: bytesMax,
      ttl: keptMs,
      sizeCalculation: (urls, id) => 2 * (urls.length + id.length) + ENTRY_OVERHEAD_BYTES,
    });
  }

  /**
   * URLs by id, joined by newlines. Asks the database only for lists that it was not asked for lately.
   * @throws AppError `database.…`; `database.unavailable` when a list is not there yet: a replica is behind
   */
  async load(ids: ReadonlySet<string>, signal: CancelSignal): Promise<ReadonlyMap<string, string>> {
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
    if (rows.length < missing.length) {
      throw new AppError(
        'database.unavailable',
        'A list of trackers has not reached this database server yet.',
      );
    }
    for (const { id, urls } of rows) {
      lists.set(id, urls);
      this.#kept.set(id, urls);
    }
    return lists;
  }
}
