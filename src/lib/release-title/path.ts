/** Paths: the file's name says what it is; what it does not say, the folders above it do, the nearest first. */
import type { ReleaseTitle } from './release-title.ts';

export interface SplitPath {
  readonly name: string;
  /** The nearest first. */
  readonly folders: readonly string[];
}

/** Two folders are enough: a season's and a series', or a release's and a collection's. */
const FOLDERS_MAX = 2;
const FILE = /^[^/\\]+\.[A-Za-z0-9]{2,7}$/;
/** A folder that only sorts: no name of a film or series. */
const SORTING_FOLDER = new RegExp(
  '^(?:(?:season|series|saison|staffel|s|disc|cd|dvd|specials?)[ ._-]*\\d*|tv ?shows?|tv|shows?|movies?|films?|videos?|' +
    'downloads?|[a-z]:|completed|temp|media|share|mnt|home|\\d+p|hd|sd)$',
  'i',
);
const SEASON_FOLDER = /^(?:season|saison|staffel|series|s)[ ._-]*(\d{1,3})$/i;
/** `S02E06 - Playtime.mp4`: the name of the episode follows, that of the series is the folder's. */
const EPISODE_FIRST = /^(?:s\d{1,2}e\d{1,3}|ep?(?:isode)?[ .]*\d{1,3}|\d{1,2}x\d{1,3})(?=[ ._-])/i;
/** `dmd-aw.avi`, `eb518eaf33f641a1.mkv`: what scene and Usenet call a file when nobody shall know it. */
const MEANINGLESS =
  /^(?:[a-z0-9]{1,6}-[a-z0-9.]{1,14}|(?=\w*\d)[A-Za-z0-9-]{16,}|[a-z]{1,3}\d{1,4})\.\w{2,4}$/;

/** `Vikings / Викинги`, `[720p/mkv]` */
const NO_PATH = / [/\\] |\[[^[\]]{0,20}[/\\][^[\]]{0,20}\]/;

/**
 * Null for what is no path: separators with blanks or brackets around them are part of titles.
 * @param isPath by the caller's word
 */
export function splitPath(text: string, isPath: boolean): SplitPath | null {
  if ((!text.includes('/') && !text.includes('\\')) || (!isPath && NO_PATH.test(text))) return null;
  const parts = text.split(/[/\\]+/).filter((part) => part !== '');
  const name = parts.pop();
  const [root = ''] = parts;
  if (name === undefined || parts.length === 0) return null;
  if (!isPath && !FILE.test(name) && !text.startsWith('/') && !SORTING_FOLDER.test(root))
    return null;
  return { name, folders: parts.toReversed() };
}

/** @param isEpisodeFile a number that begins the name may be an episode's */
type ParseName = (name: string, isEpisodeFile: boolean) => ReleaseTitle;

/** The file's facts, completed by those of its folders. */
export function parsePath({ name, folders }: SplitPath, parse: ParseName): ReleaseTitle {
  const seasonFolder = folders
    .map((folder) => SEASON_FOLDER.exec(folder)?.[1])
    .find((number) => number !== undefined);
  const naming = folders.filter((folder) => !SORTING_FOLDER.test(folder)).slice(0, FOLDERS_MAX);
  const named = naming.map((folder) => parse(folder, false));
  const [nearest] = named;
  const file = parse(
    withoutGroupBefore(name, nearest?.group),
    isEpisodeOf(name, nearest, seasonFolder),
  );
  const isMeaningless = MEANINGLESS.test(name);
  let result: ReleaseTitle = isMeaningless
    ? { ...file, title: '', episodes: [], seasons: [], group: undefined }
    : file;
  if (result.seasons.length === 0 && seasonFolder !== undefined)
    result = { ...result, seasons: [Number(seasonFolder)] };
  for (const folder of named) result = completed(result, folder);
  if (nearest === undefined || nearest.title === '') return result;
  if (EPISODE_FIRST.test(name))
    return { ...result, title: nearest.title, episodeTitle: result.episodeTitle ?? file.title };
  // Below "Season 1", the folder above is the series and the file's name its episode.
  const isEpisodeOfFolder = seasonFolder !== undefined || !hasName(file) || isMeaningless;
  return isEpisodeOfFolder || isBetterSpelt(nearest.title, file.title)
    ? { ...result, title: nearest.title }
    : result;
}

/** Below the folder of a film, unless the number is its name: `1938 (2012)/1938.720p.mkv`. */
function isEpisodeOf(
  name: string,
  nearest: ReleaseTitle | undefined,
  seasonFolder: string | undefined,
): boolean {
  if (seasonFolder !== undefined) return true;
  return nearest !== undefined && nearest.title !== '' && !name.startsWith(nearest.title);
}

/** Scene files begin with their group: `blow-how.to.be.single.mkv` below a folder of `…-BLOW`. */
function withoutGroupBefore(name: string, group: string | undefined): string {
  return group !== undefined && name.toLowerCase().startsWith(`${group.toLowerCase()}-`)
    ? name.slice(group.length + 1)
    : name;
}

/** Two letters, and not the number or name of an episode alone. */
function hasName(file: ReleaseTitle): boolean {
  return /\p{L}{2}/u.test(file.title);
}

/** The folder's spelling of the same name, when it keeps as many capitals, blanks and accents as the file's. */
function isBetterSpelt(folder: string, file: string): boolean {
  return plainName(folder) === plainName(file) && marks(folder) >= marks(file);
}

function marks(name: string): number {
  return name.replaceAll(/[a-z0-9]/g, '').length;
}

function plainName(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
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
