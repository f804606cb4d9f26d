/** SQL of dumps: every title, then every stream, as lines that an import reads, all of one moment, some hundred at a time. */
import type { BulkLoad } from '../../../platform/db/bulk-load.ts';
import { CERTIFICATES, NUDITY_LEVELS } from '../../../lib/vocabulary.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../../lib/title-match/title-facts.ts';

/** A series may have thousands of episodes. */
const LINES_PER_FETCH = { titles: 200, streams: 2000 };
const OPEN = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** Resolves with the number of lines. @param write resolves when more may come */
export function dumpLines(
  load: BulkLoad,
  write: (lines: string) => Promise<void>,
): Promise<number> {
  return load.transaction(async () => {
    await load.query(OPEN);
    const titles = await writeAll(load, 'titles', TITLE_LINES, write);
    return titles + (await writeAll(load, 'streams', LINES, write));
  });
}

async function writeAll(
  load: BulkLoad,
  cursor: 'titles' | 'streams',
  statement: string,
  write: (lines: string) => Promise<void>,
): Promise<number> {
  await load.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${statement}`);
  let count = 0;
  for (;;) {
    const rows = await load.query<{ readonly line: string }>(
      `FETCH ${LINES_PER_FETCH[cursor]} FROM ${cursor}`,
    );
    if (rows.length === 0) return count;
    count += rows.length;
    await write(`${rows.map(({ line }) => line).join('\n')}\n`);
  }
}

/** What a part of a title is called in lines. */
function partFields(alias: string): string {
  const [season, from, to] = ['season', 'episode_from', 'episode_to'].map(
    (name) => `${alias}.${name}`,
  );
  return `'season', CASE WHEN ${season} = ${EVERY_SEASON} THEN '"all"'::json ELSE to_json(${season}) END,
    'episode', CASE WHEN ${to} < ${LAST_EPISODE} THEN ${from} END,
    'episodeTo', CASE WHEN ${to} < ${LAST_EPISODE} AND ${to} > ${from} THEN ${to} END`;
}

function titleId(provider: string): string {
  return `(SELECT x.external_id FROM media_external_id x
    WHERE x.media_id = m.media_id AND x.provider = '${provider}' AND x.position = 0 AND x.season = -1)`;
}

/** Of 64 bits in two words. */
function mask(low: string, high: string): string {
  return `(${low}::bigint & 4294967295) | (${high}::bigint << 32)`;
}

function nameIn(names: readonly string[], code: string): string {
  return `(ARRAY[${names.map((name) => `'${name}'`).join(', ')}])[${code} + 1]`;
}

/** Empty lists, texts and zeros are left out. */
const TITLE_LINES = `
SELECT json_strip_nulls(json_build_object('kind', 'title', 'title', json_build_object(
  'type', m.type, 'id', m.public_id, 'imdb', ${titleId('imdb')}, 'tmdb', ${titleId('tmdb')}, 'tvdb', ${titleId('tvdb')},
  'name', m.title, 'year', nullif(m.year, 0), 'originalName', nullif(m.original_title, ''),
  'names', (SELECT json_agg(t.title ORDER BY t.title) FROM media_title t WHERE t.media_id = m.media_id),
  'endYear', nullif(m.end_year, 0), 'released', m.released, 'runtimeMinutes', nullif(m.runtime_minutes, 0),
  'description', nullif(m.description, ''), 'country', nullif(m.country, ''), 'website', nullif(m.website, ''),
  'languages', nullif(array_remove(
    language_names(${mask('m.languages_low', 'm.languages_high')}), 'unknown'), '{}'),
  'adult', nullif(m.is_adult, false), 'listed', nullif(m.is_always_listed, false),
  'nudity', nullif(${nameIn(NUDITY_LEVELS, 'm.nudity')}, 'Unknown'),
  'certificate', nullif(${nameIn(CERTIFICATES, 'm.certificate')}, 'Unknown'),
  'popularity', nullif(c.popularity, 0),
  'genres', (SELECT json_agg(g.name ORDER BY l.position) FROM media_genre l JOIN genre g USING (genre_id)
    WHERE l.media_id = m.media_id),
  'images', (SELECT json_agg(json_build_object('kind', i.kind, 'url', i.url) ORDER BY i.kind, i.position)
    FROM media_image i WHERE i.media_id = m.media_id),
  'ratings', (SELECT json_agg(json_build_object('provider', r.provider, 'value', r.value, 'votes', r.votes)
    ORDER BY r.provider) FROM media_rating r WHERE r.media_id = m.media_id),
  'otherIds', (SELECT json_agg(json_build_object('provider', x.provider, 'id', x.external_id,
      'season', nullif(x.season, -1), 'episodeOffset', nullif(x.episode_offset, 0)) ORDER BY x.provider, x.position)
    FROM media_external_id x WHERE x.media_id = m.media_id AND x.external_id <> m.public_id
      AND NOT (x.provider IN ('imdb', 'tmdb', 'tvdb') AND x.position = 0 AND x.season = -1)),
  'episodes', (SELECT json_agg(json_build_object('season', e.season, 'episode', e.episode, 'name', nullif(e.title, ''),
      'overview', nullif(e.overview, ''), 'released', e.released, 'thumbnail', nullif(e.thumbnail_url, ''))
      ORDER BY e.season, e.episode) FROM episode e WHERE e.media_id = m.media_id),
  'services', CASE WHEN k.is_sketch THEN 'sketch' WHEN NOT k.is_sketch THEN 'kept' END
)))::text AS line
FROM media m JOIN media_counter c USING (media_id) LEFT JOIN title_metadata k USING (media_id)
WHERE NOT m.is_blocked
ORDER BY m.media_id`;

/** A line for all files of a stream that play a title, and one for each part without a file: a line has room for one. */
const LINES = `
SELECT json_strip_nulls(json_build_object(
  'kind', stream_kind_name(s.kind), 'infoHash', CASE WHEN s.kind = 0 THEN encode(s.content_key, 'hex') END,
  'url', CASE WHEN s.kind <> 0 THEN s.locator END, 'name', s.name, 'source', s.source,
  'uploader', nullif(s.uploader, ''), 'group', s.release_group, 'size', nullif(s.total_size_bytes, 0),
  'seeders', c.seeders, 'addedAt', floor(extract(epoch FROM s.added_at)),
  'private', nullif('private' = ANY (stream_flag_names(s.flags_mask)), false),
  'trackers', string_to_array(t.urls, E'\\n'),
  'attributes', json_build_object(
    'resolution', nullif(resolution_name(s.resolution), 'unknown'), 'quality', nullif(quality_name(s.quality), 'unknown'),
    'codec', nullif(codec_name(s.codec), 'unknown'), 'hdr', hdr_names(s.hdr_mask), 'audio', audio_names(s.audio_mask),
    'channels', channel_names(s.channels_mask), 'flags', stream_flag_names(s.flags_mask),
    'languages', array_remove(language_names(${mask('s.languages_low', 's.languages_high')}), 'unknown'),
    'subtitles', array_remove(
      language_names(${mask('s.subtitle_languages_low', 's.subtitle_languages_high')}), 'unknown'),
    'bitDepth', s.bit_depth
  ),
  'files', l.files, ${partFields('l')},
  'title', json_build_object('type', m.type, 'id', m.public_id, 'imdb', ${titleId('imdb')}, 'tmdb', ${titleId('tmdb')},
    'tvdb', ${titleId('tvdb')}, 'name', m.title, 'year', nullif(m.year, 0))
))::text AS line
FROM stream s
LEFT JOIN tracker_list t USING (tracker_list_id)
LEFT JOIN stream_counter c USING (stream_id)
CROSS JOIN LATERAL (
  SELECT f.media_id, NULL::smallint AS season, NULL::int AS episode_from, NULL::int AS episode_to,
    json_agg(json_build_object('path', f.filename, 'size', f.file_size_bytes, 'index', f.file_index, ${partFields('f')})
      ORDER BY f.file_index, f.season, f.episode_from) AS files
  FROM stream_link f
  WHERE f.stream_id = s.stream_id AND (f.file_index >= 0 OR f.filename <> '') GROUP BY f.media_id
  UNION ALL
  SELECT p.media_id, p.season, p.episode_from, p.episode_to, NULL
  FROM stream_link p WHERE p.stream_id = s.stream_id AND p.file_index < 0 AND p.filename = ''
) l
JOIN media m ON m.media_id = l.media_id
WHERE NOT s.is_blocked AND NOT m.is_blocked
ORDER BY s.stream_id`;
