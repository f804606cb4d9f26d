/**
 * Rows of other add-ons' stream lists, read back into what they show: Torrentio, Comet, MediaFusion, Peerflix, Orion and
 * whoever writes like them. A row counts when it names a torrent by its hash, or a video that belongs to nobody.
 */
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import { countOf, textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import { sizeBytesOf } from '../../../lib/release-title/size.ts';
import { parseInfohash } from '../../../lib/torrent/infohash.ts';
import { publicTrackers } from '../../../lib/torrent/trackers.ts';
import type { FoundRelease } from '../contract.ts';
import { openVideo, videoHash, videoLocation } from './addon-links.ts';
import { httpRelease, torrentRelease } from './release.ts';

export interface RowOrigin {
  /** Whose rows they are, where a row names no other. */
  readonly name: string;
  /** Address of the add-on, without `/manifest.json`. */
  readonly base: string;
}

const LINES_MAX = 30;
const LINE_CHARS_MAX = 500;
/** Of clients: a larger one is not played. */
const FILE_INDEX_MAX = 65_535;
/** Signs of an error told in a row. */
const ALARM = /[⚠❌🚫⛔🛑🔒]/u;
/** Where a line of facts begins: no release title has such signs. */
const FACT = /[👤👥🌱💾📦⚙🔎🔗🌐☁💿🎞🎨🎵🎥🔊👂🏷📺🗣⏱📅]/u;
/** Before names: a folder, a page, a clapper. */
const NAME_SIGN = /^(?:[📁📂📄🎬🎫🍿📝🗂]\uFE0F?|\s)+/u;
const SEEDERS = /[👤👥🌱]\uFE0F?\s*(\d{1,9})/u;
const SIZE = String.raw`([\d.,]{1,12}\s?[KMGT]i?B)`;
/** Of the file, and of the whole torrent after a slash. */
const SIZES = new RegExp(String.raw`[💾📦]\uFE0F?\s*${SIZE}(?:\s*/\s*${SIZE})?`, 'iu');
/** Where the add-on found it; the globe stands before languages elsewhere. */
const SITES = [
  /⚙\uFE0F?\s*(.+)/u,
  /🔎\s*(.+)/u,
  /🔗\s*(.+)/u,
  /☁\uFE0F?\s*(.+)/u,
  /👤.*🌐\s*(.+)/u,
];
const VIDEO_FILE = /\.(?:mkv|mp4|m4v|avi|mov|webm|ts|m2ts|wmv|mpg|mpeg|flv|ogv)$/i;

/** What the rows of an answer name, each row for itself: one that cannot be read is left out. */
export function releasesOfRows(
  rows: readonly JsonObject[],
  origin: RowOrigin,
): readonly FoundRelease[] {
  return rows.map((row) => releaseOfRow(row, origin)).filter((release) => release !== null);
}

/** Null for errors, notices, links to pages, and videos behind somebody's account. */
export function releaseOfRow(row: JsonObject, origin: RowOrigin): FoundRelease | null {
  const url = textOf(row['url']);
  const hints = isJsonObject(row['behaviorHints']) ? row['behaviorHints'] : {};
  const infohash = parseInfohash(textOf(row['infoHash'])) ?? videoHash(url, origin.base);
  const lines = linesOf(row);
  const facts = factsOf(lines);
  const file = fileOf(row, hints, url, lines);
  const name = nameOf(lines) || file.filename;
  if (name === '') return null;
  const fileSizeBytes = countOf(hints['videoSize']) || facts.statedBytes;
  const common = {
    name,
    origin: facts.site || origin.name,
    filename: file.filename,
    fileSizeBytes,
    // A pack's stated size is that of its file, unless both are stated.
    sizeBytes: facts.statedTotalBytes || (isPack(name, file.filename) ? 0 : fileSizeBytes),
    isVouchedFor: true,
  };
  if (infohash !== null) {
    const { seeders } = facts;
    const { fileIndex } = file;
    return torrentRelease({ ...common, infohash, seeders, fileIndex, trackers: trackersOf(row) });
  }
  if (ALARM.test(textOf(row['name'])) || lines.some((line) => ALARM.test(line))) return null;
  const locator = isJsonObject(hints['proxyHeaders']) ? null : openVideo(url, origin.base);
  return locator === null ? null : httpRelease({ ...common, locator });
}

/** `description` has taken the place of `title`; older add-ons write `title`. */
function linesOf(row: JsonObject): readonly string[] {
  const text = textOf(row['description']) || textOf(row['title']);
  return text
    .slice(0, LINES_MAX * LINE_CHARS_MAX)
    .split('\n', LINES_MAX)
    .map((line) => foldControlCharacters(line).slice(0, LINE_CHARS_MAX))
    .filter((line) => line !== '');
}

/** Lines before the first that states facts: the torrent's name, and in packs the file's path. */
function nameLines(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => FACT.test(line.replace(NAME_SIGN, '')));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(NAME_SIGN, '').trim())
    .filter((line) => line !== '');
}

function nameOf(lines: readonly string[]): string {
  return nameLines(lines)[0] ?? '';
}

interface Facts {
  readonly seeders: number;
  readonly statedBytes: number;
  readonly statedTotalBytes: number;
  readonly site: string;
}

function factsOf(lines: readonly string[]): Facts {
  const facts = lines.filter((line) => FACT.test(line));
  const seeders = firstMatch(facts, SEEDERS)?.[1];
  const [, size, total] = firstMatch(facts, SIZES) ?? [];
  const site = SITES.map((pattern) => firstMatch(facts, pattern)?.[1]).find(Boolean) ?? '';
  return {
    seeders: seeders === undefined ? -1 : Number(seeders),
    statedBytes: sizeBytesOf(size) ?? 0,
    statedTotalBytes: sizeBytesOf(total) ?? 0,
    // Further facts may follow on the same line.
    site: site.split(FACT, 1)[0]?.trim() ?? '',
  };
}

function firstMatch(lines: readonly string[], pattern: RegExp): RegExpExecArray | null {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
}

interface PlayedFile {
  readonly filename: string;
  readonly fileIndex: number;
}

/** The file that plays: as hints name it, else the path in the text, else the end of the address. */
function fileOf(
  row: JsonObject,
  hints: JsonObject,
  url: string,
  lines: readonly string[],
): PlayedFile {
  const location = videoLocation(url);
  const hinted = foldControlCharacters(textOf(hints['filename'])).slice(0, LINE_CHARS_MAX);
  const inText = nameLines(lines)
    .map((line) => line.split('/').at(-1) ?? '')
    .findLast((line) => VIDEO_FILE.test(line));
  const index = countOf(row['fileIdx']) ?? location.fileIndex;
  return {
    filename: hinted || (inText ?? location.filename),
    fileIndex: index <= FILE_INDEX_MAX ? index : -1,
  };
}

/** Whether the file is one of several, as far as names tell. */
function isPack(name: string, filename: string): boolean {
  const stem = (text: string) => text.replace(VIDEO_FILE, '');
  return filename !== '' && stem(filename) !== stem(name);
}

const TRACKER = 'tracker:';

function trackersOf(row: JsonObject): readonly string[] {
  const sources = row['sources'];
  if (!Array.isArray(sources)) return [];
  return publicTrackers(
    (sources as readonly JsonValue[])
      .map(textOf)
      .filter((source) => source.startsWith(TRACKER))
      .map((source) => source.slice(TRACKER.length)),
  );
}
