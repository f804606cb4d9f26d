/**
 * Lists of what ids of anime stand for, in the form of github.com/Fribb/anime-lists: an entry is a film, a season of a series
 * or a part of one. Read entry by entry: one that is wrong loses no other.
 */
import type { MediaType } from '../stremio/types.ts';

/** Columns of `anime_entry`; 0 and empty where nothing is known. */
export interface AnimeRow {
  readonly entry_id: number;
  readonly media_type: MediaType;
  readonly kitsu_id: number;
  readonly mal_id: number;
  readonly anilist_id: number;
  readonly imdb_id: string;
  readonly tmdb_id: number;
  readonly tvdb_id: number;
  readonly tvdb_season: number;
  /** Episodes of the season before the first one of the entry. */
  readonly tvdb_offset: number;
  readonly tmdb_season: number;
  readonly tmdb_offset: number;
}

type Fields = Readonly<Record<string, unknown>>;

const NUMBER_MAX = 999_999_999;
const SEASON_MAX = 9999;
const OFFSET_MAX = 99_999;

/** Entries that lead from an id of anime to a title. @throws SyntaxError, RangeError for anything but a JSON list */
export function parseAnimeList(text: string): readonly AnimeRow[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new RangeError('not a list');
  const entries: readonly unknown[] = list;
  return entries.flatMap((entry, index) => (isFields(entry) ? (rowOf(entry, index) ?? []) : []));
}

function rowOf(entry: Fields, entryId: number): AnimeRow | null {
  const movie = tmdbOf(entry, 'movie');
  const series = tmdbOf(entry, 'tv');
  const { type } = entry;
  const saysMovie = typeof type === 'string' && type.toUpperCase() === 'MOVIE';
  const isMovie = saysMovie || (series === 0 && movie > 0 && isPair(entry));
  const row: AnimeRow = {
    entry_id: entryId,
    media_type: isMovie ? 'movie' : 'series',
    kitsu_id: numberOf(entry['kitsu_id']),
    mal_id: numberOf(entry['mal_id']),
    anilist_id: numberOf(entry['anilist_id']),
    imdb_id: imdbOf(entry['imdb_id']),
    tmdb_id: isMovie ? movie : series,
    tvdb_id: isMovie ? 0 : numberOf(entry['tvdb_id']) || numberOf(entry['thetvdb_id']),
    ...placeOf(entry),
  };
  const isNamed = row.kitsu_id > 0 || row.mal_id > 0 || row.anilist_id > 0;
  const leads = row.imdb_id !== '' || row.tmdb_id > 0 || row.tvdb_id > 0;
  return isNamed && leads ? row : null;
}

function placeOf(entry: Fields) {
  const season = partsOf(entry['season']);
  const offset = partsOf(entry['episode_offset']);
  return {
    tvdb_season: bounded(season['tvdb'], SEASON_MAX, 1),
    tvdb_offset: bounded(offset['tvdb'], OFFSET_MAX, 0),
    tmdb_season: bounded(season['tmdb'], SEASON_MAX, 1),
    tmdb_offset: bounded(offset['tmdb'], OFFSET_MAX, 0),
  };
}

/** `{"tv": 1}` or `{"movie": [1, 2]}`; in older lists a number, of which the type of the entry says what it is. */
function tmdbOf(entry: Fields, kind: 'movie' | 'tv'): number {
  const value = entry['themoviedb_id'];
  return isFields(value) ? numberOf(value[kind]) : numberOf(value);
}

/** Whether TMDB's number says itself what it is. */
function isPair(entry: Fields): boolean {
  return isFields(entry['themoviedb_id']);
}

function partsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Of several the first: parts of one film that has several entries elsewhere. */
function numberOf(value: unknown): number {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const number = typeof first === 'string' ? Number(first) : first;
  return bounded(number, NUMBER_MAX, 0);
}

function imdbOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && /^tt\d{7,10}$/.test(first) ? first : '';
}

function bounded(value: unknown, max: number, fallback: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? value
    : fallback;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
