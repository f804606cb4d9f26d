/** TMDB, version 3: details with what is appended, seasons, look-ups by other ids, searches, its own errors. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { workByImdb, WORKS, type FakeWork } from './works.ts';

export interface TmdbOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly apiKey: string;
  readonly works?: readonly FakeWork[];
}

const ROUTE = {
  details: /^\/3\/(movie|tv)\/(\d+)$/,
  season: /^\/3\/tv\/(\d+)\/season\/(\d+)$/,
  externalIds: /^\/3\/(movie|tv)\/(\d+)\/external_ids$/,
  alternativeTitles: /^\/3\/(movie|tv)\/(\d+)\/alternative_titles$/,
  find: /^\/3\/find\/([^/]+)$/,
  search: /^\/3\/search\/(movie|tv)$/,
};

export function startTmdb(options: TmdbOptions): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, options) });
}

function answerOf(asked: Asked, { apiKey, works = WORKS }: TmdbOptions): Answer {
  const { path, query, headers } = asked;
  const isEntitled =
    query.get('api_key') === apiKey || headers.authorization === `Bearer ${apiKey}`;
  if (!isEntitled) return failure(401, 7, 'Invalid API key: You must be granted a valid key.');
  return (
    byNumber(path, query, works) ??
    byOtherId(path, query, works) ??
    bySearch(path, query, works) ??
    failure(404, 34, 'The resource you requested could not be found.')
  );
}

function byNumber(
  path: string,
  query: URLSearchParams,
  works: readonly FakeWork[],
): Answer | undefined {
  const [, seriesId, season] = ROUTE.season.exec(path) ?? [];
  if (seriesId !== undefined) {
    const work = workOf('tv', seriesId, works);
    return work && json(seasonOf(work, Number(season), true));
  }
  for (const route of ['details', 'externalIds', 'alternativeTitles'] as const) {
    const [, kind = '', id = ''] = ROUTE[route].exec(path) ?? [];
    const work = workOf(kind, id, works);
    if (work === undefined) continue;
    if (route === 'details')
      return json(detailsOf(work, (query.get('append_to_response') ?? '').split(',')));
    return json({
      id: work.tmdbId,
      ...(route === 'externalIds' ? externalIds(work) : alternativeTitles(work)),
    });
  }
  return undefined;
}

function byOtherId(
  path: string,
  query: URLSearchParams,
  works: readonly FakeWork[],
): Answer | undefined {
  const [, id] = ROUTE.find.exec(path) ?? [];
  if (id === undefined) return undefined;
  const work = query.get('external_source') === 'imdb_id' ? workByImdb(id, works) : undefined;
  return json({
    movie_results: work?.type === 'movie' ? [summaryOf(work)] : [],
    tv_results: work?.type === 'series' ? [summaryOf(work)] : [],
    person_results: [],
    tv_episode_results: [],
    tv_season_results: [],
  });
}

function bySearch(
  path: string,
  query: URLSearchParams,
  works: readonly FakeWork[],
): Answer | undefined {
  const [, kind] = ROUTE.search.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const text = (query.get('query') ?? '').toLowerCase();
  const results = works.filter(
    (work) => kindOf(work) === kind && work.name.toLowerCase().includes(text),
  );
  return json({
    page: 1,
    results: results.map(summaryOf),
    total_pages: 1,
    total_results: results.length,
  });
}

function kindOf(work: FakeWork): 'movie' | 'tv' {
  return work.type === 'movie' ? 'movie' : 'tv';
}

function workOf(kind: string, id: string, works: readonly FakeWork[]): FakeWork | undefined {
  return works.find(
    (work) => kindOf(work) === kind && work.tmdbId !== 0 && String(work.tmdbId) === id,
  );
}

function summaryOf(work: FakeWork): Record<string, unknown> {
  const names =
    work.type === 'movie'
      ? { title: work.name, original_title: work.name, release_date: work.released, video: false }
      : {
          name: work.name,
          original_name: work.name,
          first_air_date: work.released,
          origin_country: ['US'],
        };
  return {
    adult: false,
    backdrop_path: '/backdrop.jpg',
    id: work.tmdbId,
    original_language: 'en',
    overview: work.description,
    poster_path: '/poster.jpg',
    media_type: kindOf(work),
    genre_ids: [16],
    popularity: 9.1,
    vote_average: 6.5,
    vote_count: 300,
    ...names,
  };
}

function detailsOf(work: FakeWork, appended: readonly string[]): unknown {
  const seasons = [...new Set(work.episodes.map(({ season }) => season))];
  const own =
    work.type === 'movie'
      ? { imdb_id: work.imdbId, runtime: 95, status: 'Released' }
      : {
          episode_run_time: [30],
          status: 'Ended',
          last_air_date: work.episodes.at(-1)?.released ?? null,
          number_of_seasons: seasons.length,
          number_of_episodes: work.episodes.length,
          seasons: seasons.map((season) => seasonOf(work, season, false)),
        };
  const extra: Record<string, unknown> = {};
  if (appended.includes('external_ids')) extra['external_ids'] = externalIds(work);
  if (appended.includes('alternative_titles'))
    extra['alternative_titles'] = alternativeTitles(work);
  for (const name of appended) {
    const season = /^season\/(\d+)$/.exec(name)?.[1];
    if (season !== undefined && work.type === 'series')
      extra[name] = seasonOf(work, Number(season), true);
  }
  return {
    ...summaryOf(work),
    genres: [{ id: 16, name: work.genre }],
    homepage: '',
    ...own,
    ...extra,
  };
}

function seasonOf(work: FakeWork, season: number, withEpisodes: boolean): unknown {
  const episodes = work.episodes.filter((episode) => episode.season === season);
  const head = {
    id: work.tmdbId * 100 + season,
    name: `Season ${season}`,
    season_number: season,
    air_date: episodes[0]?.released ?? null,
    poster_path: null,
    overview: '',
  };
  if (!withEpisodes) return { ...head, episode_count: episodes.length };
  return {
    ...head,
    episodes: episodes.map(({ episode, name, released }) => ({
      id: work.tmdbId * 1000 + episode,
      name,
      overview: '',
      season_number: season,
      episode_number: episode,
      air_date: released,
      runtime: 30,
      still_path: `/still-${season}-${episode}.jpg`,
    })),
  };
}

function externalIds(work: FakeWork): Record<string, unknown> {
  const tvdb = work.type === 'series' ? { tvdb_id: 170551 } : {};
  return { imdb_id: work.imdbId, wikidata_id: null, facebook_id: null, ...tvdb };
}

/** Movies list them under `titles`, series under `results`. */
function alternativeTitles(work: FakeWork): Record<string, unknown> {
  const titles = work.alternativeNames.map((title) => ({ iso_3166_1: 'US', title, type: '' }));
  return work.type === 'movie' ? { titles } : { results: titles };
}

function failure(status: number, code: number, message: string): Answer {
  return json({ success: false, status_code: code, status_message: message }, status);
}
