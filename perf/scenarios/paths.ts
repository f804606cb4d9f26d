/** What the scenarios ask for. */
import { HEAVY_TITLE } from '../ceiling-cases.ts';
import { heavyTitleIds, type BenchData } from '../harness/bench-data.ts';
import { distinctConfigs, installTokens } from '../install-tokens.ts';
import { Random } from '../seed/random.ts';

/** 200 streams. */
export const HEAVY_STREAM_PATH = `/stream/movie/${HEAVY_TITLE}.json`;
const DISTINCT_INSTALLS = 10_000;

/** Install addresses with settings of their own each, `/S-…`; sealing them takes a second. */
export function distinctInstalls(count = DISTINCT_INSTALLS): readonly string[] {
  return installTokens(distinctConfigs(count)).map((token) => `/${token}`);
}

/** The same title with 10,000 settings. */
export function distinctStreamPaths(): readonly string[] {
  return distinctInstalls().map((install) => `${install}${HEAVY_STREAM_PATH}`);
}

/** One for each title with 200 streams. */
export function heavyStreamPaths(): readonly string[] {
  return heavyTitleIds().map((id) => `/stream/movie/${id}.json`);
}

export interface SeededTitle {
  readonly type: 'movie' | 'series';
  readonly imdbId: string;
}

/** So many of the most popular titles; the tail beyond is asked for once in a while only. */
const TITLES_MAX = 200_000;

/** Generated titles that are listed, so nothing of them is hidden, the most popular first. @throws Error when there are none */
export async function seededTitles(data: BenchData): Promise<readonly SeededTitle[]> {
  const rows = await data.sql<SeededTitle[]>`
    SELECT media_type AS type, external_id AS "imdbId"
    FROM catalog_entry JOIN media_external_id USING (media_id)
    WHERE genre_id = 0 AND provider = 'imdb' ORDER BY popularity DESC, media_id LIMIT ${TITLES_MAX}`;
  if (rows.length === 0) throw new Error('the database has no generated titles: seed it');
  return rows;
}

/** Positions 0 to `count` − 1, position n about as often as 1 / (n + 1) (Zipf's law); the same ones every time. */
export function zipfOrder(count: number, length: number): readonly number[] {
  const random = new Random(20_250);
  const cumulated: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= count; rank++) cumulated.push((total += 1 / rank));
  return Array.from({ length }, () => {
    const wanted = random.fraction() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** The stream list of a title; of a series, one of its first episodes. */
export function streamPath({ type, imdbId }: SeededTitle, random: Random): string {
  const episode = type === 'series' ? `:1:${random.between(1, 6)}` : '';
  return `/stream/${type}/${imdbId}${episode}.json`;
}
