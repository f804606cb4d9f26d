/** What is kept of IMDb's tables, as rows in COPY's text format for the tables that a merge reads. */
import { foldControlCharacters } from '../control-characters.ts';
import { copyField } from '../import-line/copy-text.ts';
import type { MediaType } from '../stremio/types.ts';
import { imdbNumber, type ImdbRow, type ImdbTable } from './tables.ts';
import type { ImdbIdSet } from './id-set.ts';

export type StageTable =
  | 'imdb_stage_rating'
  | 'imdb_stage_episode'
  | 'imdb_stage_title'
  | 'imdb_stage_episode_name'
  | 'imdb_stage_name';

/** What the tables that were read before say. */
export interface WantedIds {
  /** Titles of the library, and those with votes enough. */
  readonly titles: ImdbIdSet;
  /** Episodes of these. */
  readonly episodes: ImdbIdSet;
  /** Adult titles, too. */
  readonly withAdult: boolean;
}

type Put = (table: StageTable, row: string) => void;

const TYPES: Readonly<Record<string, MediaType>> = {
  movie: 'movie',
  short: 'movie',
  tvMovie: 'movie',
  tvShort: 'movie',
  tvSpecial: 'movie',
  video: 'movie',
  tvSeries: 'series',
  tvMiniSeries: 'series',
};
const SEASON_MAX = 9999;
const EPISODE_MAX = 99_999;
const YEAR_MAX = 2200;
const MINUTES_MAX = 100_000;
const VOTES_MAX = 2 ** 31 - 1;
const NAME_CHARS_MAX = 500;
/** Of one title: more names are the same ones in other countries. */
const NAMES_MAX = 64;
/** `Episode #1.2` is how the table calls those that have no name. */
const UNNAMED = /^Episode #\d+\.\d+$/;

/** A reader of the rows of one table; `put` is given what is to be staged. */
export function stageReader(table: ImdbTable, wanted: WantedIds, put: Put): (row: ImdbRow) => void {
  switch (table) {
    case 'title.ratings':
      return (row) => stageRating(row, put);
    case 'title.episode':
      return (row) => stageEpisode(row, wanted, put);
    case 'title.basics':
      return (row) => stageBasics(row, wanted, put);
    case 'title.akas':
      return nameReader(wanted, put);
  }
}

function stageRating([id = '', value = '', votes = '']: ImdbRow, put: Put): void {
  const number = imdbNumber(id);
  const count = whole(votes, VOTES_MAX);
  if (number > 0 && /^(?:10|\d)(?:\.\d+)?$/.test(value) && Number(value) <= 10 && count !== null)
    put('imdb_stage_rating', `${number}\t${value}\t${count}\n`);
}

function stageEpisode(row: ImdbRow, { titles }: WantedIds, put: Put): void {
  const [id = '', parent = '', season = '', episode = ''] = row;
  const [own, series] = [imdbNumber(id), imdbNumber(parent)];
  if (own === 0 || !titles.has(series)) return;
  const [ofSeason, number] = [whole(season, SEASON_MAX), whole(episode, EPISODE_MAX - 1)];
  if (ofSeason !== null && number !== null)
    put('imdb_stage_episode', `${series}\t${ofSeason}\t${number}\t${own}\n`);
}

function stageBasics(row: ImdbRow, wanted: WantedIds, put: Put): void {
  const [id = '', kind = '', given = ''] = row;
  const number = imdbNumber(id);
  const title = nameOf(given);
  if (number === 0 || title === '') return;
  if (kind === 'tvEpisode') {
    if (wanted.episodes.has(number) && !UNNAMED.test(title))
      put('imdb_stage_episode_name', `${number}\t${copyField(title)}\n`);
    return;
  }
  const type = TYPES[kind];
  const isAdult = row[4] === '1';
  if (type === undefined || !wanted.titles.has(number) || (isAdult && !wanted.withAdult)) return;
  put(
    'imdb_stage_title',
    `${number}\t${type}\t${copyField(title)}\t${detailsOf(row, title)}\t${isAdult}\n`,
  );
}

function detailsOf(row: ImdbRow, title: string): string {
  const [original = '', , startYear = '', endYear = '', minutes = '', genres = ''] = row.slice(3);
  const other = nameOf(original);
  return [
    copyField(other === title ? '' : other),
    whole(startYear, YEAR_MAX) ?? 0,
    whole(endYear, YEAR_MAX) ?? 0,
    whole(minutes, MINUTES_MAX) ?? 0,
    copyField(nameOf(genres)),
  ].join('\t');
}

/** Names of one title lie together. */
function nameReader({ titles }: WantedIds, put: Put): (row: ImdbRow) => void {
  let last = 0;
  let names = new Set<string>();
  return ([id = '', given = '']) => {
    const number = imdbNumber(id);
    if (!titles.has(number)) return;
    if (number !== last) {
      last = number;
      names = new Set();
    }
    const name = nameOf(given);
    if (name === '' || names.has(name) || names.size >= NAMES_MAX) return;
    names.add(name);
    put('imdb_stage_name', `${number}\t${copyField(name)}\n`);
  };
}

/** One line that databases take. */
function nameOf(text: string): string {
  return foldControlCharacters(text).slice(0, NAME_CHARS_MAX).toWellFormed();
}

/** Null for what is no number up to `max`. */
function whole(text: string, max: number): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number <= max ? number : null;
}
