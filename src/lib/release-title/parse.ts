/** Release titles → `ReleaseTitle`: the library's reading, translated to our vocabulary and corrected where it falls short. */
import { parseTorrentTitle, type ParsedResult } from '@viren070/parse-torrent-title';
import * as correct from './correct.ts';
import { groupOf } from './group.ts';
import { parsePath, splitPath } from './path.ts';
import { prepareTitle } from './prepare.ts';
import { RELEASE_FLAGS, type ReleaseFlag, type ReleaseTitle } from './release-title.ts';
import { titleText } from './title-text.ts';
import { AUDIO, CHANNELS, CODECS, EDITIONS, LANGUAGE_CODES, LANGUAGE_FLAGS, NETWORKS, QUALITIES, RESOLUTIONS } from './translate.ts';

/** Longer ones are cut: file systems allow 255 bytes, torrents rarely use more. */
export const TITLE_CHARS_MAX = 1000;

/**
 * A release title, a file name, or a path whose folders may name the work. Never throws; time grows with the length alone.
 */
export function parseReleaseTitle(given: string): ReleaseTitle {
  const whole = given.slice(0, TITLE_CHARS_MAX);
  const path = splitPath(whole);
  return path === null ? parseName(whole) : parsePath(path, parseName);
}

function parseName(whole: string): ReleaseTitle {
  const text = { title: whole, lower: whole.toLowerCase() };
  const extension = correct.extensionOf(text);
  // The library takes the file type .ts for TeleSync.
  const title = prepareTitle(extension === 'ts' ? whole.slice(0, -3) : whole, text.lower);
  const prepared = title === whole ? text : { title, lower: title.toLowerCase() };
  const parsed = withAllFields(parseTorrentTitle(title));
  const years = yearsOf(parsed.year);
  const quality = translated(parsed.quality, QUALITIES);
  const group = groupOf(title, parsed.group);
  return {
    title: titleText(whole, parsed.title ?? ''),
    episodeTitle: parsed.episodeTitle,
    year: years.length === 1 ? years[0] : undefined,
    yearRange: years.length === 2 ? [years[0] ?? 0, years[1] ?? 0] : undefined,
    date: parsed.date,
    seasons: parsed.seasons ?? NONE,
    episodes: parsed.episodes ?? NONE,
    volumes: parsed.volumes ?? NONE,
    resolution: correct.resolutionOf(text, translated(parsed.resolution, RESOLUTIONS)),
    quality,
    codec: correct.codecOf(prepared, translated(parsed.codec?.toLowerCase(), CODECS)),
    bitDepth: parsed.bitDepth,
    hdr: correct.hdrOf(text, parsed.hdr ?? NONE),
    audio: correct.audioOf(prepared, translatedAll(parsed.audio, AUDIO)),
    channels: correct.channelsOf(prepared, translatedAll(parsed.channels, CHANNELS)),
    languages: correct.languagesOf(text, languagesOf(parsed.languages)),
    subtitleLanguages: correct.subtitleLanguagesOf(text),
    languageFlags: correct.languageFlagsOf(text, languageFlagsOf(parsed.languages)),
    group,
    site: parsed.site?.toLowerCase(),
    network: correct.networkOf(text, translated(parsed.network, NETWORKS)),
    region: parsed.region,
    size: parsed.size,
    bitrate: bitrateOf(text.lower),
    episodeCode: parsed.episodeCode,
    container: containerOf(parsed.container, extension),
    extension: parsed.extension,
    country: parsed.country,
    version: correct.versionOf(text),
    editions: translatedAll(parsed.editions, EDITIONS),
    releaseTypes: parsed.releaseTypes ?? NONE,
    extras: isSample(text.lower) ? ['Sample'] : NONE,
    threeD: parsed.threeD,
    flags: correct.flagsOf(text, flagsOf(parsed), { quality, group }),
  };
}

const NONE: readonly never[] = [];

function isSample(lower: string): boolean {
  return lower.includes('sample') && /(?:\d{3,4}p|[xh]\.?26[45]|webrip|bluray).*[ .-]sample(?:[ .-]|$)/.test(lower);
}

/** One year, or the first and the last of a range. */
function yearsOf(year: string | undefined): readonly number[] {
  if (year?.length === 4) return [Number(year)];
  return year !== undefined && /^\d{4}-\d{4}$/.test(year) ? year.split('-').map(Number) : NONE;
}

/**
 * The same with every field there: the library's results have hundreds of shapes, and reading 50 fields of such
 * an object costs 12 µs, of this one nothing that can be measured.
 */
function withAllFields(parsed: ParsedResult): AllFields {
  return Object.assign({
    title: undefined, episodeTitle: undefined, year: undefined, date: undefined, seasons: undefined, episodes: undefined,
    volumes: undefined, resolution: undefined, quality: undefined, codec: undefined, bitDepth: undefined, hdr: undefined,
    audio: undefined, channels: undefined, languages: undefined, group: undefined, site: undefined, network: undefined,
    region: undefined, size: undefined, episodeCode: undefined, container: undefined, extension: undefined,
    country: undefined, editions: undefined, releaseTypes: undefined, threeD: undefined, complete: undefined,
    dubbed: undefined, subbed: undefined, hardcoded: undefined, proper: undefined, repack: undefined, remastered: undefined,
    retail: undefined, unrated: undefined, uncensored: undefined, extended: undefined, convert: undefined,
    documentary: undefined, commentary: undefined, upscaled: undefined, ppv: undefined, adult: undefined, trash: undefined,
    scene: undefined, regraded: undefined,
  }, parsed);
}

type AllFields = { readonly [K in keyof ParsedResult]-?: ParsedResult[K] | undefined } &
  Readonly<Record<ReleaseFlag, boolean | undefined>>;

function flagsOf(parsed: AllFields): Set<ReleaseFlag> {
  const flags = new Set<ReleaseFlag>();
  for (const flag of RELEASE_FLAGS) if (parsed[flag] === true) flags.add(flag);
  return flags;
}

function languagesOf(names: readonly string[] = NONE): readonly string[] {
  if (names.length === 0) return NONE;
  return names.filter((name) => !LANGUAGE_FLAGS.has(name)).map((name) => LANGUAGE_CODES.get(name) ?? name);
}

function languageFlagsOf(names: readonly string[] = NONE): readonly string[] {
  if (names.length === 0) return NONE;
  return names.flatMap((name) => LANGUAGE_FLAGS.get(name) ?? []);
}

/** The file's own type; `MPEG` in a title is a codec. */
function containerOf(found: string | undefined, extension: string | undefined): string | undefined {
  return extension !== undefined && (found === undefined || found === 'mpeg') ? extension : found;
}

function bitrateOf(lower: string): string | undefined {
  if (!lower.includes('bps')) return undefined;
  const [, number, unit = ''] = /\b(\d{2,5}) ?(kbps|mbps)\b/.exec(lower) ?? [];
  return number === undefined ? undefined : `${number}${unit}`;
}

function translated(name: string | undefined, names: ReadonlyMap<string, string>): string | undefined {
  return name === undefined ? undefined : (names.get(name) ?? name);
}

function translatedAll(found: readonly string[] | undefined, names: ReadonlyMap<string, string>): readonly string[] {
  if (found === undefined) return NONE;
  return [...new Set(found.map((name) => names.get(name) ?? name))];
}
