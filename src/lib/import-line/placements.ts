/** What a stream plays of the title that it was brought for: the line says it, or the names of its files, or its own name. */
import { chooseFile } from '../file-choice/choose-file.ts';
import { isPlayable } from '../file-choice/playable-files.ts';
import { placeEpisodeFiles } from '../file-choice/place-episode-files.ts';
import type { ReleaseTitle } from '../release-title/release-title.ts';
import {
  EVERY_SEASON,
  LAST_EPISODE,
  type Placement,
  type TitleFacts,
} from '../title-match/title-facts.ts';
import { badLine } from './line-fields.ts';
import type { LineFile, LineStream } from './stream-line.ts';

/** A row of `stream_link`, but for whose it is. */
export interface FilePlacement extends Placement {
  /** -1 when unknown. */
  readonly fileIndex: number;
  /** Empty when unknown. */
  readonly filename: string;
  /** 0 when unknown. */
  readonly fileSizeBytes: number;
}

const MOVIE: Placement = { season: 0, episodeFrom: 0, episodeTo: 0 };
/** Of the whole of a stream. */
export const NO_FILE = { fileIndex: -1, filename: '', fileSizeBytes: 0 };

/**
 * At least one.
 * @param readName the stream's name, read when nothing else says what it plays
 * @throws AppError `import.bad-line` when nothing says which episodes it plays
 */
export function placementsOf(
  stream: LineStream,
  readName: () => ReleaseTitle,
  facts: TitleFacts,
): readonly FilePlacement[] {
  const told = stream.files.filter((file) => file.part !== undefined);
  if (told.length > 0)
    return told.map((file) =>
      withFile(facts.type === 'movie' ? MOVIE : (file.part ?? MOVIE), file),
    );
  if (facts.type === 'movie') return [movieFile(stream, facts)];
  if (stream.part !== undefined) return [partWithFile(stream, stream.part)];
  const placed = placeEpisodeFiles(stream.files, stream.name, facts);
  if (placed.length > 0) return placed.map((place) => withFile(place, place.file));
  if (stream.files.length > 0 && !stream.files.some(isPlayable)) return badLine(NO_VIDEO);
  return episodesOfName(readName()).map((part) => partWithFile(stream, part));
}

function withFile({ season, episodeFrom, episodeTo }: Placement, file: LineFile): FilePlacement {
  const { index, path, sizeBytes } = file;
  return {
    season,
    episodeFrom,
    episodeTo,
    fileIndex: index,
    filename: path,
    fileSizeBytes: sizeBytes,
  };
}

/** The only file of a single episode is that. */
function partWithFile({ files }: LineStream, part: Placement): FilePlacement {
  const [only] = files;
  const isOne = files.length === 1 && part.episodeTo !== LAST_EPISODE;
  return isOne && only !== undefined ? withFile(part, only) : { ...part, ...NO_FILE };
}

function movieFile({ name, files }: LineStream, { names, year }: TitleFacts): FilePlacement {
  if (files.length === 0) return { ...MOVIE, ...NO_FILE };
  const choice = chooseFile(files, {
    type: 'movie',
    names,
    year,
    season: 0,
    episode: 0,
    isAnime: false,
    absoluteEpisode: 0,
    episodesInSeason: 0,
    airDate: '',
    torrentName: name,
    filename: '',
    fileSizeBytes: 0,
    fileIndex: -1,
    fileCount: 0,
  });
  if ('file' in choice) return withFile(MOVIE, choice.file);
  if (choice.none === 'no_video_file_found') return badLine(NO_VIDEO);
  return { ...MOVIE, ...NO_FILE };
}

function episodesOfName({ seasons, episodes, flags }: ReleaseTitle): readonly Placement[] {
  const [season] = seasons;
  if (episodes.length > 0) {
    if (seasons.length > 1) return badLine(UNPLACED);
    const episodeFrom = Math.min(...episodes);
    return [{ season: season ?? 1, episodeFrom, episodeTo: Math.max(...episodes) }];
  }
  if (seasons.length > 0) return seasons.map((one) => ({ ...WHOLE, season: one }));
  return flags.has('complete') ? [{ ...WHOLE, season: EVERY_SEASON }] : badLine(UNPLACED);
}

const WHOLE = { episodeFrom: 0, episodeTo: LAST_EPISODE };
const NO_VIDEO = 'none of its files is a video that plays by itself';
const UNPLACED =
  'it does not say which episodes it plays: expected season and episode, in fields or in the name';
