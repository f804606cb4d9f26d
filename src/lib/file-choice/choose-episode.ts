/** The file of a torrent that plays one episode. Never another one: what does not say that it is this episode is not taken. */
import { dayOf } from '../title-match/compiled-title.ts';
import { parseReleaseTitle } from '../release-title/parse.ts';
import { isNamedAsExtra } from './extras.ts';
import { PathReader, type FileReading } from './file-reading.ts';
import { SPECIAL_SEASON } from './folder-facts.ts';
import type { ListedFile, WantedVideo } from './listed-file.ts';
import { ofWantedSeries } from './series-of-files.ts';

/** How a file says that it is the episode, the surest first. */
const WITNESSES = ['date', 'season', 'counted-on', 'absolute', 'hundreds', 'part'] as const;
type Witness = (typeof WITNESSES)[number];

type Reading = FileReading<ListedFile>;

/** Torrents with more videos are read where a number of the episode stands in the name. */
const READ_ALL_MAX = 400;
const READ_MAX = 2000;
const HUNDRED = 100;
const DAYS_APART_MAX = 1;
const RANGE_HINT =
  /(?:[ex]\d{1,4}[ ._]?(?:[-~&+]|to|bis|e|x)|(?<!\d)\d{1,3} ?[-~&+])[ ._]?(?:s\d+)?[ex]?\d{1,4}(?!\d)/i;

/** A file of more begins with another episode, and nobody finds theirs in it. */
const EPISODES_IN_FILE_MAX = 6;

/** What the files of a pack say together. */
interface Pack {
  readonly wanted: WantedVideo;
  /** That the torrent's name says; undefined when it names none or several. */
  readonly season: number | undefined;
  readonly hasSeason: boolean;
  readonly hasWantedSeason: boolean;
  readonly hasNumbers: boolean;
  /** Numbers of the wanted season go on where the one before ended. */
  readonly isCountedOn: boolean;
  /** Every number holds the season: 101, 102, 201. */
  readonly isInHundreds: boolean;
}

/** Files that say that they are the episode, in the surest way that any of them has. Any of them may be played. */
export function filesOfEpisode<F extends ListedFile>(
  videos: readonly F[],
  wanted: WantedVideo,
): readonly FileReading<F>[] {
  const readings = ofWantedSeries(readFiles(videos, wanted), wanted);
  const pack = packOf(readings, wanted);
  const witnesses = readings.map((reading) => witnessOf(reading, pack));
  for (const witness of WITNESSES) {
    const found = readings.filter((_, index) => witnesses[index] === witness);
    if (found.length > 0) return found;
  }
  const [only] = videos;
  const isSilent = readings.length === 1 && readings.every(saysNothing);
  if (only === undefined || videos.length !== 1 || !isSilent) return [];
  return isTorrentOfEpisode(wanted) && !isNamedAsExtra(only, wanted.names) ? readings : [];
}

/** The name of the file says neither episode nor date. */
export function saysNothing({ episodes, date, part, isSpecial }: Reading): boolean {
  return episodes.length === 0 && date === '' && part === 0 && !isSpecial;
}

/** Season and episode are both known, from the name or its folders, and they are others. */
export function namesAnotherEpisode(file: ListedFile, wanted: WantedVideo): boolean {
  const { season, episodes } = new PathReader().read(file);
  if (season === undefined || episodes.length === 0) return false;
  if (season === wanted.season && episodes.includes(wanted.episode)) return false;
  return wanted.absoluteEpisode === 0 || !episodes.includes(wanted.absoluteEpisode);
}

export function readFiles<F extends ListedFile>(
  videos: readonly F[],
  wanted: WantedVideo,
): readonly FileReading<F>[] {
  const reader = new PathReader();
  const few = videos.length > READ_ALL_MAX ? videos.filter(numberFilter(wanted)) : videos;
  return few.length > READ_MAX ? [] : few.map((file) => reader.read(file));
}

