/** Whether a release with the right name is the movie: its year, and nothing that is a series, a pack or an extra. */
import { isCollection, isCollectionOrEdition, isTechnical, yearOf } from './known-words.ts';
import type { Reading } from './match.ts';
import { refuse, type Refusal } from './reasons.ts';
import type { Placement } from './title-facts.ts';
import { notTheVideo } from './not-the-video.ts';

const MOVIE: readonly Placement[] = [{ season: 0, episodeFrom: 0, episodeTo: 0 }];
const YEARS_APART_MAX = 1;
/** Names that are shorter than this are words of many releases. */
const NAME_CHARS_MIN = 4;
const BYTES_MIN = 3_000_000;
const BYTES_MAX = 500_000_000_000;

export function judgeMovie(reading: Reading): readonly Placement[] | Refusal {
  const { parsed, title, release } = reading;
  const notIt = notTheVideo(reading) ?? packOf(reading);
  if (notIt !== undefined) return notIt;
  const years = yearsOf(reading);
  const isRightYear = isNear(years, title.facts.year);
  const isDated = parsed.date !== undefined && !(years.length > 0 && isRightYear);
  if (parsed.seasons.length === 0 && parsed.episodes.length > 1 && !reading.release.isVouchedFor)
    return refuse('collection', episodeText(reading));
  if (parsed.seasons.length > 0 || parsed.episodes.length > 0 || isDated)
    return refuse('series-not-movie', episodeText(reading));
  if (years.length === 0 && !reading.isClaimed && nameLength(reading) < NAME_CHARS_MIN)
    return refuse('unclear-title');
  if (!isRightYear) return refuse('other-year', years.join(', '));
  const { sizeBytes } = release;
  const isOfSize = sizeBytes === 0 || (sizeBytes >= BYTES_MIN && sizeBytes <= BYTES_MAX);
  return isOfSize ? MOVIE : refuse('size', `${sizeBytes} bytes`);
}

function isNear(years: readonly number[], year: number): boolean {
  if (years.length === 0 || year === 0) return true;
  return years.some((candidate) => Math.abs(candidate - year) <= YEARS_APART_MAX);
}

/** Those between the name and how the release was made; else the one that the parser found. */
function yearsOf({ words, tail, parsed }: Reading): readonly number[] {
  const years: number[] = [];
  for (const word of words.slice(tail)) {
    if (isTechnical(word)) break;
    const year = yearOf(word.text);
    if (year !== 0) years.push(year);
  }
  return years.length > 0 || parsed.year === undefined ? years : [parsed.year];
}

/** A pack of several movies: which of its files is this one, its name does not tell. Whoever vouches knows. */
function packOf({ words, tail, parsed, release }: Reading): Refusal | undefined {
  if (release.isVouchedFor) return undefined;
  if (parsed.yearRange !== undefined) return refuse('collection', parsed.yearRange.join('-'));
  let hasYear = false;
  for (const word of words.slice(tail)) {
    if (isCollection(word)) return refuse('collection', word.written);
    if (isTechnical(word)) break;
    if (yearOf(word.text) !== 0) hasYear = true;
    else if (isCollectionOrEdition(word) && !hasYear) return refuse('collection', word.written);
  }
  return undefined;
}

function episodeText({ parsed }: Reading): string {
  const { seasons, episodes, date } = parsed;
  if (date !== undefined && seasons.length + episodes.length === 0) return date;
  return [
    ...(seasons.length > 0 ? [`season ${seasons.slice(0, 5).join(', ')}`] : []),
    ...(episodes.length > 0 ? [`episode ${episodes.slice(0, 5).join(', ')}`] : []),
  ].join(', ');
}

function nameLength({ words, found }: Reading): number {
  if (found === undefined || found.from < 0) return Infinity;
  return words.slice(found.from, found.to).reduce((chars, { text }) => chars + text.length, 0);
}
