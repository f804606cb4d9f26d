/** SQL of watchlists: which titles of the library are meant by torrents and by names. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { searchQueries } from '../../lib/search-text.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Holding } from './holdings.ts';

export interface MeantTitle {
  /** Place in what was asked. */
  readonly ordinal: number;
  /** Our own id, `sl:…`. */
  readonly publicId: string;
  readonly isListed: boolean;
}

const TORRENT = STREAM_KINDS.indexOf('torrent');

/**
 * By the torrent, where the library has it for one title alone; else by the whole name, with the year where it says one. A film
 * without a year, and a name of several titles, say nothing.
 */
const MEANT_TITLES = `
SELECT v.ordinal, coalesce(t.public_id, n.public_id) AS "publicId", t.public_id IS NOT NULL AS "isListed"
FROM jsonb_to_recordset($1::text::jsonb) AS v (ordinal int, infohash text, type text, words text, year int)
LEFT JOIN LATERAL (
  SELECT min(m.public_id) AS public_id
  FROM stream s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)
  WHERE s.content_key = decode(v.infohash, 'hex') AND s.kind = ${TORRENT} AND s.is_visible AND m.type = v.type::media_type
  HAVING count(DISTINCT m.media_id) = 1
) t ON true
LEFT JOIN LATERAL (
  SELECT min(public_id) AS public_id FROM (
    SELECT m.public_id FROM media m
    WHERE v.words <> '' AND m.search @@ v.words::tsquery AND m.type = v.type::media_type AND NOT m.is_blocked
      AND (v.year = 0 AND v.type = 'series' OR m.year = v.year)
    LIMIT 2
  ) found
  HAVING count(*) = 1
) n ON t.public_id IS NULL
WHERE coalesce(t.public_id, n.public_id) IS NOT NULL`;

export class WatchlistStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  meantTitles(holdings: readonly Holding[], signal: CancelSignal): Promise<readonly MeantTitle[]> {
    if (holdings.length === 0) return Promise.resolve([]);
    const rows = holdings.map(({ infohash, type, title, year }, ordinal) => ({
      ordinal,
      infohash,
      type,
      words: searchQueries(title)?.whole ?? '',
      year,
    }));
    return this.#database.read<MeantTitle[]>(
      { name: 'watchlists.meant-titles', lane: 'page', signal },
      (sql) => sql.unsafe(MEANT_TITLES, [JSON.stringify(rows)]),
    );
  }
}
