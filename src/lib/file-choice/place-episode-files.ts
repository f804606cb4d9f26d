/** What the files of a torrent of a series play, all of them at once. A file that does not say it is left out. */
import { compileTitle, dayOf, type CompiledTitle } from '../title-match/compiled-title.ts';
import { parseReleaseTitle } from '../release-title/parse.ts';
import type { Placement, TitleFacts } from '../title-match/title-facts.ts';
import { isExtra } from './extras.ts';
import { PathReader, type FileReading } from './file-reading.ts';
import { SPECIAL_SEASON } from './folder-facts.ts';
import type { ListedFile, WantedVideo } from './listed-file.ts';
import { isDiscStream, isPlayable } from './playable-files.ts';
import { ofWantedSeries } from './series-of-files.ts';

export interface PlacedFile<F extends ListedFile> extends Placement {
  readonly file: F;
}

/** Each costs as much as the title of a release. */
const FILES_READ_MAX = 5000;
/** A file of more is a pack, of which nobody finds one in it. */
const EPISODES_IN_FILE_MAX = 6;

/** Where an episode is. */
type Numbered = Pick<Placement, 'season' | 'episodeFrom' | 'episodeTo'>;

/** Of two files that play the same the larger one. Never throws. @param torrentName empty when unknown */
export function placeEpisodeFiles<F extends ListedFile>(
  files: readonly F[],
  torrentName: string,
  facts: TitleFacts,
): readonly PlacedFile<F>[] {
  const playable = files.filter((file) => isPlayable(file) && !isDiscStream(file));
  const largestBytes = playable.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  const videos = playable
    .filter((file) => !isExtra(file, largestBytes, facts))
    .slice(0, FILES_READ_MAX);
  const reader = new PathReader();
  const readings = ofWantedSeries(
    videos.map((file) => reader.read(file)),
    wantedOf(facts, torrentName),
  );
  const pack: Pack = { title: compileTitle(facts), season: seasonOf(torrentName, facts) };
  const placed = new Map<string, PlacedFile<F>>();
  for (const reading of readings) {
    const place = placeOf(reading, pack);
    if (place === undefined) continue;
    const key = `${place.season}:${place.episodeFrom}`;
    const other = placed.get(key);
    if (other === undefined || other.file.sizeBytes < reading.file.sizeBytes)
      placed.set(key, { ...place, file: reading.file });
  }
  return [...placed.values()];
}

interface Pack {
  readonly title: CompiledTitle;
  /** Of files that do not say one; undefined when that could be several. */
  readonly season: number | undefined;
}

/** The one that the torrent names, else the only one there is. */
function seasonOf(torrentName: string, { episodes }: TitleFacts): number | undefined {
  const { seasons } = parseReleaseTitle(torrentName);
  if (seasons.length > 0) return seasons.length === 1 ? seasons[0] : undefined;
  const known = new Set(episodes.map(({ season }) => season));
  known.delete(SPECIAL_SEASON);
  return known.size <= 1 ? ([...known][0] ?? 1) : undefined;
}

function placeOf(reading: FileReading<ListedFile>, pack: Pack): Numbered | undefined {
  const { episodes, date, isSpecial } = reading;
  if (date !== '' && episodes.length === 0) return ofDate(date, pack.title);
  if (episodes.length === 0 || episodes.length > EPISODES_IN_FILE_MAX) return undefined;
  if (isSpecial) return reading.season === SPECIAL_SEASON ? spanOf(0, episodes) : undefined;
  const season = reading.season ?? pack.season;
  const counted = countedOn(season, episodes, pack.title);
  if (counted !== undefined) return counted;
  return season === undefined ? undefined : spanOf(season, episodes);
}

function ofDate(date: string, { episodes }: CompiledTitle): Numbered | undefined {
  const found = episodes.byDay.get(dayOf(date)) ?? [];
  const [first] = found;
  return first === undefined || found.length > 1
    ? undefined
    : spanOf(first.season, [first.episode]);
}

/** Numbers that go on over all seasons: anime without a season, or beyond the end of the one that is named. */
function countedOn(
  season: number | undefined,
  numbers: readonly number[],
  { facts, episodes }: CompiledTitle,
): Numbered | undefined {
  const last = season === undefined ? 0 : (episodes.lastOfSeason.get(season) ?? 0);
  const isBeyond = last > 0 && numbers.every((number) => number > last);
  if (!isBeyond && !(facts.isAnime && season === undefined)) return undefined;
  const found = numbers.map((number) => episodes.byAbsolute.get(number));
  const [first] = found;
  if (first === undefined || found.some((episode) => episode?.season !== first.season))
    return undefined;
  return spanOf(
    first.season,
    found.flatMap((episode) => (episode === undefined ? [] : [episode.episode])),
  );
}

function spanOf(season: number, episodes: readonly number[]): Numbered | undefined {
  const episodeFrom = Math.min(...episodes);
  const episodeTo = Math.max(...episodes);
  const isWhole = episodeTo - episodeFrom < EPISODES_IN_FILE_MAX;
  return isWhole && episodeFrom > 0 ? { season, episodeFrom, episodeTo } : undefined;
}

/** Where nothing is wanted but files of the title. */
function wantedOf(facts: TitleFacts, torrentName: string): WantedVideo {
  return {
    type: 'series',
    names: facts.names,
    year: facts.year,
    season: 0,
    episode: 0,
    isAnime: facts.isAnime,
    absoluteEpisode: 0,
    episodesInSeason: 0,
    airDate: '',
    torrentName,
    filename: '',
    fileSizeBytes: 0,
    fileIndex: -1,
    fileCount: 0,
  };
}
