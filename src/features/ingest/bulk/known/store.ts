/** SQL that asks which lines are about streams that the library has by the same name, from the same source. */
import { NOTHING_KNOWN, type KnownLinesJson } from '../../../../lib/import-line/known-lines.ts';
import type { NameClaim } from '../../../../lib/import-line/name-claims.ts';
import type { BulkLoad } from '../../../../platform/db/bulk-load.ts';

export class KnownStore {
  readonly #load: BulkLoad;

  constructor(load: BulkLoad) {
    this.#load = load;
  }

  /** One statement for all claims. */
  async linesOf(claims: readonly NameClaim[]): Promise<KnownLinesJson> {
    if (claims.length === 0) return NOTHING_KNOWN;
    const columns = CLAIM_COLUMNS.map(({ of }) => claims.map(of));
    const [row] = await this.#load.query<{ readonly known: string }>(KNOWN_LINES, columns);
    return row?.known ?? NOTHING_KNOWN;
  }
}

interface ClaimColumn {
  readonly name: string;
  readonly type: string;
  readonly of: (claim: NameClaim) => unknown;
}

const CLAIM_COLUMNS: readonly ClaimColumn[] = [
  { name: 'line', type: 'int', of: ({ line }) => line },
  { name: 'infohash', type: 'text', of: ({ infohash }) => infohash },
  { name: 'name', type: 'text', of: ({ stream }) => stream.name },
  { name: 'source', type: 'text', of: ({ stream }) => stream.origin },
  { name: 'uploader', type: 'text', of: ({ stream }) => stream.uploader },
  { name: 'size_bytes', type: 'bigint', of: ({ stream }) => stream.sizeBytes },
  { name: 'seeders', type: 'int', of: ({ stream }) => stream.seeders },
  { name: 'trackers', type: 'text', of: ({ stream }) => stream.trackers.join('\n') },
  { name: 'is_private', type: 'boolean', of: ({ stream }) => stream.isPrivate },
  { name: 'links', type: 'text', of: ({ links }) => JSON.stringify(links) },
  { name: 'type', type: 'media_type', of: ({ type }) => type },
  { name: 'public_id', type: 'text', of: ({ publicId }) => publicId },
  { name: 'provider', type: 'text', of: ({ title }) => title.provider },
  { name: 'external_id', type: 'text', of: ({ title }) => title.id },
  {
    name: 'other_ids',
    type: 'text',
    of: ({ otherIds }) => otherIds.map(({ provider, id }) => `${provider} ${id}`).join(','),
  },
];
const COLUMN_NAMES = CLAIM_COLUMNS.map(({ name }) => name).join(', ');
const COLUMN_ARRAYS = CLAIM_COLUMNS.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ');

/** All that the line says that it plays is there; where it says nothing, what its name says. */
const IS_LINKED = `CASE WHEN q.links = '[]' THEN l.parts <> '' ELSE NOT EXISTS (
  SELECT FROM json_array_elements(q.links::json) f WHERE NOT EXISTS (
    SELECT FROM stream_link k
    WHERE (k.stream_id, k.file_index, k.media_id) = (s.stream_id, (f ->> 0)::int, x.media_id)
      AND (k.filename, k.file_size_bytes) = (f ->> 1, (f ->> 2)::bigint)
      AND ((f ->> 3) IS NULL OR (k.season, k.episode_from, k.episode_to) = ((f ->> 3)::int, (f ->> 4)::int, (f ->> 5)::int))
  )
) END`;

/** Wherever they lead: an import leaves them there. */
const HAS_OTHER_IDS = `NOT EXISTS (
  SELECT FROM unnest(string_to_array(q.other_ids, ',')) o WHERE NOT EXISTS (
    SELECT FROM media_external_id e
    WHERE (e.external_id, e.provider, e.media_type) = (split_part(o, ' ', 2), split_part(o, ' ', 1), q.type)
  )
)`;

/**
 * As `KnownLine` has them. Looked up one by one, for which OFFSET 0 is: some hundred claims are no reason to read a table of
 * millions.
 */
const KNOWN_LINES = `
SELECT coalesce(json_agg(json_build_array(q.line, l.parts, coalesce(
  NOT q.is_private AND ${IS_LINKED} AND ${HAS_OTHER_IDS} AND s.uploader = q.uploader AND s.total_size_bytes = q.size_bytes
  AND s.urls = q.trackers AND (q.seeders < 0 OR s.seeders = q.seeders) AND own.media_id = x.media_id, false
))), '[]')::text AS known
FROM unnest(${COLUMN_ARRAYS}) AS q (${COLUMN_NAMES})
CROSS JOIN LATERAL (
  SELECT s.stream_id, s.uploader, s.total_size_bytes, c.seeders, coalesce(t.urls, '') AS urls
  FROM stream s LEFT JOIN stream_counter c USING (stream_id) LEFT JOIN tracker_list t USING (tracker_list_id)
  WHERE (s.content_key, s.kind) = (decode(q.infohash, 'hex'), 0) AND (s.name, s.source) = (q.name, q.source) OFFSET 0
) s
LEFT JOIN LATERAL (${mediaBy('q.provider', 'q.external_id')}) x ON true
LEFT JOIN LATERAL (${mediaBy("'sl'", 'q.public_id')}) own ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN count(*) > 0 THEN coalesce(string_agg(concat_ws(':', season, episode_from, episode_to), ',')
    FILTER (WHERE file_index < 0 AND filename = ''), '') END AS parts
  FROM stream_link k WHERE (k.stream_id, k.media_id) = (s.stream_id, x.media_id)
) l`;

function mediaBy(provider: string, externalId: string): string {
  return `SELECT e.media_id FROM media_external_id e
    WHERE (e.external_id, e.provider, e.media_type, e.season) = (${externalId}, ${provider}, q.type, -1) OFFSET 0`;
}