function numberFilter({
  season,
  episode,
  absoluteEpisode,
  airDate,
}: WantedVideo): (file: ListedFile) => boolean {
  const numbers = [episode, absoluteEpisode, season * HUNDRED + episode].filter((one) => one > 0);
  const number = new RegExp(`(?<!\\d)0*(?:${numbers.join('|')})(?!\\d)`);
  const year = airDate.slice(0, 4);
  return ({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return number.test(name) || (year !== '' && name.includes(year)) || RANGE_HINT.test(name);
  };
}

function packOf(readings: readonly Reading[], wanted: WantedVideo): Pack {
  const regular = readings.filter(({ isSpecial }) => !isSpecial);
  const numbers = regular.flatMap(({ episodes }) => episodes);
  const { seasons } = parseReleaseTitle(wanted.torrentName);
  const named = seasons.length === 1 ? seasons[0] : undefined;
  const ofSeason = regular.filter(({ season = named }) => season === wanted.season);
  return {
    wanted,
    season: named,
    hasWantedSeason: ofSeason.length > 0,
    hasSeason: regular.some(({ season }) => season !== undefined),
    hasNumbers: numbers.length > 0,
    isCountedOn: isCountedOn(
      ofSeason.flatMap(({ episodes }) => episodes),
      wanted,
    ),
    isInHundreds: areHundreds(numbers, wanted),
  };
}

/** All numbers come after the seasons before, and the season is too short for them. */
function isCountedOn(
  numbers: readonly number[],
  { season, episode, absoluteEpisode, episodesInSeason }: WantedVideo,
): boolean {
  const before = absoluteEpisode - episode;
  if (season < 2 || absoluteEpisode === 0 || before <= 0 || episodesInSeason === 0) return false;
  return (
    numbers.every((number) => number > before) &&
    numbers.some((number) => number > episodesInSeason)
  );
}

/** A season of so many episodes has such numbers by itself; and those of all seasons would have no gaps from 60 to 100. */
function areHundreds(numbers: readonly number[], { episodesInSeason }: WantedVideo): boolean {
  return (
    numbers.length > 0 &&
    episodesInSeason < HUNDRED &&
    numbers.every((number) => number > HUNDRED && number % HUNDRED > 0 && number % HUNDRED < 60)
  );
}

/** Undefined for a file that does not say that it is the episode. */
function witnessOf(reading: Reading, pack: Pack): Witness | undefined {
  const { wanted } = pack;
  const { season, episodes, date, isSpecial } = reading;
  if (episodes.length > EPISODES_IN_FILE_MAX) return undefined;
  const isWantedSpecial = wanted.season === SPECIAL_SEASON;
  if (isWantedSpecial || isSpecial)
    return isWantedSpecial && season === SPECIAL_SEASON && episodes.includes(wanted.episode)
      ? 'season'
      : undefined;
  if (date !== '' && wanted.airDate !== '') {
    if (date === wanted.airDate) return 'date';
    if (Math.abs(dayOf(date) - dayOf(wanted.airDate)) > DAYS_APART_MAX) return undefined;
  }
  return season === undefined && pack.season === undefined
    ? withoutSeason(reading, pack)
    : withSeason(reading, season ?? pack.season ?? 0, pack);
}

function withSeason(reading: Reading, season: number, pack: Pack): Witness | undefined {
  const { wanted } = pack;
  const { episodes, part, isExplicit } = reading;
  const isAbsolute = wanted.absoluteEpisode > 0 && episodes.includes(wanted.absoluteEpisode);
  // Fansubs go on counting in the first season where others begin a second.
  if (season === 1 && wanted.season > 1)
    return isAbsolute && !pack.hasWantedSeason ? 'absolute' : undefined;
  if (season !== wanted.season) return undefined;
  if (pack.isCountedOn) return isAbsolute ? 'counted-on' : undefined;
  if (isHundredOf(reading, pack)) return 'hundreds';
  if (episodes.includes(wanted.episode) && (isExplicit || hasSoMany(wanted))) return 'season';
  return isPart(part, pack) ? 'part' : undefined;
}

function withoutSeason(reading: Reading, pack: Pack): Witness | undefined {
  const { wanted } = pack;
  const { episodes, part } = reading;
  if (episodes.length > 0 && wanted.absoluteEpisode > 0)
    return episodes.includes(wanted.absoluteEpisode) ? 'absolute' : undefined;
  if (isHundredOf(reading, pack)) return 'hundreds';
  if (wanted.season !== 1) return undefined;
  if (hasSoMany(wanted) && episodes.includes(wanted.episode) && !pack.hasSeason) return 'absolute';
  return isPart(part, pack) ? 'part' : undefined;
}

function isHundredOf({ episodes }: Reading, { wanted, isInHundreds }: Pack): boolean {
  return isInHundreds && episodes.includes(wanted.season * HUNDRED + wanted.episode);
}

/** 105 is the fifth, unless the season is known to have so many. */
function hasSoMany({ episode, episodesInSeason }: WantedVideo): boolean {
  return episode < HUNDRED || episodesInSeason >= episode;
}

function isPart(part: number, { wanted, hasNumbers }: Pack): boolean {
  return !hasNumbers && wanted.season === 1 && part === wanted.episode;
}

/** A single file with a name that says nothing is what the torrent says. */
function isTorrentOfEpisode(wanted: WantedVideo): boolean {
  const { seasons, episodes, date } = parseReleaseTitle(wanted.torrentName);
  if (date !== undefined && date === wanted.airDate) return true;
  return (
    seasons.length === 1 &&
    seasons[0] === wanted.season &&
    episodes.length > 0 &&
    episodes.includes(wanted.episode)
  );
}
