/** One line of an import: a stream, what it plays, and of which title. Nothing of it is trusted. */
import type { ListedFile } from '../file-choice/listed-file.ts';
import type { ReleaseCodes } from '../release-title/codes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import type { ReleaseFacts } from '../stream/release-row.ts';
import { EVERY_SEASON, LAST_EPISODE, type Placement } from '../title-match/title-facts.ts';
import { parseInfohash } from '../torrent/infohash.ts';
import { parseMagnet, type Magnet } from '../torrent/magnet.ts';
import { publicTrackers } from '../torrent/trackers.ts';
import { STREAM_KINDS, type StreamKind } from '../vocabulary.ts';
import { readAttributes } from './attributes.ts';
import { badLine, LineFields } from './line-fields.ts';
import { locatorOf } from './locator.ts';
import { readTitle, type LineTitle } from './title-line.ts';

export interface LineFile extends ListedFile {
  /** Position among all files of the torrent. */
  readonly index: number;
  /** What the line says that it plays; undefined: its name says it. */
  readonly part: Placement | undefined;
}

/** What is known of a stream, before anybody has looked at what it plays. */
export interface LineStream extends ReleaseFacts {
  /** Undefined: as the name says. */
  readonly codes: ReleaseCodes | undefined;
  readonly group: string | undefined;
  readonly files: readonly LineFile[];
  /** What the whole of it plays; undefined: its name and its files say it. */
  readonly part: Placement | undefined;
}

export interface StreamLine {
  readonly stream: LineStream;
  readonly title: LineTitle;
}

const NAME_CHARS_MAX = 1000;
const SHORT_CHARS_MAX = 200;
const PATH_CHARS_MAX = 1000;
const FILES_MAX = 5000;
const TRACKERS = { countMax: 500, charsMax: 2000 };
const BYTES = { min: 0, max: 2 ** 50, fallback: 0 };
const SEASON_MAX = 9999;
const SEEDERS = { min: -1, max: 10_000_000, fallback: -1 };

/** Whether the line is about a title alone: another reader's. */
export function isTitleLine(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && value['kind'] === 'title';
}

/** @throws AppError `import.bad-line` saying what is wrong and what is accepted */
export function readStreamLine(value: JsonValue): StreamLine {
  if (!isJsonObject(value)) return badLine('it is no JSON object');
  const fields = new LineFields(value);
  const title = fields.object('title');
  if (title === undefined) return fields.fail('title', 'an object with type, and a name or an id');
  return { stream: readStream(fields), title: readTitle(title) };
}

/** @throws AppError `import.bad-line` */
function readStream(fields: LineFields): LineStream {
  const kind = fields.name(STREAM_KINDS, 'kind') ?? impliedKind(fields);
  const magnet = readMagnet(fields);
  const infohash = kind === 'torrent' ? readInfohash(fields, magnet) : null;
  const locator = kind === 'torrent' ? '' : locatorOf(kind, fields);
  const name = fields.text(NAME_CHARS_MAX, 'name') || (magnet?.name ?? '');
  const isPrivate = fields.flag('private');
  const files = fields.objects(FILES_MAX, 'files').map(readFile);
  return {
    kind,
    infohash,
    locator,
    name,
    origin: fields.text(SHORT_CHARS_MAX, 'source') || 'import',
    uploader: fields.text(SHORT_CHARS_MAX, 'uploader'),
    sizeBytes: fields.integer(BYTES, 'size', 'sizeBytes') || sizeOf(magnet, files),
    seeders: fields.integer(SEEDERS, 'seeders'),
    addedAtS: readTime(fields),
    // The addresses of private torrents hold the passkey of whoever has the file.
    trackers: isPrivate ? [] : readTrackers(fields, magnet),
    isPrivate,
    fileIndex: -1,
    filename: '',
    fileSizeBytes: 0,
    codes: readAttributes(fields.object('attributes')),
    group: fields.has('group') ? fields.text(SHORT_CHARS_MAX, 'group') : undefined,
    files,
    part: readPart(fields),
  };
}

/** Lines with an infohash or a magnet link need not say that they are torrents. */
function impliedKind(fields: LineFields): StreamKind {
  const isTorrent = fields.has('infoHash', 'infohash', 'info_hash', 'magnet');
  return isTorrent ? 'torrent' : fields.fail('kind', `one of ${STREAM_KINDS.join(', ')}`);
}

function readMagnet(fields: LineFields): Magnet | null {
  const link = fields.text(32_768, 'magnet');
  if (link === '') return null;
  return parseMagnet(link) ?? fields.fail('magnet', 'a magnet link of a torrent');
}

function readInfohash(fields: LineFields, magnet: Magnet | null): string {
  const text = fields.text(SHORT_CHARS_MAX, 'infoHash', 'infohash', 'info_hash');
  const given = text === '' ? (magnet?.infohash ?? null) : parseInfohash(text);
  return given ?? fields.fail('infoHash', '40 hexadecimal or 32 base32 digits, not all zero');
}

function readTrackers(fields: LineFields, magnet: Magnet | null): readonly string[] {
  return publicTrackers([...fields.texts(TRACKERS, 'trackers'), ...(magnet?.trackers ?? [])]);
}

function sizeOf(magnet: Magnet | null, files: readonly LineFile[]): number {
  const listed = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return listed || (magnet?.sizeBytes ?? 0);
}

/** Epoch seconds, or a date as ISO writes it. */
function readTime(fields: LineFields): number {
  const text = fields.text(SHORT_CHARS_MAX, 'addedAt', 'added_at');
  if (text === '') return 0;
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000);
  return seconds >= 0 ? seconds : fields.fail('addedAt', 'an ISO date or seconds since 1970');
}

/** Whoever joins a path to a folder stays below it. Of some files only the place among the others is known. */
function readFile(fields: LineFields, position: number): LineFile {
  const given = fields.text(PATH_CHARS_MAX, 'path', 'name', 'filename');
  const path = given
    .split(/[/\\]/)
    .filter((part) => !/^\.{0,2}$/.test(part))
    .join('/');
  const isKnown = path !== '' || (given === '' && fields.has('index'));
  return {
    path: isKnown ? path : fields.fail('path', 'the path of a file'),
    sizeBytes: fields.integer(BYTES, 'size', 'sizeBytes', 'length'),
    index: fields.integer({ min: -1, max: 1_000_000, fallback: position }, 'index'),
    part: readPart(fields),
  };
}

/** Undefined when it says none: `{"season":1,"episode":2,"episodeTo":4}`, `{"season":1}`, `{"season":"all"}`. */
export function readPart(fields: LineFields): Placement | undefined {
  const hasEpisode = fields.has('episode');
  if (!fields.has('season') && !hasEpisode) return undefined;
  if (fields.text(SHORT_CHARS_MAX, 'season') === 'all')
    return { season: EVERY_SEASON, episodeFrom: 0, episodeTo: LAST_EPISODE };
  const season = fields.integer({ min: 0, max: SEASON_MAX, fallback: 1 }, 'season');
  if (!hasEpisode) return { season, episodeFrom: 0, episodeTo: LAST_EPISODE };
  const number = { min: 0, max: LAST_EPISODE - 1, fallback: 0 };
  const episodeFrom = fields.integer(number, 'episode');
  const last = { min: episodeFrom, max: LAST_EPISODE, fallback: episodeFrom };
  return { season, episodeFrom, episodeTo: fields.integer(last, 'episodeTo') };
}
