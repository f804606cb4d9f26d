/** How popular generated titles are: by Zipf's law the title of rank r is asked for 1/r as often as the first. */
import { Random } from './random.ts';

/** Of the most popular title. The column is `real`: neighbours stay apart up to a rank of some millions. */
const POPULARITY_MAX = 1_000_000;

/**
 * The popularity of each title, whose ranks are shuffled: it has nothing to do with the number of streams. Were the
 * most popular titles those with the most streams, a request would read some 1,400 streams on average.
 */
export function zipfPopularity(seed: number, titles: number): (title: number) => number {
  const random = new Random(seed ^ 0x7a697066);
  const ranks = Uint32Array.from({ length: titles }, (_, index) => index + 1);
  for (let at = titles - 1; at > 0; at--) {
    const other = random.between(0, at);
    const rank = ranks[at] ?? 0;
    ranks[at] = ranks[other] ?? 0;
    ranks[other] = rank;
  }
  return (title) => POPULARITY_MAX / (ranks[title] ?? titles);
}
