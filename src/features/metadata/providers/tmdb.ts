/** TMDB: titles by its own numbers, IMDb's and TVDB's, with other names and every episode. */
import { z } from 'zod';
import type { MediaType } from '../../../lib/stremio/types.ts';
import { AppError } from '../../../lib/errors.ts';
import type { TmdbService } from '../../../platform/config/configured-metadata.ts';
import type { Upstream } from '../../../platform/upstream/upstream.ts';
import { badAnswer, items, jsonObject } from '../answer.ts';
import {
  EPISODES_MAX,
  SEARCH_TITLES_MAX,
  type FoundTitle,
  type MetadataProvider,
  type ServiceCall,
  type TitleIds,
} from '../provider.ts';
import {
  detailedTitle,
  details,
  listed,
  listedTitle,
  seasonFields,
  type Details,
  type EpisodeFields,
} from './tmdb-fields.ts';

const NAME = 'TMDB';
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Further answers that one call may hold. */
const APPENDED_MAX = 20;
const APPENDED = {
  movie: ['external_ids', 'alternative_titles', 'translations', 'release_dates'],
  series: ['external_ids', 'alternative_titles', 'translations', 'content_ratings'],
} as const;
/** Seasons of one series that are read; ten calls. */
const SEASONS_MAX = 200;
const KINDS = { movie: 'movie', series: 'tv' } as const;

const list = z.object({ results: items(listed) });
const findAnswer = z.object({ movie_results: items(listed), tv_results: items(listed) });

export class Tmdb implements MetadataProvider {
  readonly name = 'tmdb';
  readonly #upstream: Upstream;
  readonly #service: TmdbService;

  constructor(upstream: Upstream, service: TmdbService) {
    this.#upstream = upstream;
    this.#service = service;
  }

  canFind({ imdbId, tmdbId, tvdbId }: TitleIds): boolean {
    return tmdbId !== '' || imdbId !== '' || tvdbId !== '';
  }

  async find(ids: TitleIds, call: ServiceCall): Promise<FoundTitle | null> {
    const tmdbId = ids.tmdbId === '' ? await this.#numberOf(ids, call) : ids.tmdbId;
    if (tmdbId === '') return null;
    const firstSeasons =
      ids.type === 'movie' ? [] : range(0, APPENDED_MAX - APPENDED.series.length);
    const document = await this.#details(
      ids.type,
      tmdbId,
      [...APPENDED[ids.type], ...firstSeasons.map(seasonName)],
      call,
    );
    if (document === null) return null;
    const fields = details.parse(document);
    const episodes = await this.#episodes(tmdbId, fields, document, firstSeasons.length, call);
    return detailedTitle({ ...ids, tmdbId }, fields, episodes, this.#service.imageUrl);
  }

  async search(type: MediaType, words: string, call: ServiceCall): Promise<readonly FoundTitle[]> {
    const query = { query: words, include_adult: 'false', page: '1' };
    const document = await this.#get(`/search/${KINDS[type]}`, query, call);
    if (document === null) return [];
    return list
      .parse(document)
      .results.filter(({ adult }) => !adult)
      .flatMap((fields) => listedTitle(type, fields, this.#service.imageUrl) ?? [])
      .slice(0, SEARCH_TITLES_MAX);
  }

  /** TMDB's number of a title that others know; empty when it knows none of this type. */
  async #numberOf({ type, imdbId, tvdbId }: TitleIds, call: ServiceCall): Promise<string> {
    const [id, external_source] = imdbId === '' ? [tvdbId, 'tvdb_id'] : [imdbId, 'imdb_id'];
    const document = await this.#get(`/find/${id}`, { external_source }, call);
    if (document === null) return '';
    const { movie_results, tv_results } = findAnswer.parse(document);
    return (type === 'movie' ? movie_results : tv_results)[0]?.id ?? '';
  }

  /** Those of the seasons that came with the details, and of the others with as few calls as possible. */
  async #episodes(
    tmdbId: string,
    fields: Details,
    document: object,
    seasonsRead: number,
    call: ServiceCall,
  ): Promise<readonly EpisodeFields[]> {
    const others = fields.seasons
      .map(({ season_number }) => season_number)
      .filter((season) => season >= seasonsRead)
      .slice(0, SEASONS_MAX);
    const documents = [document];
    for (let at = 0; at < others.length; at += APPENDED_MAX) {
      const names = others.slice(at, at + APPENDED_MAX).map(seasonName);
      const more = await this.#details('series', tmdbId, names, call);
      if (more !== null) documents.push(more);
    }
    const byPlace = new Map(
      documents
        .flatMap(episodesIn)
        .map((found) => [`${found.season_number}:${found.episode_number}`, found]),
    );
    return [...byPlace.values()]
      .slice(0, EPISODES_MAX)
      .sort((a, b) => a.season_number - b.season_number || a.episode_number - b.episode_number);
  }

  #details(
    type: MediaType,
    tmdbId: string,
    appended: readonly string[],
    call: ServiceCall,
  ): Promise<object | null> {
    const query = { append_to_response: appended.join(',') };
    return this.#get(`/${KINDS[type]}/${tmdbId}`, query, call);
  }

  /** Null for 404. */
  async #get(
    path: string,
    query: Readonly<Record<string, string>>,
    { signal, timeoutMs }: ServiceCall,
  ): Promise<object | null> {
    const { url, apiKey } = this.#service;
    // A read access token (v4) is a JWT.
    const isToken = apiKey.includes('.');
    const search = new URLSearchParams({ ...query, ...(isToken ? {} : { api_key: apiKey }) });
    const answer = await this.#upstream.request({
      url: `${url}${path}?${search.toString()}`,
      headers: {
        accept: 'application/json',
        ...(isToken ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      signal,
      timeoutMs,
      bodyBytesMax: BODY_BYTES_MAX,
      retriesMax: 1,
    });
    if (answer.status === 404) return null;
    if (answer.status === 401)
      throw new AppError('metadata.bad-answer', 'TMDB does not accept the key (TMDB_API_KEY)');
    if (answer.status !== 200) throw badAnswer(NAME, `the status ${answer.status}`);
    return jsonObject(answer, NAME);
  }
}

function episodesIn(document: object): readonly EpisodeFields[] {
  return Object.entries(document)
    .filter(([name]) => name.startsWith('season/'))
    .flatMap(([, season]) => seasonFields.safeParse(season).data?.episodes ?? []);
}

function seasonName(season: number): string {
  return `season/${season}`;
}

function range(first: number, length: number): readonly number[] {
  return Array.from({ length }, (_, at) => first + at);
}
