/** Paths: the file's name says what it is; what it does not say, the folders above it do, the nearest first. */
import type { ReleaseTitle } from './release-title.ts';

export interface SplitPath {
  readonly name: string;
  /** The nearest first. */
  readonly folders: readonly string[];
}

/** Two folders are enough: a season's and a work's, or a release's and a collection's. */
const FOLDERS_MAX = 2;
const FILE = /^[^/\\]+\.[A-Za-z0-9]{2,7}$/;
/** A folder that only sorts: no name of a work. */
const SORTING_FOLDER = new RegExp(
  '^(?:(?:season|series|saison|staffel|s|disc|cd|dvd|specials?)[ ._-]*\\d*|tv ?shows?|tv|shows?|movies?|films?|videos?|' +
    'downloads?|[a-z]:|completed|temp|media|share|mnt|home|\\d+p|hd|sd)$', 'i',
);
const SEASON_FOLDER = /^(?:season|saison|staffel|series|s)[ ._-]*(\d{1,3})$/i;
/** `dmd-aw.avi`, `eb518eaf33f641a1.mkv`: what scene and Usenet call a file when nobody shall know it. */
const MEANINGLESS = /^(?:[a-z0-9]{1,6}-[a-z0-9.]{1,14}|(?=\w*\d)[A-Za-z0-9-]{16,}|[a-z]{1,3}\d{1,4})\.\w{2,4}$/;

/** Null for what is no path: separators with blanks around them are part of titles. */
export function splitPath(text: string): SplitPath | null {
  if (!/[/\\]/.test(text) || / [/\\] /.test(text)) return null;
  const parts = text.split(/[/\\]+/).filter((part) => part !== '');
  const name = parts.pop();
  if (name === undefined || parts.length === 0 || !FILE.test(name)) return null;
  return { name, folders: parts.toReversed() };
}

/** The file's facts, completed by those of its folders. */
export function parsePath({ name, folders }: SplitPath, parse: (name: string) => ReleaseTitle): ReleaseTitle {
  const seasonFolder = folders.map((folder) => SEASON_FOLDER.exec(folder)?.[1]).find((number) => number !== undefined);
  const named = folders.filter((folder) => !SORTING_FOLDER.test(folder)).slice(0, FOLDERS_MAX);
  const file = parse(name);
  const isMeaningless = MEANINGLESS.test(name);
  let result: ReleaseTitle = isMeaningless ? { ...file, title: '', episodes: [], seasons: [], group: undefined } : file;
  if (result.seasons.length === 0 && seasonFolder !== undefined) result = { ...result, seasons: [Number(seasonFolder)] };
  for (const folder of named) result = completed(result, parse(folder));
  const [nearest] = named;
  if (nearest === undefined) return result;
  // Below "Season 1", the folder above is the work and the file's name its episode.
  const isEpisodeOfFolder = seasonFolder !== undefined || !hasName(file) || isMeaningless;
  const folderTitle = parse(seasonFolder === undefined ? nearest : (named.at(0) ?? nearest)).title;
  return isEpisodeOfFolder && folderTitle !== '' ? { ...result, title: folderTitle } : result;
}

/** Two letters, and not the number or name of an episode alone. */
function hasName(file: ReleaseTitle): boolean {
  return /\p{L}{2}/u.test(file.title);
}

function completed(file: ReleaseTitle, folder: ReleaseTitle): ReleaseTitle {
  const result: Record<string, unknown> = { ...file };
  for (const [name, value] of Object.entries(folder)) {
    const own: unknown = result[name];
    const isAbsent = own === undefined || own === '' || (Array.isArray(own) && own.length === 0);
    if (isAbsent) result[name] = value;
  }
  return { ...folder, ...result, flags: new Set([...file.flags, ...folder.flags]) };
}
