/** SQL of demand: the most wanted of what has few streams. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { storedTitleId, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Demanded, SearchTarget } from '../sources/contract.ts';

/** What is asked for most, and may be searched for now. */
export interface WantedTitle extends SearchTarget {
  readonly title: TitleId;
}

/** Of the whole instance. */
const TITLES_MAX = 10_000;
const HALF_LIFE_S = 3 * 86_400;
/** Less than this is nobody's wish any more. */
const WANTED_MIN = 0.1;

/** As of now. */
const WANTED = `d.wanted * power(0.5, extract(epoch FROM now() - d.wanted_at) / ${HALF_LIFE_S})`;

const ADD = `
INSERT INTO search_demand AS d (media_id, season, episode, wanted)
SELECT g.media_id, g.season, g.episode, g.times
FROM jsonb_to_recordset($1::text::jsonb) AS g (media_id bigint, season smallint, episode int, times real)
JOIN media USING (media_id) ORDER BY 1, 2, 3
ON CONFLICT (media_id, season, episode) DO UPDATE SET wanted = ${WANTED} + excluded.wanted, wanted_at = now()`;

const FORGET = `
DELETE FROM search_demand WHERE (media_id, season, episode) IN (
  SELECT media_id, season, episode FROM search_demand d ORDER BY ${WANTED} DESC OFFSET ${TITLES_MAX}
)`;

/** When a search may begin says the last one (`title_search`), as for requests. */
const DUE = `
SELECT d.media_id::float8 AS "mediaId", d.season, d.episode, m.type, m.public_id AS "publicId"
FROM search_demand d JOIN media m USING (media_id) LEFT JOIN title_search s USING (media_id, season, episode)
WHERE NOT m.is_blocked
  AND (s.media_id IS NULL OR s.next_at <= now() OR (s.failed_count > 0 AND s.retry_at <= now()))
ORDER BY ${WANTED} DESC, 1, 2, 3 LIMIT $1`;

/** A wish that was seen to is half as strong; whoever still finds little says so again. */
const SEEN_TO = `
UPDATE search_demand d SET wanted = greatest(${WANTED} / 2, 1e-6), wanted_at = now()
WHERE (media_id, season, episode) = ($1, $2, $3)`;
const DROP_WEAK = `DELETE FROM search_demand d WHERE ${WANTED} < ${WANTED_MIN}`;

interface DueRecord extends SearchTarget {
  readonly type: MediaType;
  readonly publicId: string;
}

export class DemandStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Titles that are gone are left out, and so are the least wanted beyond the bound. */
  async add(demanded: readonly Demanded[], signal: CancelSignal): Promise<void> {
    const rows = demanded.map(({ mediaId, season, episode, times }) => ({
      media_id: mediaId,
      season,
      episode,
      times,
    }));
    await this.#run('add', ADD, [JSON.stringify(rows)], signal);
    await this.#run('forget', FORGET, [], signal);
  }

  /** Most wanted first. */
  async due(limit: number, signal: CancelSignal): Promise<readonly WantedTitle[]> {
    await this.#run('drop-weak', DROP_WEAK, [], signal);
    const rows = await this.#database.write<DueRecord[]>(
      { name: 'background-search.due', lane: 'rest', signal },
      (sql) => sql.unsafe(DUE, [limit]),
    );
    return rows.map(({ type, publicId, ...target }) => ({
      ...target,
      title: storedTitleId(type, 'sl', publicId),
    }));
  }

  seenTo({ mediaId, season, episode }: SearchTarget, signal: CancelSignal): Promise<void> {
    return this.#run('seen-to', SEEN_TO, [mediaId, season, episode], signal);
  }

  async #run(
    name: string,
    statement: string,
    parameters: readonly (string | number)[],
    signal: CancelSignal,
  ): Promise<void> {
    await this.#database.write({ name: `background-search.${name}`, lane: 'rest', signal }, (sql) =>
      sql.unsafe(statement, [...parameters]),
    );
  }
}
