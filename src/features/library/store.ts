/** SQL of the library: catalogue pages, search, titles, genres and posters. Imports: `import/store.ts`. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { searchQueries } from '../../lib/search-text.ts';
import { externalIdOf, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import { LAST_EPISODE } from '../../lib/title-match/title-facts.ts';
import { LANGUAGES } from '../../lib/vocabulary.ts';
import { NOTHING_PLAYS } from '../../lib/user-config/hidden-levels.ts';
import type { Database } from '../../platform/db/database.ts';
import type {
  CatalogOrder,
  CatalogQuery,
  CatalogTitle,
  GenreNames,
  TitleDetails,
  TitleSource,
} from '../addon/contract.ts';
import type { PosterSource, PosterSubject } from '../posters/contract.ts';
import type { SearchSubject, SearchTarget, SubjectSource } from '../sources/contract.ts';
import type {
  AdoptedTitle,
  ChangedTitle,
  EpisodeKey,
  FoundStream,
  ImportCounts,
  ImportedTitle,
  StreamImport,
  TitleAdoption,
  TitleImport,
} from './contract.ts';
import { adoptTitles } from './adopt/store.ts';
import { addEpisodes, addStreams, importTitles } from './import/store.ts';
import { searchSubject } from './subject/store.ts';

/** Columns of `CatalogTitle`; needs PREVIEW_JOINS. JSON, because drivers read arrays only when they know their type. */
const PREVIEW_COLUMNS = `
  m.type, m.public_id AS "publicId", coalesce(imdb.external_id, '') AS "imdbId", m.title, m.year,
  m.end_year AS "endYear", m.description, genre_list.names AS genres, coalesce(rating.value, 0) AS rating`;

const RATING = `
LEFT JOIN LATERAL (
  SELECT r.value FROM media_rating r WHERE r.media_id = m.media_id
  ORDER BY r.provider = 'imdb' DESC, r.votes DESC, r.provider LIMIT 1
) rating ON true`;

const PREVIEW_JOINS = `
LEFT JOIN media_external_id imdb ON imdb.media_id = m.media_id AND imdb.provider = 'imdb' AND imdb.position = 0
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(g.name ORDER BY mg.position), '[]') AS names
  FROM media_genre mg JOIN genre g USING (genre_id) WHERE mg.media_id = m.media_id
) genre_list
${RATING}`;

/**
 * The entry rows of one catalogue: $1 type, $2 genre or null, $5 hidden levels. An unknown genre has none. Levels are
 * compared by "less than": of "equals" the planner believes that it keeps one row in 200, and walks the wrong index.
 */
const ENTRIES = `
  e.type = $1::media_type AND (e.levels & $5::int) < 1
  AND e.genre_id = CASE WHEN $2::text IS NULL THEN 0 ELSE (SELECT genre_id FROM genre WHERE name = $2::text) END`;

/** $3 titles after $4 others. Skipped ones cost one index entry each: the page is cut before anything is joined. */
function catalogPage(order: string, direction: 'ASC' | 'DESC'): string {
  return `
WITH page AS (
  SELECT e.media_id, e.${order} FROM catalog_entry e
  WHERE ${ENTRIES}
  ORDER BY e.${order} ${direction}, e.media_id ${direction} LIMIT $3 OFFSET $4
)
SELECT ${PREVIEW_COLUMNS}
FROM page JOIN media m USING (media_id) ${PREVIEW_JOINS}
ORDER BY page.${order} ${direction}, m.media_id ${direction}`;
}

type PagedOrder = Exclude<CatalogOrder, 'relevance'>;

/** Name of the statement, column, and the direction that users expect. */
const PAGED_ORDERS = {
  latest: ['library.catalog-latest', 'latest_at', 'DESC'],
  popular: ['library.catalog-popular', 'popularity', 'DESC'],
  rating: ['library.catalog-rating', 'rating', 'DESC'],
  released: ['library.catalog-released', 'released', 'DESC'],
  title: ['library.catalog-title', 'title_key', 'ASC'],
} as const satisfies Readonly<Record<PagedOrder, readonly [string, string, 'ASC' | 'DESC']>>;

function catalogStatement(order: PagedOrder, isReversed: boolean): string {
  const [, column, direction] = PAGED_ORDERS[order];
  return catalogPage(column, isReversed === (direction === 'DESC') ? 'ASC' : 'DESC');
}

/**
 * Titles that are called exactly so, then the most popular ones with all the words, 500 at most. Not prepared: the
 * planner chooses between the words' index and popularity by the parameters.
 */
