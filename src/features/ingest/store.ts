/** SQL of ingest: titles by their ids and names. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { LineId } from '../../lib/import-line/title-line.ts';
import { searchQueries } from '../../lib/search-text.ts';
import { storedTitleId, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Database } from '../../platform/db/database.ts';

const FIND_BY_ID = `
SELECT x.media_id::float8 AS "mediaId" FROM media_external_id x JOIN media m USING (media_id)
WHERE x.provider = $1 AND x.external_id = $2 AND x.media_type = $3::media_type AND NOT m.is_blocked`;

/** $2 the whole name, $1 its words. Those with the whole name come first, then what most people look at. */
const FIND_BY_NAME = `
SELECT m.media_id::float8 AS "mediaId"
FROM media m JOIN media_counter c USING (media_id)
WHERE m.search @@ $1::tsquery AND NOT m.is_blocked AND ($3::text = '' OR m.type::text = $3)
ORDER BY m.search @@ $2::tsquery DESC, c.popularity DESC, m.media_id LIMIT $4`;

const IDS_OF_TITLE = `
SELECT x.media_type AS type, x.provider, x.external_id AS id FROM media_external_id x WHERE x.media_id = $1
ORDER BY x.provider <> 'sl', x.provider, x.position`;

interface MediaIdRecord {
  readonly mediaId: number;
}

export class IngestStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null when the library has no such title. */
  async titleById(
    type: MediaType,
    { provider, id }: LineId,
    signal: CancelSignal,
  ): Promise<number | null> {
    const rows = await this.#database.read<MediaIdRecord[]>(
      { name: 'ingest.title-by-id', lane: 'rest', signal },
      (sql) => sql.unsafe(FIND_BY_ID, [provider, id, type], { prepare: true }),
    );
    return rows[0]?.mediaId ?? null;
  }

  /** What clients may ask by. */
  async idsOfTitle(mediaId: number, signal: CancelSignal): Promise<readonly TitleId[]> {
    const rows = await this.#database.read<(LineId & { readonly type: MediaType })[]>(
      { name: 'ingest.ids-of-title', lane: 'rest', signal },
      (sql) => sql.unsafe(IDS_OF_TITLE, [mediaId], { prepare: true }),
    );
    return rows.map(({ type, provider, id }) => storedTitleId(type, provider, id));
  }

  /** At most `limit`, likeliest first. @param type null for both */
  async titlesByName(
    name: string,
    type: MediaType | null,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly number[]> {
    const queries = searchQueries(name);
    if (queries === null) return [];
    const rows = await this.#database.read<MediaIdRecord[]>(
      { name: 'ingest.titles-by-name', lane: 'rest', signal },
      (sql) => sql.unsafe(FIND_BY_NAME, [queries.words, queries.whole, type ?? '', limit]),
    );
    return rows.map(({ mediaId }) => mediaId);
  }
}
