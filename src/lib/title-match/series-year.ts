/** Years in the names of series: when it began, which tells it from others of its name, or when the season was released. */
import { yearOfDay, type EpisodeTables } from './compiled-title.ts';
import { isMarker, yearOf } from './known-words.ts';
import type { Reading } from './match.ts';
import { refuse, type Refusal } from './reasons.ts';

const YEARS_APART_MAX = 1;

/** The year behind a series' name is that of its beginning, which tells it from others, or that of the season. */
export function otherYear({ title, parsed, words, tail }: Reading): Refusal | undefined {
  const { year, endYear } = title.facts;
  const given = parsed.year ?? yearOf(words[tail]?.text ?? '');
  if (given === 0 || year === 0 || parsed.date !== undefined) return undefined;
  const no = refuse('other-year', String(given));
  if (Math.abs(given - year) <= YEARS_APART_MAX) return undefined;
  if (given < year) return no;
  const { daysOfSeason } = title.episodes;
  const years = seasonYears(daysOfSeason, parsed.seasons);
  if (years.length > 0) return isNearOne(years, given) ? undefined : no;
  if (endYear !== 0 && given > endYear + YEARS_APART_MAX) return no;
  if (isNewSeason(title.episodes, parsed.seasons))
    return given >= Math.max(...seasonYears(daysOfSeason, [])) ? undefined : no;
  return isBeforeMarker(words.slice(tail), given) ? no : undefined;
}

/** One that begins before its episodes are known. */
function isNewSeason({ lastSeason }: EpisodeTables, seasons: readonly number[]): boolean {
  return lastSeason > 0 && seasons.length > 0 && seasons.every((season) => season > lastSeason);
}

function isNearOne(years: readonly number[], year: number): boolean {
  return years.some((other) => Math.abs(other - year) <= YEARS_APART_MAX);
}

/** Years in which the seasons were released, of all seasons when none is named; empty when unknown. */
function seasonYears(
  daysOfSeason: ReadonlyMap<number, readonly number[]>,
  seasons: readonly number[],
): readonly number[] {
  const years = new Set<number>();
  for (const [season, days] of daysOfSeason) {
    if (seasons.length > 0 && !seasons.includes(season)) continue;
    for (const day of days) if (day > 0) years.add(yearOfDay(day));
  }
  return [...years];
}

function isBeforeMarker(words: Reading['words'], year: number): boolean {
  const yearAt = words.findIndex(({ text }) => yearOf(text) === year);
  const markerAt = words.findIndex(({ written }) => isMarker(written));
  return yearAt !== -1 && markerAt > yearAt;
}

/** The first word from here on that is no year. */
export function afterYears(words: Reading['words'], tail: number): number {
  let at = tail;
  while (yearOf(words[at]?.text ?? '') !== 0) at++;
  return at;
}
