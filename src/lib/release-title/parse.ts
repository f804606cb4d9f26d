/** Release titles → `ReleaseTitle`: the library's reading, translated to our vocabulary and corrected where it falls short. */
import { audioOf, channelsOf } from './audio.ts';
import { editionsOf } from './editions.ts';
import { writtenRangeOf } from './episode-ranges.ts';
import { titleAfterDate } from './episode-title.ts';
import { bitrateOf, extensionOf, isSample, siteOf, versionOf } from './file-marks.ts';
import { flagsOf } from './flags.ts';
import { groupOf } from './group.ts';
import { languageFlagsOf, languagesOf } from './languages.ts';
import { readByLibrary, type LibraryTitle } from './library.ts';
import { networkOf } from './network.ts';
import { unmasked, withMaskedNumbers } from './number-names.ts';
import { parsePath, splitPath } from './path.ts';
import { prepareTitle } from './prepare.ts';
import { RELEASE_FLAGS, type ReleaseFlag, type ReleaseTitle } from './release-title.ts';
import { unreversed } from './reversed.ts';
import { sizeBytesOf } from './size.ts';
import { audioLanguagesOf, isSubtitleFile, subtitlesOf } from './subtitles.ts';
import type { Text } from './text.ts';
import { titleText } from './title-text.ts';
import { withoutTrailingTags } from './trailing-tags.ts';
import {
  AUDIO,
  CHANNELS,
  CODECS,
  EDITIONS,
  LANGUAGE_CODES,
  LANGUAGE_FLAGS,
  NETWORKS,
  QUALITIES,
  RESOLUTIONS,
} from './translate.ts';
import { codecOf, hdrOf, resolutionOf } from './video.ts';
import { wordDateOf } from './word-dates.ts';

/** Longer ones are cut: file systems allow 255 bytes, torrents rarely use more. */
export const TITLE_CHARS_MAX = 1000;

export interface ParseOptions {
  /** Whether the text is a path with folders; by its look when absent. */
  readonly path?: boolean;
  /** The text is the name of one of several files: a number that begins it may be an episode's. */
  readonly isEpisodeFile?: boolean;
}

/**
 * A release title, a file name, or a path whose folders may name the film or series. Beyond TITLE_CHARS_MAX nothing is read.
 * Never throws; time grows with the length alone.
 */
export function parseReleaseTitle(
  given: string,
  { path, isEpisodeFile = false }: ParseOptions = {},
): ReleaseTitle {
  const whole = cut(given);
  const parts = path === false ? null : splitPath(whole, path === true);
  return parts === null ? parseName(whole, isEpisodeFile) : parsePath(parts, parseName);
}

/** Never between the two halves of a character. */
function cut(given: string): string {
  if (given.length <= TITLE_CHARS_MAX) return given;
  const isSplit = (given.codePointAt(TITLE_CHARS_MAX - 1) ?? 0) > 0xffff;
  return given.slice(0, isSplit ? TITLE_CHARS_MAX - 1 : TITLE_CHARS_MAX);
}

function parseName(given: string, isEpisodeFile: boolean): ReleaseTitle {
  const whole = unreversed(given);
  const text = { title: whole, lower: whole.toLowerCase() };
  const extension = extensionOf(text);
  // The library takes the file type .ts for TeleSync.
  const title = prepareTitle(extension === 'ts' ? whole.slice(0, -3) : whole, text.lower);
  const prepared = title === whole ? text : { title, lower: title.toLowerCase() };
  const parsed = readTitle(prepared, isEpisodeFile);
  const years = yearsOf(parsed.year);
  const name = nameOf(whole, parsed, years);
  const quality = translated(parsed.quality, QUALITIES);
  const group = groupOf(title, parsed.group);
  const languages = languagesOf(text, languageCodes(parsed.languages), name);
  const subtitles = subtitlesOf(text, name, group);
  const isSubtitles = isSubtitleFile(extension);
  const spokenLanguages = isSubtitles
    ? NONE
    : subtitles === undefined
      ? languages
      : audioLanguagesOf(languages, subtitles);
  return {
    title: name,
    episodeTitle: episodeTitleOf(whole, parsed),
    year: years.length === 1 ? years[0] : undefined,
    yearRange: years.length === 2 ? [years[0] ?? 0, years[1] ?? 0] : undefined,
    date: parsed.date,
    seasons: parsed.seasons ?? NONE,
    episodes: parsed.episodes ?? NONE,
    volumes: parsed.volumes ?? NONE,
    resolution: resolutionOf(text, translated(parsed.resolution, RESOLUTIONS)),
    quality,
    codec: codecOf(prepared, translated(parsed.codec?.toLowerCase(), CODECS)),
    bitDepth: parsed.bitDepth,
    hdr: hdrOf(text, parsed.hdr ?? NONE),
    audio: audioOf(prepared, translatedAll(parsed.audio, AUDIO)),
    channels: channelsOf(prepared, translatedAll(parsed.channels, CHANNELS)),
    languages,
    audioLanguages: spokenLanguages,
    subtitleLanguages: isSubtitles ? languages : (subtitles?.languages ?? NONE),
    languageFlags: languageFlagsOf(text, namedLanguageFlags(parsed.languages)),
    group,
    site: siteOf(text, parsed.site),
    network: networkOf(text, translated(parsed.network, NETWORKS)),
    region: parsed.region,
    size: parsed.size,
    sizeBytes: sizeBytesOf(parsed.size),
    bitrate: bitrateOf(text),
    episodeCode: parsed.episodeCode,
    container: containerOf(parsed.container, extension),
    extension: parsed.extension,
    country: parsed.country,
    version: versionOf(text),
    editions: editionsOf(text, translatedAll(parsed.editions, EDITIONS)),
    releaseTypes: parsed.releaseTypes ?? NONE,
    extras: isSample(text) ? ['Sample'] : NONE,
    threeD: parsed.threeD,
    flags: flagsOf(text, namedFlags(parsed), { quality, group }),
  };
}

