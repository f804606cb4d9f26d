/** Generated titles: their names, genres and seasons, how popular they are and how many streams they have. */
import { zipfPopularity } from './popularity.ts';
import type { Random } from './random.ts';
import { streamsPerTitle } from './streams-per-title.ts';
import { GENRES, TitleMaker } from './words.ts';

export interface SeedTitle {
  readonly isSeries: boolean;
  readonly name: string;
  readonly otherNames: readonly string[];
  readonly year: number;
  /** Of a film or an episode. */
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

export interface TitleOptions {
  readonly titles: number;
  readonly streams: number;
  readonly seed: number;
}

const FIRST_YEAR = 1930;
const LAST_YEAR = 2025;
const LONGEST_SERIES = { seasons: 25, episodesPerSeason: 40 } as const;

/** Titles in a repeatable order. Keeps 8 bytes a title in memory. */
export function* makeTitles(
  random: Random,
  { titles, streams, seed }: TitleOptions,
): Generator<SeedTitle> {
  const maker = new TitleMaker(random);
  const counts = streamsPerTitle(random, titles, streams);
  const popularity = zipfPopularity(seed, titles);
  for (let at = 0; at < titles; at++) {
    yield { ...makeTitle(random, maker, at), popularity: popularity(at), streams: counts[at] ?? 0 };
  }
}

function makeTitle(
  random: Random,
  maker: TitleMaker,
  at: number,
): Omit<SeedTitle, 'streams' | 'popularity'> {
  const isSeries = at === 0 || (at > 1 && random.onceIn(4));
  const isLongest = at === 0;
  return {
    isSeries,
    name: maker.make(random),
    otherNames: random.onceIn(3) ? [maker.make(random)] : [],
    year: random.between(FIRST_YEAR, LAST_YEAR),
    runtimeMinutes: isSeries ? random.between(20, 60) : random.between(70, 160),
    genres: [
      ...new Set(
        Array.from({ length: random.between(1, 3) }, () =>
          GENRES.indexOf(random.pickSkewed(GENRES)),
        ),
      ),
    ],
    rating: random.onceIn(2) ? random.between(10, 95) / 10 : 0,
    isBlocked: at > 1 && random.onceIn(100),
    isAdult: at > 1 && random.onceIn(50),
    seasons: !isSeries ? 0 : isLongest ? LONGEST_SERIES.seasons : random.between(1, 4),
    episodesPerSeason: !isSeries
      ? 0
      : isLongest
        ? LONGEST_SERIES.episodesPerSeason
        : random.between(6, 12),
  };
}
