/** SQL of live search: when the sources were searched for a title, and when they are to be again. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from '../../platform/db/database.ts';
import type { SearchTarget } from './contract.ts';
import type { SearchState } from './cooldown.ts';

/** JSON, because drivers read arrays only when they know their type. */
const SEARCH_STATE = `
SELECT 1000 * date_part('epoch', searched_at) AS "searchedAtMs", 1000 * date_part('epoch', next_at) AS "nextAtMs",
  1000 * date_part('epoch', retry_at) AS "retryAtMs", empty_count AS "emptyCount", failed_count AS "failedCount",
  to_json(answered) AS answered
FROM title_search WHERE media_id = $1 AND season = $2 AND episode = $3`;

/** A title that is gone has none. */
const WRITE_STATE = `
INSERT INTO title_search
  (media_id, season, episode, searched_at, next_at, retry_at, empty_count, failed_count, answered)
SELECT media_id, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000),
  to_timestamp($6::float8 / 1000), $7, $8, ARRAY(SELECT jsonb_array_elements_text($9::text::jsonb))
FROM media WHERE media_id = $1
ON CONFLICT (media_id, season, episode) DO UPDATE
SET (searched_at, next_at, retry_at, empty_count, failed_count, answered) =
  (excluded.searched_at, excluded.next_at, excluded.retry_at, excluded.empty_count, excluded.failed_count, excluded.answered)`;

export class SearchStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null when it never was. Prepared and pipelined beside the statement for streams. */
  async state(
    { mediaId, season, episode }: SearchTarget,
    signal: CancelSignal,
  ): Promise<SearchState | null> {
    const rows = await this.#database.read<SearchState[]>(
      { name: 'sources.search-state', lane: 'hot', signal },
      (sql) => sql.unsafe(SEARCH_STATE, [mediaId, season, episode], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /** As it is at this moment, not as a replica has it. */
  async currentState(
    { mediaId, season, episode }: SearchTarget,
    signal: CancelSignal,
  ): Promise<SearchState | null> {
    const rows = await this.#database.write<SearchState[]>(
      { name: 'sources.current-search-state', lane: 'rest', signal },
      (sql) => sql.unsafe(SEARCH_STATE, [mediaId, season, episode], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  async writeState(
    { mediaId, season, episode }: SearchTarget,
    state: SearchState,
    signal: CancelSignal,
  ): Promise<void> {
    const { searchedAtMs, nextAtMs, retryAtMs, emptyCount, failedCount, answered } = state;
    await this.#database.write(
      { name: 'sources.write-search-state', lane: 'rest', signal },
      (sql) =>
        sql.unsafe(
          WRITE_STATE,
          [
            mediaId,
            season,
            episode,
            searchedAtMs,
            nextAtMs,
            retryAtMs,
            emptyCount,
            failedCount,
            JSON.stringify(answered),
          ],
          { prepare: true },
        ),
    );
  }
}
