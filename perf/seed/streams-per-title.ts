/** How many streams each generated title has: half of them at most 12, one in a hundred more than 400. */
import type { Random } from './random.ts';

/**
 * Part of the titles that have at most so many streams; between the points the logarithm grows evenly. With them
 * 100,000 titles have 2 million streams; a log-normal distribution would leave half of them without any.
 */
const QUANTILES: readonly (readonly [part: number, streams: number])[] = [
  [0, 1],
  [0.1, 3],
  [0.5, 12],
  [0.75, 15],
  [0.9, 20],
  [0.95, 26],
  [0.98, 90],
  [0.99, 400],
  [0.999, 640],
  [1, 3000],
];

/** A daily programme that takes so large a part of all streams; each has about seven links. */
const LONGEST_SERIES_PART = 1 / 25;
const LONGEST_SERIES_STREAMS_MAX = 40_000;
/** So many streams has the one film with the most, as far as the total allows. */
const LARGEST_FILM_PART = 1 / 100;
const LARGEST_FILM_STREAMS_MAX = 5000;

/**
 * A number for each title; together they are `streams`. The first is the longest series, the second the film with the
 * most. Fewer than 20 streams a title leave some without any, more make all numbers larger in proportion.
 */
export function streamsPerTitle(random: Random, titles: number, streams: number): Uint32Array {
  const counts = new Uint32Array(titles);
  counts[0] = Math.min(LONGEST_SERIES_STREAMS_MAX, Math.floor(streams * LONGEST_SERIES_PART));
  if (titles > 1)
    counts[1] = Math.min(LARGEST_FILM_STREAMS_MAX, Math.floor(streams * LARGEST_FILM_PART));
  const left = streams - (counts[0] ?? 0) - (counts[1] ?? 0);
  if (titles <= 2) {
    counts[titles - 1] = (counts[titles - 1] ?? 0) + left;
    return counts;
  }
  const partWithStreams = Math.min(1, left / ((titles - 2) * mean()));
  for (let title = 2; title < titles; title++) {
    const part = random.fraction() / partWithStreams;
    counts[title] = part < 1 ? Math.round(quantile(part)) : 0;
  }
  // However few there are, somebody has to have them.
  counts[titles - 1] = Math.max(1, counts[titles - 1] ?? 0);
  spread(counts.subarray(2), left);
  return counts;
}

/** Makes the numbers add up to `total`; what rounding takes from one title it gives to the next. */
function spread(counts: Uint32Array, total: number): void {
  const drawn = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  let given = 0;
  for (let title = 0; title < counts.length; title++) {
    before += counts[title] ?? 0;
    const upToHere = Math.floor((before / drawn) * total + 1e-6);
    counts[title] = upToHere - given;
    given = upToHere;
  }
}

function quantile(part: number): number {
  const index = QUANTILES.findIndex(([end]) => part < end);
  const [fromPart, from] = QUANTILES[index - 1] ?? [0, 1];
  const [toPart, to] = QUANTILES[index] ?? [1, 1];
  return from * (to / from) ** ((part - fromPart) / (toPart - fromPart));
}

function mean(): number {
  let sum = 0;
  QUANTILES.forEach(([toPart, to], index) => {
    const [fromPart, from] = QUANTILES[index - 1] ?? [0, 1];
    if (to > from) sum += ((toPart - fromPart) * (to - from)) / Math.log(to / from);
  });
  return sum;
}
