/** Protects the choice against real names of files: an episode is found by its own number, and played for no other. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readCases, type TitleCase } from '../../../../native-bench/titles-cases.ts';
import { plainText } from '../../../../src/lib/search-text.ts';
import { answer, isRefusal, type Ask, type Layout } from './layout.ts';

const CORPUS = '../shared/data/release-titles/cases.jsonl';
const VIDEO = /\.(?:mkv|mp4|avi|ts|m2ts|wmv|webm|mov|m4v|mpg|mpeg|vob)$/i;
const NO_VIDEO = /\.(?:srt|ass|sub|iso|nzb|torrent)$/i;
const EPISODES_MAX = 3;
/** Some cases leave out a season that their name has; specials are refused. */
const FOUND_SHARE_MIN = 0.94;
/** Seasons and episodes that lie beside the right one, or as its digits read in another way. */
const BESIDE = [
  [0, 1],
  [0, -1],
  [1, 0],
  [0, 10],
  [0, 100],
] as const;

interface Item {
  readonly layout: Layout;
  readonly season: number;
  readonly isNumberedOverall: boolean;
  readonly episodes: readonly number[];
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function itemOf({ title: name, expected }: TitleCase): readonly Item[] {
  const episodes = numbers(expected['episodes']);
  const seasons = numbers(expected['seasons']);
  const isAsked = episodes.length > 0 && episodes.length <= EPISODES_MAX && seasons.length <= 1;
  if (!isAsked || NO_VIDEO.test(name)) return [];
  const series = expected['title'];
  const layout: Layout = {
    layout: name,
    torrent: '',
    type: 'series',
    names: typeof series === 'string' ? [series] : [],
    year: 0,
    files: [
      [VIDEO.test(name) ? name : `${name}.mkv`, 400],
      ['Another Series S44E44.mkv', 300],
    ],
    asks: [],
  };
  return [{ layout, season: seasons[0] ?? 1, isNumberedOverall: seasons.length === 0, episodes }];
}

function ask({ isNumberedOverall }: Item, season: number, episode: number): Ask {
  const overall = isNumberedOverall ? { isAnime: true, absoluteEpisode: episode } : {};
  return { season, episode, ...overall, plays: '' };
}

test(
  'real episodes are found, and played for no other one',
  { skip: existsSync(CORPUS) ? false : `${CORPUS} is not there` },
  async () => {
    const items = readCases(await readFile(CORPUS, 'utf8')).flatMap(itemOf);
    assert.ok(items.length > 400, `${items.length} cases`);
    const found = items.filter((item) => {
      const [path] = item.layout.files[0] ?? [];
      return answer(item.layout, ask(item, item.season, item.episodes[0] ?? 0)) === path;
    });
    const wrong = items.flatMap((item) =>
      BESIDE.map(([seasons, episodes]) =>
        ask(item, item.season + seasons, (item.episodes[0] ?? 0) + episodes),
      )
        .filter(({ season, episode = 0 }) => !isOwn(item, season, episode) && episode > 0)
        .filter((other) => !isRefusal(answer(item.layout, other)))
        .map(({ season, episode }) => `${item.layout.layout} for S${season}E${episode}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok(found.length / items.length >= FOUND_SHARE_MIN, `${found.length} of ${items.length}`);
  },
);

/** Numbers over all seasons are those of any season. */
function isOwn(item: Item, season: number | undefined, episode: number): boolean {
  return item.episodes.includes(episode) && (item.isNumberedOverall || season === item.season);
}

const FILMS_IN_COLLECTION = 5;
const STRANGER = 20;

interface Film {
  readonly file: string;
  readonly name: string;
  readonly year: number;
}

function filmOf({ title: file, expected, isPath }: TitleCase): readonly Film[] {
  const { title: name, year } = expected;
  const isFilm =
    typeof name === 'string' &&
    typeof year === 'number' &&
    numbers(expected['seasons']).length + numbers(expected['episodes']).length === 0;
  if (!isFilm || isPath || /[\\/]/.test(file) || NO_VIDEO.test(file)) return [];
  return [{ file: VIDEO.test(file) ? file : `${file}.mkv`, name, year }];
}

function collection(films: readonly Film[], { name, year }: Film): Layout {
  return {
    layout: name,
    torrent: '',
    type: 'movie',
    names: [name],
    year,
    files: films.map(({ file }, index) => [file, 4000 + index * 100]),
    asks: [],
  };
}

test(
  'real films are found in collections, and none is played for another',
  { skip: existsSync(CORPUS) ? false : `${CORPUS} is not there` },
  async () => {
    const films = readCases(await readFile(CORPUS, 'utf8')).flatMap(filmOf);
    const wrong: string[] = [];
    let found = 0;
    for (const [at, film] of films.entries()) {
      const shelf = films.slice(at, at + FILMS_IN_COLLECTION);
      const got = answer(collection(shelf, film), { plays: '' });
      if (shelf.some(({ file }) => file === got) && isOfName(got, film.name)) found++;
      else if (!isRefusal(got)) wrong.push(`${got} for ${film.name}`);
      const stranger = films[(at + STRANGER) % films.length] ?? film;
      if (shelf.some(({ file }) => isOfName(file, stranger.name))) continue;
      const taken = answer(collection(shelf, stranger), { plays: '' });
      if (!isRefusal(taken)) wrong.push(`${taken} for ${stranger.name}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(found / films.length >= FOUND_SHARE_MIN, `${found} of ${films.length}`);
  },
);

/** Some cases leave a word of the name to another field. */
function isOfName(file: string, name: string): boolean {
  return plainText(file).includes(plainText(name));
}
