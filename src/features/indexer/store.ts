/** SQL of the indexer: torrents by title, by words of their release names, and the newest. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';
import { searchQueries } from '../../lib/search-text.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import { maskOf, STREAM_FLAGS, STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { Database } from '../../platform/db/database.ts';
import { nameWords, wordPattern } from './name-words.ts';
import type { OfferQuery, TitleIds } from './query.ts';

/** One torrent as it is stored. Texts are empty and numbers 0 when unknown. */
export interface StoredOffer {
  readonly title: string;
  readonly infohash: string;
  /** Joined by newlines. */
  readonly trackers: string;
  readonly sizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  readonly addedAtS: number;
  readonly resolution: number;
  readonly type: MediaType;
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly season: number;
  readonly episodeFrom: number;
  readonly episodeTo: number;
}

export interface StoredPage {
  readonly offers: readonly StoredOffer[];
  /** Over all pages, at most HITS_MAX. */
  readonly total: number;
}

const NOTHING: StoredPage = { offers: [], total: 0 };
/** So many of the newest are found, over all pages. */
export const HITS_MAX = 1000;
/** Names that are looked at: the newest with the words of a search. */
const CANDIDATES_MAX = 10_000;
/** Links of one title that are looked at: the longest series have some ten thousand. */
const LINKS_MAX = 20_000;
/** Titles that a search in names of titles looks into. */
const TITLES_MAX = 20;
/** A search by words that takes longer is too broad to be of use. */
const TIMEOUT_MS = 5000;

const TORRENT = STREAM_KINDS.indexOf('torrent');
const PRIVATE = maskOf(STREAM_FLAGS, ['private']);

/** Private torrents are of no use to somebody without an account, and a risk to whoever has one. */
const OFFERED = `s.kind = ${TORRENT} AND s.is_visible AND s.flags_mask & ${PRIVATE} = 0`;

/** $1 type or null, $2 and $3 resolutions of films and of series. */
const WANTED = `
  ($1::text IS NULL OR m.type = $1::media_type) AND NOT m.is_blocked AND s.resolution = ANY (
    CASE m.type WHEN 'movie' THEN $2::text::smallint[] ELSE $3::text::smallint[] END
  )`;

/** $4 season, $5 episode: packs that have it count. */
const PLACED = `
  ($4::int IS NULL OR l.season IN ($4::int, -1)) AND
  ($5::int IS NULL OR (l.episode_from <= $5::int AND l.episode_to >= $5::int))`;

/** $6 limit, $7 offset, over \`hit\`: stream and the link that counts. The newest first that this instance learnt of. */
const PAGE = `
SELECT (SELECT count(*) FROM hit)::int AS total, coalesce((
  SELECT json_agg(o ORDER BY o."streamId" DESC)
  FROM (
    SELECT s.stream_id AS "streamId", s.name AS title, encode(s.content_key, 'hex') AS infohash,
      coalesce(t.urls, '') AS trackers, greatest(s.total_size_bytes, l.file_size_bytes) AS "sizeBytes",
      coalesce(c.seeders, -1) AS seeders, floor(date_part('epoch', s.added_at))::bigint AS "addedAtS",
      s.resolution, m.type, coalesce(imdb.external_id, '') AS "imdbId", coalesce(tmdb.external_id, '') AS "tmdbId",
      l.season, l.episode_from AS "episodeFrom", l.episode_to AS "episodeTo"
    FROM (SELECT stream_id FROM hit ORDER BY stream_id DESC LIMIT $6 OFFSET $7) AS page
    JOIN stream s USING (stream_id)
    CROSS JOIN LATERAL (
      SELECT l.* FROM stream_link l JOIN media m USING (media_id)
      WHERE l.stream_id = s.stream_id AND ${WANTED} AND ${PLACED}
      ORDER BY l.episode_to - l.episode_from, l.season, l.episode_from LIMIT 1
    ) l
    JOIN media m ON m.media_id = l.media_id
    LEFT JOIN stream_counter c ON c.stream_id = s.stream_id
    LEFT JOIN tracker_list t ON t.tracker_list_id = s.tracker_list_id
    LEFT JOIN media_external_id imdb ON imdb.media_id = m.media_id AND imdb.provider = 'imdb' AND imdb.position = 0
    LEFT JOIN media_external_id tmdb ON tmdb.media_id = m.media_id AND tmdb.provider = 'tmdb' AND tmdb.position = 0
  ) AS o
), '[]') AS offers`;

/** Streams with these links, and perhaps with these words in their names. */
const byLinks = (words: string): string => `
, hit AS MATERIALIZED (
  SELECT DISTINCT s.stream_id
  FROM (
    SELECT l.stream_id, l.media_id FROM title JOIN stream_link l USING (media_id)
    WHERE l.is_visible AND ${PLACED} LIMIT ${LINKS_MAX}
  ) AS link
  JOIN stream s USING (stream_id) JOIN media m USING (media_id)
  WHERE ${OFFERED} AND ${WANTED}${words}
  ORDER BY s.stream_id DESC LIMIT ${HITS_MAX}
)`;

