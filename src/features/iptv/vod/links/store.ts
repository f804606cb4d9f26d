/** SQL that links films and series of providers with titles of the library. */
import type { CancelSignal } from '../../../../lib/async/cancel.ts';
import type { VodKind } from '../../../../lib/iptv/vod-facts.ts';
import type { TitleFacts } from '../../../../lib/title-match/title-facts.ts';
import { externalIdOf, type TitleId } from '../../../../lib/stremio/media-id.ts';
import type { Database } from '../../../../platform/db/database.ts';

export interface UnlinkedTitle {
  readonly serial: number;
  readonly kind: VodKind;
  readonly name: string;
  readonly year: number;
}

/** A title of the library, and which of the asked ones it may be. */
export interface Candidate extends Omit<TitleFacts, 'episodes' | 'isAnime'> {
  readonly serial: number;
  readonly mediaId: number;
}

/** What was found; null: nothing. */
export interface FoundLink {
  readonly serial: number;
  readonly mediaId: number | null;
}

/** By the ids that providers name. */
const LINK_BY_ID = `
UPDATE iptv_channel c SET media_id = x.media_id, linked_at = now()
FROM media_external_id x JOIN media m USING (media_id)
WHERE c.kind <> 'live' AND c.media_id IS NULL AND c.external_id <> '' AND NOT m.is_blocked AND x.season = -1
  AND x.media_type::text = c.kind AND x.provider = CASE WHEN c.external_id LIKE 'tt%' THEN 'imdb' ELSE 'tmdb' END
  AND x.external_id = CASE WHEN c.external_id LIKE 'tt%' THEN c.external_id ELSE substr(c.external_id, 6) END`;
const UNLINKED = `
SELECT channel_id::float8 AS serial, kind, name, year FROM iptv_channel
WHERE kind <> 'live' AND media_id IS NULL AND channel_id > $1::bigint
  AND (linked_at IS NULL OR linked_at < now() - make_interval(days => $2::int))
ORDER BY channel_id LIMIT $3`;
/** By the keys that the names of a title come to. */
const BY_KEYS = `
SELECT channel_id::float8 AS serial, kind, name, year FROM iptv_channel
WHERE merge_key IN (SELECT jsonb_array_elements_text($1::text::jsonb)) AND region = '' AND kind <> 'live'
  AND media_id IS NULL LIMIT 50`;
const TITLE_BY_ID = `
SELECT x.media_id::float8 AS "mediaId" FROM media_external_id x JOIN media m USING (media_id)
WHERE x.provider = $1 AND x.external_id = $2 AND x.media_type = $3::media_type AND NOT m.is_blocked`;
const idOf = (provider: 'imdb' | 'tmdb') => `coalesce((
    SELECT external_id FROM media_external_id x WHERE x.media_id = m.media_id AND x.provider = '${provider}' AND x.position = 0
  ), '')`;
/** Of each at most twenty. */
const CANDIDATES = `
SELECT asked.serial, m.media_id::float8 AS "mediaId", m.type, m.year, m.end_year AS "endYear", m.country, m.is_adult AS "isAdult",
  ${idOf('imdb')} AS "imdbId",
  ${idOf('tmdb')} AS "tmdbId",
  json_build_array(m.title, m.original_title)::jsonb || coalesce((
    SELECT jsonb_agg(t.title ORDER BY t.title) FROM media_title t WHERE t.media_id = m.media_id
  ), '[]') AS names
FROM jsonb_to_recordset($1::text::jsonb) AS asked (serial float8, kind text, query text)
CROSS JOIN LATERAL (
  SELECT n.* FROM media n WHERE n.search @@ asked.query::tsquery AND n.type::text = asked.kind AND NOT n.is_blocked
  ORDER BY n.media_id LIMIT 20
) m`;
const SET_LINKS = `
UPDATE iptv_channel c SET media_id = v."mediaId", linked_at = now()
FROM jsonb_to_recordset($1::text::jsonb) AS v (serial bigint, "mediaId" bigint)
WHERE c.channel_id = v.serial AND c.media_id IS NULL`;

export class LinkStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async linkById(signal: CancelSignal): Promise<void> {
    await this.#database.write(
      { name: 'iptv.link-by-id', lane: 'rest', signal, timeoutMs: 300_000 },
      (sql) => sql.unsafe(LINK_BY_ID),
    );
  }

  /** Of which no title was found, or not for so many days. */
  unlinked(
    afterSerial: number,
    days: number,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly UnlinkedTitle[]> {
    return this.#database.read<UnlinkedTitle[]>(
      { name: 'iptv.unlinked', lane: 'rest', signal },
      (sql) => sql.unsafe(UNLINKED, [afterSerial, days, limit]),
    );
  }

  /** Null when the library has no such title. */
  async mediaOf({ type, provider, id }: TitleId, signal: CancelSignal): Promise<number | null> {
    const rows = await this.#database.read<{ readonly mediaId: number }[]>(
      { name: 'iptv.title-by-id', lane: 'page', signal },
      (sql) => sql.unsafe(TITLE_BY_ID, [provider, externalIdOf({ provider, id }), type]),
    );
    return rows[0]?.mediaId ?? null;
  }

  /** Of which no title is known, by keys of names. */
  byKeys(keys: readonly string[], signal: CancelSignal): Promise<readonly UnlinkedTitle[]> {
    return this.#database.read<UnlinkedTitle[]>(
      { name: 'iptv.unlinked-by-keys', lane: 'page', signal },
      (sql) => sql.unsafe(BY_KEYS, [JSON.stringify(keys)]),
    );
  }

  /** @param asked `query` as `searchQueries` makes it */
  candidates(
    asked: readonly { readonly serial: number; readonly kind: VodKind; readonly query: string }[],
    signal: CancelSignal,
  ): Promise<readonly Candidate[]> {
    return this.#database.read<Candidate[]>(
      { name: 'iptv.link-candidates', lane: 'rest', signal, timeoutMs: 60_000 },
      (sql) => sql.unsafe(CANDIDATES, [JSON.stringify(asked)]),
    );
  }

  async setLinks(links: readonly FoundLink[], signal: CancelSignal): Promise<void> {
    await this.#database.write(
      { name: 'iptv.set-links', lane: 'rest', signal, timeoutMs: 60_000 },
      (sql) => sql.unsafe(SET_LINKS, [JSON.stringify(links)]),
    );
  }
}