const CATALOG_SEARCH = `
WITH hit AS (
  (SELECT e.media_id, e.popularity, 1 AS whole FROM media m JOIN catalog_entry e USING (media_id)
   WHERE ${ENTRIES} AND m.search @@ $6::tsquery
   ORDER BY e.popularity DESC, e.media_id DESC LIMIT 100)
  UNION ALL
  (SELECT e.media_id, e.popularity, 0 FROM media m JOIN catalog_entry e USING (media_id)
   WHERE ${ENTRIES} AND m.search @@ $7::tsquery
   ORDER BY e.popularity DESC, e.media_id DESC LIMIT 500)
), page AS (
  SELECT media_id, max(whole) AS whole, max(popularity) AS popularity
  FROM hit GROUP BY media_id ORDER BY whole DESC, popularity DESC, media_id DESC LIMIT $3 OFFSET $4
)
SELECT ${PREVIEW_COLUMNS}
FROM page JOIN media m USING (media_id) ${PREVIEW_JOINS}
ORDER BY page.whole DESC, page.popularity DESC, m.media_id DESC`;

/** The title with this id: $1 id, $2 provider, $3 type. */
const BY_ID = `
FROM media_external_id x JOIN media m USING (media_id)`;
const WITH_ID = `
WHERE x.external_id = $1 AND x.provider = $2 AND x.media_type = $3::media_type AND NOT m.is_blocked`;

/** $1 JSON list of ids with their providers, $2 type, $3 hidden levels (bits as in `catalog_entry.levels`). */
const TITLES_BY_IDS = `
SELECT ${PREVIEW_COLUMNS}
FROM (
  SELECT x.media_id, min(g.ordinal) AS ordinal
  FROM jsonb_to_recordset($1::text::jsonb) AS g (ordinal int, provider text, external_id text)
  JOIN media_external_id x USING (external_id, provider)
  WHERE x.media_type = $2::media_type GROUP BY x.media_id
) page JOIN media m USING (media_id) ${PREVIEW_JOINS}
WHERE NOT m.is_blocked AND NOT m.is_adult AND (((1 << m.nudity) | (1 << (8 + m.certificate))) & $3::int) = 0
ORDER BY page.ordinal`;

/** The image of one kind that is shown. */
function image(kind: 'poster' | 'background' | 'logo'): string {
  return `coalesce((
    SELECT i.url FROM media_image i WHERE i.media_id = m.media_id AND i.kind = '${kind}' ORDER BY i.position LIMIT 1
  ), '')`;
}

/** Episodes of the whole title, or of the part of a season that an id of anime stands for: up to where the next begins. */
const OF_THE_ID = `
  x.season = -1 OR e.season = x.season AND e.episode > x.episode_offset AND e.episode <= coalesce((
    SELECT min(o.episode_offset) FROM media_external_id o
    WHERE o.media_id = x.media_id AND o.provider = x.provider AND o.season = x.season
      AND o.episode_offset > x.episode_offset
  ), ${LAST_EPISODE})`;

const TITLE_DETAILS = `
SELECT ${PREVIEW_COLUMNS}, coalesce(tmdb.external_id, '') AS "tmdbId", m.runtime_minutes AS "runtimeMinutes",
  coalesce(to_char(m.released, 'YYYY-MM-DD'), '') AS released, m.languages_low AS "languagesLow",
  m.languages_high AS "languagesHigh", m.country, m.website, ${image('background')} AS "backgroundUrl",
  ${image('logo')} AS "logoUrl", episode_list.episodes, x.season <> -1 AS "isEntry"
${BY_ID} ${PREVIEW_JOINS}
LEFT JOIN media_external_id tmdb ON tmdb.media_id = m.media_id AND tmdb.provider = 'tmdb' AND tmdb.position = 0
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object(
    'season', CASE WHEN x.season = -1 THEN e.season ELSE 1 END, 'episode', e.episode - x.episode_offset,
    'title', e.title, 'overview', e.overview,
    'released', coalesce(to_char(e.released, 'YYYY-MM-DD'), ''), 'thumbnailUrl', e.thumbnail_url
  ) ORDER BY e.season, e.episode), '[]') AS episodes
  FROM episode e WHERE e.media_id = m.media_id AND (${OF_THE_ID})
) episode_list
${WITH_ID}`;

const POSTER_SOURCE = `
SELECT m.title, m.year, coalesce(rating.value, 0) AS rating, ${image('poster')} AS "posterUrl"
${BY_ID} ${RATING} ${WITH_ID}`;

/** Of titles that play. Counted to 2,000 only, which orders what is rare and is quick for what is not. */
const GENRES = `
SELECT t.type, g.name
FROM genre g
CROSS JOIN (VALUES ('movie'::media_type), ('series')) AS t (type)
CROSS JOIN LATERAL (
  SELECT count(*) AS titles
  FROM (
    SELECT FROM catalog_entry e
    WHERE e.genre_id = g.genre_id AND e.type = t.type AND (e.levels & ${NOTHING_PLAYS}) < 1 LIMIT 2000
  ) AS listed
) counted
WHERE counted.titles > 0
ORDER BY counted.titles DESC, g.name`;

