/** SQL that writes the lexemes of all titles again, after their rules have changed (`SEARCH_TEXT_VERSION`). */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { SEARCH_TEXT_VERSION, titleLexemes } from '../../../lib/search-text.ts';
import type { Database, StatementOptions } from '../../../platform/db/database.ts';

/** Titles read and written at a time: about 40 ms, so that nobody waits long for their rows. */
const BATCH_TITLES = 500;
const BATCH_TIMEOUT_MS = 60_000;

interface NamedTitle {
  readonly mediaId: string;
  readonly names: readonly string[];
  readonly year: number;
  /** As text with microseconds: a title that was imported meanwhile has its lexemes already. */
  readonly updatedAt: string;
}

const NAMES = `
SELECT m.media_id::text AS "mediaId", m.year, m.updated_at::text AS "updatedAt",
  json_build_array(m.title, m.original_title)::jsonb || coalesce(other.names, '[]') AS names
FROM media m
LEFT JOIN LATERAL (
  SELECT jsonb_agg(t.title ORDER BY t.title) AS names FROM media_title t WHERE t.media_id = m.media_id
) other ON true
WHERE m.media_id > $1::bigint
ORDER BY m.media_id LIMIT ${BATCH_TITLES}`;

const WRITE_LEXEMES = `
UPDATE media m SET search = array_to_tsvector(g.search)
FROM jsonb_to_recordset($1::text::jsonb) AS g (media_id bigint, updated_at timestamptz, search text[])
WHERE m.media_id = g.media_id AND m.updated_at = g.updated_at AND m.search IS DISTINCT FROM array_to_tsvector(g.search)
RETURNING m.media_id::text`;

const WRITE_VERSION =
  'UPDATE instance SET search_version = $1::smallint WHERE search_version < $1::smallint';

/**
 * Brings all titles to the present rules; does nothing when they have them. Resolves with the number of titles
 * that were written. May be stopped and repeated at any time, and run by several processes.
 */
export async function rebuildSearch(database: Database, signal: CancelSignal): Promise<number> {
  const options = (name: string): StatementOptions => ({
    name,
    lane: 'rest',
    signal,
    timeoutMs: BATCH_TIMEOUT_MS,
  });
  const [row] = await database.read<{ version: number }[]>(
    options('library.search-version'),
    (sql) => sql.unsafe('SELECT search_version AS version FROM instance'),
  );
  if (row === undefined || row.version >= SEARCH_TEXT_VERSION) return 0;
  let written = 0;
  for (let after = '0'; after !== '';) {
    const from = after;
    const titles = await database.read<NamedTitle[]>(options('library.search-names'), (sql) =>
      sql.unsafe(NAMES, [from]),
    );
    const rows = titles.map(({ mediaId, names, year, updatedAt }) => ({
      media_id: mediaId,
      updated_at: updatedAt,
      search: titleLexemes(names, year),
    }));
    const changed = await database.write(options('library.search-write'), (sql) =>
      sql.unsafe(WRITE_LEXEMES, [JSON.stringify(rows)]),
    );
    written += changed.length;
    after = titles.at(-1)?.mediaId ?? '';
  }
  await database.write(options('library.search-version-write'), (sql) =>
    sql.unsafe(WRITE_VERSION, [SEARCH_TEXT_VERSION]),
  );
  return written;
}
