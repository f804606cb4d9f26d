/** Which file of a torrent plays what is wanted. A refusal is better than a wrong file. */
import { plainText } from '../search-text.ts';
import { filesOfEpisode, namesAnotherEpisode, readFiles, saysNothing } from './choose-episode.ts';
import { filesOfMovie } from './choose-movie.ts';
import { isExtra } from './extras.ts';
import { baseName, type FileChoice, type ListedFile, type WantedVideo } from './listed-file.ts';
import { isDiscStream, isPlayable } from './playable-files.ts';

/** More files than any torrent that is one. */
const FILES_MAX = 50_000;

/**
 * The file, or why none is played. By the name that the row of the stream says, else by what the names of files and folders say,
 * else by the size in bytes. Never throws. @param files in the torrent's order, if `fileIndex` shall count
 */
export function chooseFile<F extends ListedFile>(
  files: readonly F[],
  given: WantedVideo,
): FileChoice<F> {
  const wanted = given.isAnime ? given : { ...given, absoluteEpisode: 0 };
  const playable = files.slice(0, FILES_MAX).filter(isPlayable);
  const named = namedFile(playable, wanted);
  if (named !== undefined) return { file: named };
  const largestBytes = playable.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  const videos = playable.filter((file) => !isExtra(file, largestBytes, wanted));
  if (videos.length === 0) return { none: 'no_video_file_found' };
  const found =
    wanted.type === 'movie' ? filesOfMovie(videos, wanted) : episodeFiles(videos, wanted);
  const file = best(found, wanted) ?? weighedFile(files, videos, wanted);
  if (file !== undefined) return { file };
  return { none: wanted.type === 'movie' ? 'no_matching_file' : 'episode_not_found' };
}

/** The one that the row names. Its size tells it from others of that name, and outweighs a name that is another episode's. */
function namedFile<F extends ListedFile>(videos: readonly F[], wanted: WantedVideo): F | undefined {
  if (wanted.filename === '') return undefined;
  const { filename } = wanted;
  const exact = [
    videos.filter(({ path }) => path === filename || path.endsWith(`/${filename}`)),
    videos.filter(({ path }) => baseName(path) === baseName(filename)),
    videos.filter(({ path }) => plainText(baseName(path)) === plainText(baseName(filename))),
  ].find((found) => found.length > 0);
  if (exact === undefined) return undefined;
  const sized = exact.filter(
    ({ sizeBytes }) => sizeBytes > 0 && sizeBytes === wanted.fileSizeBytes,
  );
  const [only] = sized.length > 0 ? sized : exact;
  if (only === undefined || (sized.length || exact.length) !== 1) return undefined;
  const isDoubtful = sized.length === 0 && wanted.type === 'series';
  return isDoubtful && namesAnotherEpisode(only, wanted) ? undefined : only;
}

function episodeFiles<F extends ListedFile>(
  videos: readonly F[],
  wanted: WantedVideo,
): readonly F[] {
  const found = filesOfEpisode(
    videos.filter((file) => !isDiscStream(file)),
    wanted,
  );
  const fewest = Math.min(...found.map(({ episodes }) => episodes.length));
  return found.filter(({ episodes }) => episodes.length === fewest).map(({ file }) => file);
}

/** Of several that are all what is wanted: the one of the row's size, else the largest; of halves the first. */
function best<F extends ListedFile>(
  files: readonly F[],
  { fileSizeBytes }: WantedVideo,
): F | undefined {
  const sized = files.filter(({ sizeBytes }) => sizeBytes > 0 && sizeBytes === fileSizeBytes);
  const candidates = sized.length > 0 ? sized : files;
  const halves = candidates.filter(({ path }) => !SECOND_HALF.test(baseName(path)));
  const [first] = (halves.length > 0 ? halves : candidates).toSorted(
    (a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1),
  );
  return first;
}

/** `S01E05b`, `1x05 (2)`, `S01E05.Part2`, `pt 2` */
const SECOND_HALF =
  /(?:e\d{1,4}|x\d{2,3})(?:[b-d](?![a-z])|[-._ ]*\(?(?:part|pt)[-._ ]?[2-9]\)?(?!\d))/i;

/** The last witness, where names say nothing: the size in bytes, or the index when the count of files is the same. */
function weighedFile<F extends ListedFile>(
  files: readonly F[],
  videos: readonly F[],
  wanted: WantedVideo,
): F | undefined {
  const silent = wanted.type === 'movie' ? videos : silentFiles(videos, wanted);
  const sized = silent.filter(
    ({ sizeBytes }) => sizeBytes > 0 && sizeBytes === wanted.fileSizeBytes,
  );
  if (sized.length === 1) return sized[0];
  const indexed = files[wanted.fileIndex];
  if (indexed === undefined || !silent.includes(indexed)) return undefined;
  if (sized.length > 1) return sized.includes(indexed) ? indexed : undefined;
  const isCounted = wanted.fileSizeBytes === 0 && wanted.fileCount === files.length;
  return isCounted ? indexed : undefined;
}

function silentFiles<F extends ListedFile>(
  videos: readonly F[],
  wanted: WantedVideo,
): readonly F[] {
  return readFiles(videos, wanted)
    .filter(saysNothing)
    .map(({ file }) => file);
}