const NONE: readonly never[] = [];

/** The library's reading of the title without what it gets wrong, and that beside it. */
function readTitle({ title, lower }: Text, isEpisodeFile: boolean): LibraryTitle {
  const wordDate = wordDateOf(title, lower);
  const range = writtenRangeOf(wordDate?.title ?? title, lower);
  const text = withMaskedNumbers(range?.title ?? wordDate?.title ?? title, isEpisodeFile);
  const parsed = readByLibrary(text);
  if (text === title) return parsed;
  return {
    ...parsed,
    title: unmasked(parsed.title),
    episodeTitle: unmasked(
      parsed.episodeTitle ?? (wordDate === undefined ? undefined : titleAfterDate(text)),
    ),
    group: unmasked(parsed.group),
    date: wordDate?.date ?? parsed.date,
    episodes: range === undefined ? parsed.episodes : [...range.episodes],
  };
}

/** A word of a language is part of a name that a year follows: `The Good German (2006)`. */
function nameOf(whole: string, parsed: LibraryTitle, years: readonly number[]): string {
  const name = titleText(whole, parsed.title ?? '');
  return years.length === 0 ? withoutTrailingTags(name) : name;
}

function episodeTitleOf(
  whole: string,
  { episodeTitle, date, episodes }: LibraryTitle,
): string | undefined {
  if (episodeTitle !== undefined) return withoutTrailingTags(episodeTitle);
  return date !== undefined && episodes === undefined ? titleAfterDate(whole) : undefined;
}

/** One year, or the first and the last of a range. */
function yearsOf(year: string | undefined): readonly number[] {
  if (year?.length === 4) return [Number(year)];
  return year !== undefined && /^\d{4}-\d{4}$/.test(year) ? year.split('-').map(Number) : NONE;
}

function namedFlags(parsed: LibraryTitle): Set<ReleaseFlag> {
  const flags = new Set<ReleaseFlag>();
  for (const flag of RELEASE_FLAGS) if (parsed[flag] === true) flags.add(flag);
  return flags;
}

function languageCodes(names: readonly string[] = NONE): readonly string[] {
  if (!names.some((name) => LANGUAGE_FLAGS.has(name) || LANGUAGE_CODES.has(name))) return names;
  return names
    .filter((name) => !LANGUAGE_FLAGS.has(name))
    .map((name) => LANGUAGE_CODES.get(name) ?? name);
}

function namedLanguageFlags(names: readonly string[] = NONE): readonly string[] {
  return names.some((name) => LANGUAGE_FLAGS.has(name))
    ? names.flatMap((name) => LANGUAGE_FLAGS.get(name) ?? [])
    : NONE;
}

/** The file's own type; `MPEG` in a title is a codec. */
function containerOf(found: string | undefined, extension: string | undefined): string | undefined {
  return extension !== undefined && (found === undefined || found === 'mpeg') ? extension : found;
}

function translated(
  name: string | undefined,
  names: ReadonlyMap<string, string>,
): string | undefined {
  return name === undefined ? undefined : (names.get(name) ?? name);
}

function translatedAll(
  found: readonly string[] | undefined,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  if (found === undefined) return NONE;
  return found.some((name) => names.has(name))
    ? [...new Set(found.map((name) => names.get(name) ?? name))]
    : found;
}