interface TitleRecord extends Omit<TitleDetails, 'languages'> {
  readonly languagesLow: number;
  readonly languagesHigh: number;
}

export class LibraryStore
  implements TitleSource, PosterSource, TitleImport, TitleAdoption, StreamImport, SubjectSource
{
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One page, best first; blocked and adult titles, and those without streams, are not listed. */
  catalogTitles(
    query: CatalogQuery,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]> {
    const page = [query.type, query.genre, limit, query.skip, query.hiddenLevels] as const;
    if (query.order === 'relevance') {
      const queries = searchQueries(query.search ?? '');
      if (queries === null) return Promise.resolve([]);
      return this.#read(
        'library.catalog-search',
        CATALOG_SEARCH,
        [...page, queries.whole, queries.words],
        signal,
      );
    }
    return this.#read(
      PAGED_ORDERS[query.order][0],
      catalogStatement(query.order, query.isReversed),
      page,
      signal,
    );
  }

  async titlesByIds(
    ids: readonly TitleId[],
    hiddenLevels: number,
    signal: CancelSignal,
  ): Promise<readonly CatalogTitle[]> {
    const [first] = ids;
    if (first === undefined) return [];
    const rows = ids.map((id, ordinal) => ({
      ordinal,
      provider: id.provider,
      external_id: externalIdOf(id),
    }));
    const parameters = [JSON.stringify(rows), first.type, hiddenLevels];
    return this.#read('library.titles-by-ids', TITLES_BY_IDS, parameters, signal);
  }

  /** Null when there is no such title, or it is blocked. `tmdbId` is digits only. */
  async titleDetails(ref: TitleId, signal: CancelSignal): Promise<TitleDetails | null> {
    const rows = await this.#readById<TitleRecord>(
      'library.title-details',
      TITLE_DETAILS,
      ref,
      signal,
    );
    const row = rows[0];
    if (row === undefined) return null;
    const { languagesLow, languagesHigh, ...details } = row;
    return { ...details, languages: languageNames(languagesLow, languagesHigh) };
  }

  /** Genres that have listed titles, for the filters of the manifest. */
  async genreNames(signal: CancelSignal): Promise<GenreNames> {
    const rows = await this.#read<{ type: MediaType; name: string }>(
      'library.genres',
      GENRES,
      [],
      signal,
    );
    const ofType = (type: MediaType) =>
      rows.filter((row) => row.type === type).map((row) => row.name);
    return { movie: ofType('movie'), series: ofType('series') };
  }

  /** Null when there is no such title, or it is blocked. */
  async posterSource(ref: TitleId, signal: CancelSignal): Promise<PosterSubject | null> {
    const rows = await this.#readById<PosterSubject>(
      'library.poster-source',
      POSTER_SOURCE,
      ref,
      signal,
    );
    return rows[0] ?? null;
  }

  /** Null when there is no such title. */
  searchSubject(target: SearchTarget, signal: CancelSignal): Promise<SearchSubject | null> {
    return searchSubject(this.#database, target, signal);
  }

  adoptTitles(
    titles: readonly AdoptedTitle[],
    signal: CancelSignal,
  ): Promise<readonly ChangedTitle[]> {
    return adoptTitles(this.#database, titles, signal);
  }

  importTitles(titles: readonly ImportedTitle[], signal: CancelSignal): Promise<ImportCounts> {
    return importTitles(this.#database, titles, signal);
  }

  addStreams(
    mediaId: number,
    streams: readonly FoundStream[],
    signal: CancelSignal,
  ): Promise<void> {
    return addStreams(this.#database, mediaId, streams, signal);
  }

  addEpisodes(
    mediaId: number,
    episodes: readonly EpisodeKey[],
    signal: CancelSignal,
  ): Promise<void> {
    return addEpisodes(this.#database, mediaId, episodes, signal);
  }

  /** Planned with its parameters each time (see CATALOG_SEARCH); its results are cached for minutes. */
  #read<R extends object>(
    name: string,
    statement: string,
    parameters: readonly (string | number | null)[],
    signal: CancelSignal,
  ): Promise<R[]> {
    return this.#database.read<R[]>({ name, lane: 'page', signal }, (sql) =>
      sql.unsafe(statement, [...parameters]),
    );
  }

  /** Prepared and pipelined: planned anew, the details of one title took 1.67 ms instead of 0.25. */
  #readById<R extends object>(
    name: string,
    statement: string,
    ref: TitleId,
    signal: CancelSignal,
  ): Promise<R[]> {
    const parameters = [externalIdOf(ref), ref.provider, ref.type];
    return this.#database.read<R[]>({ name, lane: 'hot', signal }, (sql) =>
      sql.unsafe(statement, parameters, { prepare: true }),
    );
  }
}

function languageNames(low: number, high: number): string[] {
  return LANGUAGES.filter((_, bit) => ((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1);
}
