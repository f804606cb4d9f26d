/** The file of a torrent that is one film, also where it holds several. */
import { parseReleaseTitle } from '../release-title/parse.ts';
import { plainText } from '../search-text.ts';
import { compileTitle, type CompiledTitle } from '../title-match/compiled-title.ts';
import { matchRelease, type Verdict } from '../title-match/match.ts';
import { isArticle } from '../title-match/name-keys.ts';
import { withoutExtension } from './extras.ts';
import { baseName, foldersOf, type ListedFile, type WantedVideo } from './listed-file.ts';
import { isDiscStream } from './playable-files.ts';

/** How much larger the film is than whatever lies beside it with names that say nothing. */
const DOMINANCE = 2.5;
const SHARED_CHARS_MIN = 3;
/** `02 - `, `1. `: its place in a collection. */
const ORDINAL = /^\[?\d{1,2}\]?(?:\.[ ._-]*| ?- ?|\) ?|_+| +)(?=[\p{L}\d])/u;
/** More videos than any collection has. */
const READ_MAX = 1000;
const MOVIE = { season: 0, episode: 0 };
const DISC_PART =
  /[-._ ([]*(?:cd|dis[ck]|dvd|pt|part|teil|partie|parte)[-._ ]?(\d)[)\]]?(?=[-._ )]|$)/i;

/** All of them are the film; empty when none is for sure. */
export function filesOfMovie<F extends ListedFile>(
  videos: readonly F[],
  wanted: WantedVideo,
): readonly F[] {
  if (videos.length > READ_MAX) return [];
  const title = compiledMovie(wanted);
  const named = new Map(videos.map((file) => [file, verdictsOf(title, file)]));
  const fitting = videos.filter((file) => named.get(file)?.some(({ accepted }) => accepted));
  if (fitting.length > 0) return firstParts(closest(fitting, wanted));
  const others = videos.filter((file) => !isEpisode(named.get(file) ?? []));
  const inFolder = others.filter((file) => isInFolderOf(title, file));
  if (inFolder.length > 0) return sameFilm(inFolder);
  const possible = others.filter((file) => !isOfOtherYear(file, wanted));
  if (!areSeveralFilms(others)) return sameFilm(possible);
  const ofYear = others.filter((file) => wanted.year > 0 && yearOf(file) === wanted.year);
  return shareWord(others) ? sameFilm(ofYear) : [];
}

/** Years that differ, or names that have nothing in common, of files that say a year themselves. */
function areSeveralFilms(files: readonly ListedFile[]): boolean {
  const dated = files.filter(({ path }) => ownYear(path) > 0);
  const years = new Set(files.map(yearOf).filter((year) => year > 0));
  return years.size > 1 || (dated.length > 1 && !shareWord(dated));
}

/** The films of one collection belong together: by a name that is not known, the year tells them apart. */
function shareWord(files: readonly ListedFile[]): boolean {
  const names = files.map(({ path }) => {
    const { title } = parseReleaseTitle(baseName(path).replace(ORDINAL, ''), { path: false });
    return new Set(plainText(title).split(' '));
  });
  const [first = new Set<string>()] = names;
  return [...first].some(
    (word) =>
      word.length >= SHARED_CHARS_MIN && !isArticle(word) && names.every((name) => name.has(word)),
  );
}

function compiledMovie({ names, year }: WantedVideo): CompiledTitle {
  return compileTitle({
    type: 'movie',
    imdbId: '',
    tmdbId: '',
    names,
    year,
    endYear: 0,
    isAnime: false,
    episodes: [],
  });
}

/** Of its name, and of that without a number before it. */
function verdictsOf(title: CompiledTitle, { path }: ListedFile): readonly Verdict[] {
  const name = withoutPart(baseName(path));
  return [...new Set([name, name.replace(ORDINAL, '')])].map((text) => verdictOf(title, text));
}

/** Below a folder with the film's name, and no other film by its own. */
function isInFolderOf(title: CompiledTitle, file: ListedFile): boolean {
  if (ownYear(file.path) > 0) return false;
  const [folder] = foldersOf(file.path).filter((one) => !DISC_FOLDER.test(one));
  return folder !== undefined && verdictOf(title, folder.replace(ORDINAL, '')).accepted;
}

const DISC_FOLDER = /^(?:BDMV|STREAM|(?:cd|dis[ck]|dvd)[-._ ]?\d)$/i;

function verdictOf(title: CompiledTitle, name: string): Verdict {
  const release = { name, sizeBytes: 0, imdbId: '', tmdbId: '', isVouchedFor: false };
  return matchRelease(title, release, MOVIE);
}

function isEpisode(verdicts: readonly Verdict[]): boolean {
  return verdicts.some((verdict) => !verdict.accepted && verdict.reason === 'series-not-movie');
}

function yearOf({ path }: ListedFile): number {
  return ownYear(path) || ownYear(foldersOf(path)[0] ?? '');
}

/** Of the last part of a path; 0 when it says none. */
function ownYear(path: string): number {
  return parseReleaseTitle(baseName(path), { path: false }).year ?? 0;
}

/** Where the name is not known, the year must be the very one. */
function isOfOtherYear(file: ListedFile, { year }: WantedVideo): boolean {
  const own = yearOf(file);
  return year > 0 && own > 0 && own !== year;
}

/** With the very year where some have it: remakes and sequels come within one. */
function closest<F extends ListedFile>(files: readonly F[], { year }: WantedVideo): readonly F[] {
  if (files.length === 1) return files;
  const exact = files.filter((file) => year > 0 && yearOf(file) === year);
  return exact.length > 0 ? exact : files;
}

/** The largest, if it is so much larger that the others can only lie beside it. */
function sameFilm<F extends ListedFile>(files: readonly F[]): readonly F[] {
  const [largest, second] = firstParts(files).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  if (largest === undefined) return [];
  const isAlone = second === undefined || largest.sizeBytes >= second.sizeBytes * DOMINANCE;
  return isAlone && (second === undefined || largest.sizeBytes > 0) ? [largest] : [];
}

/** Of films that are cut in two, what begins them. A disc's streams are one film if one of them is far larger. */
function firstParts<F extends ListedFile>(files: readonly F[]): readonly F[] {
  const firsts = files.filter(({ path }) => {
    const part = DISC_PART.exec(withoutExtension(baseName(path)))?.[1];
    return part === undefined || part === '1' || !hasFirstPart(files, path);
  });
  return firsts.some(isDiscStream) ? sameStream(firsts) : firsts;
}

function sameStream<F extends ListedFile>(files: readonly F[]): readonly F[] {
  const [largest, second] = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const isAlone =
    largest !== undefined &&
    (second === undefined || largest.sizeBytes >= second.sizeBytes * DOMINANCE);
  return isAlone ? [largest] : [];
}

function hasFirstPart(files: readonly ListedFile[], path: string): boolean {
  const key = withoutPart(baseName(path));
  return files
    .map((other) => baseName(other.path))
    .some((name) => withoutPart(name) === key && DISC_PART.exec(name)?.[1] === '1');
}

function withoutPart(name: string): string {
  return name.replace(DISC_PART_ANYWHERE, '');
}

/** Only discs: `Part 1` may be the film's own name. */
const DISC_PART_ANYWHERE = /[-._ ([]+(?:cd|dis[ck]|dvd)[-._ ]?\d[)\]]?(?=[-._ )]|$)/gi;
