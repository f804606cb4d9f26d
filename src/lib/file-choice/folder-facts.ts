/** What the folders above a file say of it: season and series. */
import { parseReleaseTitle } from '../release-title/parse.ts';
import { plainText } from '../search-text.ts';
import { SEASON_AND_EPISODE } from './file-numbers.ts';
import { numberOf, ordinalOf } from '../title-match/number-words.ts';

export interface FolderFacts {
  /** Undefined when the folder names none, or several. */
  readonly season: number | undefined;
  /** Of a folder for each episode; empty when it names a season alone. */
  readonly episodes: readonly number[];
  /** Of the series; empty when the folder names none. */
  readonly title: string;
  readonly year: number;
}

const SEASON_WORDS =
  'season|series|saison|staffel|temporada|stagione|sezon|seizoen|sasong|kausi|сезон';
/** `Season Two`, `Book 2 - Earth`, `2. Staffel`, `Saison 02`; the parser knows the others. */
const SEASON_FIRST = new RegExp(`^(?:${SEASON_WORDS}|book) (\\w+)(?: |$)`);
const SEASON_LAST = new RegExp(`^(\\w+) (?:${SEASON_WORDS}|serie|evad)(?: |$)`);
const SEASON_ALONE = /^s(\d{1,3})$/;
const SPECIALS = /^(?:specials?|season 0+|s0+|ova|ovas|oad|oads|ona specials|sp|sps)$/;
/** Folders that say nothing: `Disc 1`, `1080p`, `Videos`, `02`. */
const SORTING = new RegExp(
  '^(?:(?:disc|disk|cd|dvd|bd|vol|volume|part|season|series|s) ?\\d{1,3}|\\d{1,3}|\\d{3,4}p|videos?|episodes?|tv|shows?|' +
    'tv shows?|movies?|films?|downloads?|completed?|hd|sd)$',
);
export const SPECIAL_SEASON = 0;
const SILENT: FolderFacts = { season: undefined, episodes: [], title: '', year: 0 };

/** @param folder one component of a path */
export function folderFacts(folder: string): FolderFacts {
  const plain = plainText(folder);
  if (SPECIALS.test(plain)) return { ...SILENT, season: SPECIAL_SEASON };
  const word = [SEASON_ALONE, SEASON_FIRST, SEASON_LAST]
    .map((form) => form.exec(plain)?.[1])
    .find((found) => found !== undefined);
  const season = word === undefined ? undefined : seasonNumber(word);
  if (season !== undefined) return { ...SILENT, season };
  if (SORTING.test(plain)) return SILENT;
  const { seasons, episodes, title, year = 0 } = parseReleaseTitle(folder, { path: false });
  const isOne = seasons.length === 1;
  return {
    season: isOne ? seasons[0] : undefined,
    episodes: isOne && SEASON_AND_EPISODE.test(folder) ? episodes : [],
    title,
    // Behind a season it is the season's.
    year: seasons.length > 0 ? 0 : year,
  };
}

function seasonNumber(word: string): number | undefined {
  const number = Number(numberOf(word, true) ?? ordinalOf(word));
  return Number.isNaN(number) ? undefined : number;
}