/** $8 to $10: ids, each empty when it is not given. */
const BY_ID = `
WITH title AS (
  SELECT DISTINCT media_id FROM media_external_id
  WHERE ($1::text IS NULL OR media_type = $1::media_type) AND (
    (provider = 'imdb' AND external_id = $8) OR (provider = 'tmdb' AND external_id = $9)
    OR (provider = 'tvdb' AND external_id = $10)
  )
)`;

/** $8 words of titles. */
const BY_TITLE = `
WITH title AS (
  SELECT m.media_id FROM media m JOIN media_counter c USING (media_id)
  WHERE m.search @@ $8::tsquery AND NOT m.is_adult ORDER BY c.popularity DESC LIMIT ${TITLES_MAX}
)`;

/**
 * Through the trigrams of names, or from the newest on: the planner chooses by how frequent the words are. LATERAL with a
 * LIMIT keeps the rest look-ups by key.
 */
const byNames = (words: string): string => `
WITH hit AS MATERIALIZED (
  SELECT s.stream_id
  FROM (
    SELECT s.stream_id, s.resolution FROM stream s
    WHERE ${OFFERED}${words} ORDER BY s.stream_id DESC LIMIT ${CANDIDATES_MAX}
  ) AS s
  CROSS JOIN LATERAL (
    SELECT FROM stream_link l JOIN media m USING (media_id)
    WHERE l.stream_id = s.stream_id AND ${WANTED} AND ${PLACED} AND NOT m.is_adult LIMIT 1
  ) AS l
  ORDER BY s.stream_id DESC LIMIT ${HITS_MAX}
)`;

const HAS_NAME_INDEX = `
SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('stream_name_trigrams')), false) AS valid`;

export class IndexerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether words of release names can be searched for; without the extension pg_trgm they cannot. */
  async hasNameIndex(signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.read<{ valid: boolean }[]>(
      { name: 'indexer.name-index', lane: 'page', signal },
      (sql) => sql.unsafe(HAS_NAME_INDEX),
    );
    return rows[0]?.valid === true;
  }

  /** Torrents of the titles with one of these ids. */
  byId(query: OfferQuery, ids: TitleIds, signal: CancelSignal): Promise<StoredPage> {
    const words = patternsOf(query.text);
    return this.#page(
      'indexer.by-id',
      BY_ID + byLinks(conditions(words, 11)),
      query,
      [ids.imdbId, ids.tmdbId, ids.tvdbId, ...words],
      signal,
    );
  }

  /** Torrents with all the words in their names; without words the newest. */
  byNames(query: OfferQuery, signal: CancelSignal): Promise<StoredPage> {
    const words = patternsOf(query.text);
    if (words.length === 0 && query.text !== '') return Promise.resolve(NOTHING);
    const name = words.length === 0 ? 'indexer.newest' : 'indexer.by-names';
    return this.#page(name, byNames(conditions(words, 8)), query, words, signal);
  }

  /** What a search by words becomes without their index: the title, season and episode that it names. */
  byTitle(query: OfferQuery, signal: CancelSignal): Promise<StoredPage> {
    const release = parseReleaseTitle(query.text, { path: false });
    const queries = searchQueries(release.title);
    if (queries === null) return Promise.resolve(NOTHING);
    const season = query.season ?? release.seasons[0] ?? null;
    const episode = query.season === null ? (release.episodes[0] ?? null) : query.episode;
    const placed = { ...query, season, episode: season === null ? null : episode };
    return this.#page('indexer.by-title', BY_TITLE + byLinks(''), placed, [queries.words], signal);
  }

  /** Planned with its parameters each time: how frequent words are decides the way. */
  async #page(
    name: string,
    found: string,
    query: OfferQuery,
    more: readonly string[],
    signal: CancelSignal,
  ): Promise<StoredPage> {
    const { type, movieResolutions, seriesResolutions, season, episode, limit, offset } = query;
    const parameters = [
      type,
      `{${movieResolutions.join(',')}}`,
      `{${seriesResolutions.join(',')}}`,
      season,
      episode,
      limit,
      offset,
      ...more,
    ];
    const rows = await this.#database.read<StoredPage[]>(
      { name, lane: 'page', signal, timeoutMs: TIMEOUT_MS },
      (sql) => sql.unsafe(found + PAGE, parameters),
    );
    return rows[0] ?? NOTHING;
  }
}

function patternsOf(text: string): readonly string[] {
  return nameWords(text).map(wordPattern);
}

function conditions(patterns: readonly string[], first: number): string {
  return patterns.map((_, at) => ` AND s.name ILIKE $${first + at}`).join('');
}
