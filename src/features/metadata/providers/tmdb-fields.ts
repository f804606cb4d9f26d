/** The fields of TMDB's answers that are read, and what a title is made of them. */
import { z } from 'zod';
import { languageOfCode } from '../../../lib/release-title/language-codes.ts';
import type { MediaType } from '../../../lib/stremio/types.ts';
import type { ImportedEpisode, ImportedImage } from '../../library/contract.ts';
import { count, digits, imdbId, isoDate, items, number, text } from '../answer.ts';
import { NAMES_MAX, bareTitle, type FoundTitle, type TitleIds } from '../provider.ts';
import { certificateOf } from './tmdb-certificates.ts';

const MINUTES_MAX = 10_000;
const VOTES_MAX = 2_000_000_000;

/** Of movies `title`, of series `name`; the same in lists and details. */
const common = {
  id: digits,
  title: text,
  name: text,
  original_title: text,
  original_name: text,
  original_language: text,
  origin_country: items(text),
  overview: text,
  adult: z.boolean().catch(false),
  release_date: isoDate,
  first_air_date: isoDate,
  poster_path: text,
  backdrop_path: text,
  popularity: number,
  vote_average: number,
  vote_count: count(VOTES_MAX),
};

export const listed = z.object(common);
type Listed = z.infer<typeof listed>;

const named = z.object({ name: text });
const alternative = z.object({ title: text });

const episodeFields = z.object({
  season_number: z.number().int().min(0).max(9999),
  episode_number: z.number().int().min(0).max(99_999),
  name: text,
  overview: text,
  air_date: isoDate,
  still_path: text,
});
export type EpisodeFields = z.infer<typeof episodeFields>;

export const seasonFields = z.object({ episodes: items(episodeFields) });

const certification = z.object({
  iso_3166_1: text,
  rating: text,
  release_dates: items(z.object({ certification: text })),
});

export const details = z.object({
  ...common,
  genres: items(named),
  homepage: text,
  imdb_id: imdbId,
  runtime: count(MINUTES_MAX),
  episode_run_time: items(count(MINUTES_MAX)),
  status: text,
  last_air_date: isoDate,
  seasons: items(z.object({ season_number: z.number().int().min(0).max(9999) })),
  external_ids: z.object({ imdb_id: imdbId, tvdb_id: digits }).catch({ imdb_id: '', tvdb_id: '' }),
  alternative_titles: z
    .object({ titles: items(alternative), results: items(alternative) })
    .catch({ titles: [], results: [] }),
  translations: z
    .object({
      translations: items(z.object({ data: z.object({ title: text, name: text }) })),
    })
    .catch({ translations: [] }),
  release_dates: z.object({ results: items(certification) }).catch({ results: [] }),
  content_ratings: z.object({ results: items(certification) }).catch({ results: [] }),
});
export type Details = z.infer<typeof details>;

/** What a list says of a title. Null for one without a number or name. */
export function listedTitle(type: MediaType, fields: Listed, imageUrl: string): FoundTitle | null {
  const title = fields.title || fields.name;
  if (title === '' || fields.id === '') return null;
  const released = fields.release_date || fields.first_air_date;
  const original = fields.original_title || fields.original_name;
  const language = languageOfCode(fields.original_language);
  const value = Math.min(10, Math.max(0, fields.vote_average));
  return {
    ...bareTitle({ type, imdbId: '', tmdbId: fields.id, tvdbId: '' }, title),
    originalTitle: original === title ? '' : original,
    year: Number(released.slice(0, 4)),
    released,
    description: fields.overview,
    languages: language === undefined ? [] : [language],
    country: fields.origin_country[0] ?? '',
    isAdult: fields.adult,
    popularity: Math.max(0, fields.popularity),
    images: imagesOf(fields, imageUrl),
    ratings: value === 0 ? [] : [{ provider: 'tmdb', value, votes: fields.vote_count }],
  };
}

export function detailedTitle(
  ids: TitleIds,
  fields: Details,
  episodes: readonly EpisodeFields[],
  imageUrl: string,
): FoundTitle | null {
  const title = listedTitle(ids.type, fields, imageUrl);
  if (title === null) return null;
  const isSeries = ids.type === 'series';
  const hasEnded = /^(?:ended|cancell?ed)$/i.test(fields.status);
  return {
    ...title,
    imdbId: fields.imdb_id || fields.external_ids.imdb_id || ids.imdbId,
    tvdbId: fields.external_ids.tvdb_id || ids.tvdbId,
    alternativeTitles: otherNames(title, fields),
    endYear: isSeries && hasEnded ? Number(fields.last_air_date.slice(0, 4)) : 0,
    isRunning: isSeries && !hasEnded,
    runtimeMinutes: fields.runtime || (fields.episode_run_time[0] ?? 0),
    website: /^https?:\/\//.test(fields.homepage) ? fields.homepage : '',
    certificate: certificateOf([
      ...fields.content_ratings.results.map(({ iso_3166_1: country, rating }) => ({
        country,
        label: rating,
      })),
      ...fields.release_dates.results.flatMap(({ iso_3166_1: country, release_dates }) =>
        release_dates.map(({ certification: label }) => ({ country, label })),
      ),
    ]),
    genres: fields.genres.map(({ name }) => name).filter((name) => name !== ''),
    episodes: isSeries ? episodes.map((found) => episodeOf(found, imageUrl)) : [],
  };
}

function otherNames({ title, originalTitle }: FoundTitle, fields: Details): readonly string[] {
  const { titles, results } = fields.alternative_titles;
  const names = [
    ...titles.map((other) => other.title),
    ...results.map((other) => other.title),
    ...fields.translations.translations.map(({ data }) => data.title || data.name),
  ];
  const others = new Set(names.filter((name) => ![title, originalTitle, ''].includes(name)));
  return [...others].slice(0, NAMES_MAX);
}

function imagesOf({ poster_path, backdrop_path }: Listed, imageUrl: string): ImportedImage[] {
  const images: ImportedImage[] = [];
  if (isPath(poster_path)) images.push({ kind: 'poster', url: `${imageUrl}/w500${poster_path}` });
  if (isPath(backdrop_path))
    images.push({ kind: 'background', url: `${imageUrl}/w1280${backdrop_path}` });
  return images;
}

function episodeOf(found: EpisodeFields, imageUrl: string): ImportedEpisode {
  return {
    season: found.season_number,
    episode: found.episode_number,
    title: found.name,
    overview: found.overview,
    released: found.air_date,
    thumbnailUrl: isPath(found.still_path) ? `${imageUrl}/w300${found.still_path}` : '',
  };
}

function isPath(path: string): boolean {
  return /^\/[\w.-]{1,200}$/.test(path);
}
