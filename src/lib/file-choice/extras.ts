/** Files that come beside what is wanted: samples, trailers, featurettes, credits without text. */
import { plainText } from '../search-text.ts';
import { baseName, foldersOf, type ListedFile, type WantedVideo } from './listed-file.ts';

const FOLDER_NAMES =
  'samples?|proof|extras?|bonus(?:es)?|bonus (?:features?|material|disc)|special features?|featurettes?|trailers?|teasers?|' +
  'behind the scenes|deleted scenes|deleted|interviews?|scenes|shorts|others?|making of|making|commentary|clips?|bloopers?|' +
  'nc|ncop(?: and)?(?: nced)?|nced|creditless|credits|openings?(?: and)? endings?|menus?|pvs?|cms?|' +
  'scans?|ost|soundtracks?|cds?|fonts?|subs?|subtitles?';
const FOLDER = new RegExp(`^(?:${FOLDER_NAMES})$`);
const KINDS =
  'sample|trailers?|teaser|deleted[-._ ]scenes?|featurettes?|interviews?|bonus|extras?|proof';
/** What media servers read as an extra of the film beside it. */
const SUFFIX = new RegExp(
  `[-._ ](?:${KINDS}|behindthescenes|deleted|scene|short|other|bloopers?)\\d{0,2}$`,
);
const PREFIX = new RegExp(
  `^(?:${KINDS}|making[-._ ]of|behind[-._ ]the[-._ ]scenes|rarbg|etrg)(?:[-._ ]|\\d*$)`,
);
const CREDITS =
  'nc ?op|nc ?ed|nc[-._ ]?(?:opening|ending)|creditless|textless|clean (?:opening|ending)';
/** Openings, endings, promotions and numbered menus of anime. */
const ANIME = new RegExp(
  `(?:^|[-._ [(])(?:${CREDITS}|pv ?\\d{0,2}|cm ?\\d{0,2}|(?:menu|trailer|preview)[ _]?\\d{1,2})\\d{0,2}[a-z]?(?=[-._ \\])]|$)`,
);
/** Episodes are called "The Trailer", too; an extra is much smaller. */
const SMALL = 3;

/** @param largestBytes of all videos in the torrent */
export function isExtra(
  file: ListedFile,
  largestBytes: number,
  { names, type }: Pick<WantedVideo, 'names' | 'type'>,
): boolean {
  const folders = foldersOf(file.path).map(plainText);
  if (folders.some((folder) => FOLDER.test(folder) && !isNamed(folder, names))) return true;
  const name = withoutExtension(baseName(file.path)).toLowerCase();
  if ([PREFIX, ANIME].some((form) => isMarked(form, name, names))) return true;
  if (!isMarked(SUFFIX, name, names)) return false;
  const maybeEpisode = type === 'series' && /\d/.test(name);
  return !maybeEpisode || file.sizeBytes * SMALL < largestBytes || largestBytes === 0;
}

/** Its name ends as those of extras do; episodes can be called so, too. */
export function isNamedAsExtra(file: ListedFile, names: readonly string[]): boolean {
  return isMarked(SUFFIX, withoutExtension(baseName(file.path)).toLowerCase(), names);
}

function isMarked(form: RegExp, name: string, names: readonly string[]): boolean {
  const [mark] = form.exec(name) ?? [];
  return mark !== undefined && !isNamed(plainText(mark), names);
}

function isNamed(mark: string, names: readonly string[]): boolean {
  const word = mark.replace(/\d+$/, '').trim();
  return word !== '' && names.some((name) => ` ${plainText(name)} `.includes(` ${word} `));
}

export function withoutExtension(name: string): string {
  return name.replace(/\.\w{2,4}$/, '');
}
