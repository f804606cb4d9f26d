/** Generated titles: how popular they are, how many streams they have, their seasons. */
import type { Random } from './random.ts';
import { GENRES, type TitleMaker } from './words.ts';

export interface SeedTitle {
  readonly isSeries: boolean;
  readonly name: string;
  readonly otherNames: readonly string[];
  readonly year: number;
  readonly runtimeMinutes: number;
  readonly popularity: number;
  /** Positions in GENRES. */
  readonly genres: readonly number[];
  readonly rating: number;
  readonly isBlocked: boolean;
  readonly isAdult: boolean;
  readonly seasons: number;
  readonly episodesPerSeason: number;
  readonly streams: number;
}

/** Half of the titles with streams have at most 12, one in a hundred more than 400. */
const STREAMS_MEDIAN = 12;
const STREAMS_SIGMA = 1.5;
const STREAMS_MAX = 5000;

const FIRST_YEAR = 1930;
const LAST_YEAR = 2025;

/** A daily programme that takes so large a part of all streams; each has about seven links. */
const LONGEST_SERIES_PART = 1 / 25;
const LONGEST_SERIES = { seasons: 25, episodesPerSeason: 40 } as const;
/** So many streams has the one film with the most, as far as the total allows. */
const LARGEST_FILM_PART = 1 / 100;

/** Titles in a repeatable order; those with streams come first and their streams add up to `streams`. */
export function* makeTitles(random: Random, maker: TitleMaker, titles: number, streams: number): Generator<SeedTitle> {
  let left = streams;
  for (let at = 0; at < titles; at++) {
    const title = makeTitle(random, maker, at);
    const wanted = at === 0 ? Math.floor(streams * LONGEST_SERIES_PART)
      : at === 1 ? Math.min(STREAMS_MAX, Math.floor(streams * LARGEST_FILM_PART))
      : Math.min(STREAMS_MAX, Math.ceil(random.logNormal(STREAMS_MEDIAN, STREAMS_SIGMA)));
    const own = at === titles - 1 ? left : Math.min(left, wanted);
    left -= own;
    yield { ...title, streams: own };
  }
}

function makeTitle(random: Random, maker: TitleMaker, at: number): Omit<SeedTitle, 'streams'> {
  const isSeries = at === 0 || (at > 1 && random.onceIn(4));
  const isLongest = at === 0;
  return {
    isSeries,
    name: maker.make(random),
    otherNames: random.onceIn(3) ? [maker.make(random)] : [],
    year: random.between(FIRST_YEAR, LAST_YEAR),
    runtimeMinutes: random.between(20, 160),
    popularity: Math.round(1e9 / (random.between(1, 1e6) + 1)) / 1000,
    genres: [...new Set(Array.from({ length: random.between(1, 3) }, () => GENRES.indexOf(random.pickSkewed(GENRES))))],
    rating: random.onceIn(2) ? random.between(10, 95) / 10 : 0,
    isBlocked: at > 1 && random.onceIn(100),
    isAdult: at > 1 && random.onceIn(50),
    seasons: !isSeries ? 0 : isLongest ? LONGEST_SERIES.seasons : random.between(1, 4),
    episodesPerSeason: !isSeries ? 0 : isLongest ? LONGEST_SERIES.episodesPerSeason : random.between(6, 12),
  };
}
