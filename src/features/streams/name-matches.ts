/**
 * Which rows a user's name filter matches: one byte a row, kept per filter and version of a set, so that a
 * filter reads the names of a title once. Regular expressions run on a thread of their own, plain texts here
 * (0.1 ms for 200 rows).
 */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { matchRows } from '../../lib/name-filter/match-rows.ts';
import { compileTexts } from '../../lib/name-filter/name-filter.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import type { NameFilterSettings } from '../../lib/ranking/settings.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { TaskPool } from '../../platform/pool/task-pool.ts';

/** 40,000 filters on sets of 200 rows. */
const MATCHES_BYTES_MAX = 16 * 1024 * 1024;
const ENTRY_OVERHEAD_BYTES = 200;
/** The slowest filters take 25 ms to build and 3 ms for 200 names. */
const TASK_TIMEOUT_MS = 2000;

export class NameMatchCache {
  readonly #pool: TaskPool;
  readonly #matches = new LRUCache<string, NameMatches>({ maxSize: MATCHES_BYTES_MAX });

  constructor(pool: TaskPool) {
    this.#pool = pool;
  }

  /** Null where there is no filter; undefined where only `load` can tell. */
  peek(set: StreamSet, filter: NameFilterSettings | null): NameMatches | null | undefined {
    if (filter === null) return null;
    const key = keyOf(set, filter);
    const known = this.#matches.get(key);
    if (known !== undefined || filter.regex) return known;
    return this.#keep(key, matchRows(set, compileTexts(filter.patterns)));
  }

  /** @throws AppError `pool.…` */
  async load(
    set: StreamSet,
    filter: NameFilterSettings,
    signal: CancelSignal,
  ): Promise<NameMatches> {
    const known = this.peek(set, filter);
    if (known !== undefined && known !== null) return known;
    const input = { patterns: filter.patterns, blob: Uint8Array.from(set.blob) };
    const { matches } = await this.#pool.run('names.match', input, {
      signal,
      timeoutMs: TASK_TIMEOUT_MS,
    });
    return this.#keep(keyOf(set, filter), matches);
  }

  #keep(key: string, matches: NameMatches): NameMatches {
    this.#matches.set(key, matches, {
      size: matches.byteLength + 2 * key.length + ENTRY_OVERHEAD_BYTES,
    });
    return matches;
  }
}

/** The version is 48 bits of a hash of the whole set. */
function keyOf(set: StreamSet, filter: NameFilterSettings): string {
  return `${set.version}:${set.rowCount}:${filter.regex ? 'r' : 't'}${JSON.stringify(filter.patterns)}`;
}
