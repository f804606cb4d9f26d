/** What a video of somebody's collection is called as a release: its own name, or with the names of its folders. */
import { baseName, foldersOf } from '../../lib/file-choice/listed-file.ts';
import { parseReleaseTitle } from '../../lib/release-title/parse.ts';

export interface NamedVideo {
  /** Most telling first; one at least. */
  readonly names: readonly string[];
  /** As folders and files are tagged for media servers: `tt…`, digits; empty when they are not. */
  readonly imdbId: string;
  readonly tmdbId: string;
}

const SEASON_FOLDER = /^(?:season|series|staffel|saison|s)[ ._-]*(\d{1,3})$|^specials?$/i;
const IMDB_TAG = /[[{(](?:imdb(?:id)?)[-= ]?(tt\d{7,10})[\]})]/i;
const TMDB_TAG = /[[{(](?:tmdb(?:id)?)[-= ]?(\d{1,9})[\]})]/i;
const TAG = /[[{(](?:imdb|tmdb|tvdb)(?:id)?[-= ]?\w+[\]})]/gi;
const EXTENSION = /\.\w{2,5}$/;
const LEADING_NUMBER = /^(?:e(?:p(?:isode)?)?[ ._-]*)?(\d{1,3})(?=\D|$)/i;
const EXTRAS =
  /^(?:extras?|featurettes?|trailers?|samples?|behind the scenes|deleted scenes|interviews?|shorts?)$/i;
const SAMPLE = /(?:^|[ ._-])(?:sample|trailer)(?:$|[ ._-])/i;

/** Null for samples, trailers and extras. @param path below the folder, with slashes */
export function namesOfVideo(path: string): NamedVideo | null {
  const folders = foldersOf(path);
  const own = baseName(path).replace(EXTENSION, '');
  if (folders.some((folder) => EXTRAS.test(folder)) || SAMPLE.test(own)) return null;
  const all = path;
  const [nearest = ''] = folders;
  const season = SEASON_FOLDER.exec(nearest);
  const parent = plain((season === null ? nearest : folders[1]) ?? '');
  const file = plain(own);
  const names =
    season === null ? namesInTitle(file, parent) : namesInSeason(file, parent, season[1]);
  return {
    names: [...new Set(names.filter((name) => name !== ''))],
    imdbId: IMDB_TAG.exec(all)?.[1] ?? '',
    tmdbId: TMDB_TAG.exec(all)?.[1] ?? '',
  };
}

/** `Show/Season 2/03 - Name.mkv`: the folder has the season, and often the show. */
function namesInSeason(file: string, show: string, season: string | undefined): readonly string[] {
  const { seasons, episodes } = parseReleaseTitle(file);
  if (seasons.length > 0 && episodes.length > 0) return [file, `${show} ${file}`];
  const number = LEADING_NUMBER.exec(file)?.[1] ?? episodes[0]?.toString();
  if (number === undefined) return [`${show} ${file}`];
  const place = `S${(season ?? '0').padStart(2, '0')}E${number.padStart(2, '0')}`;
  return [`${show} ${place} ${file.replace(LEADING_NUMBER, '')}`.trim(), file];
}

/** A folder with the year says more than a file without. */
function namesInTitle(file: string, parent: string): readonly string[] {
  const { year, episodes } = parseReleaseTitle(file);
  const together = `${parent} ${file}`.trim();
  const hasYear = year !== undefined || episodes.length > 0;
  return hasYear || parseReleaseTitle(parent).year === undefined
    ? [file, together]
    : [together, file];
}

function plain(name: string): string {
  return name.replaceAll(TAG, '').trim();
}
