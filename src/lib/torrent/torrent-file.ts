/** What a `.torrent` file says: versions 1 and 2 and both in one (BEP 3, 12, 27, 47, 52). */
import { createHash } from 'node:crypto';
import { foldControlCharacters } from '../control-characters.ts';
import { AppError } from '../errors.ts';
import { BencodeCursor, BencodeError } from './bencode.ts';
import { isPaddingPath } from './padding.ts';
import { publicTrackers } from './trackers.ts';

export interface TorrentFile {
  /**
   * Position among all files, padding counted, as parse-torrent, libtorrent and thereby Stremio count; qBittorrent and anacrolix
   * leave padding out, and version 2 alone has none. Path and size name a file for every program.
   */
  readonly index: number;
  /** Below the torrent's name; parts joined by `/`. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Torrent {
  /** 40 lower-case hexadecimal digits; null for torrents of version 2 alone. */
  readonly infohash: string | null;
  /** 64 lower-case hexadecimal digits; null for torrents of version 1 alone. */
  readonly infohashV2: string | null;
  /** One line. */
  readonly name: string;
  readonly isPrivate: boolean;
  /** Without padding; in the order of the torrent. */
  readonly files: readonly TorrentFile[];
  /** Of these files. */
  readonly sizeBytes: number;
  /** None of private torrents: their addresses hold the passkey of whoever downloaded the file. */
  readonly trackers: readonly string[];
}

export const TORRENT_BYTES_MAX = 10 * 2 ** 20;
const FILES_MAX = 50_000;
const ANNOUNCE_MAX = 500;
/** As file systems have it; a longer one is cut. */
const NAME_CHARS_MAX = 255;

/**
 * Reads a file of at most 10 MiB.
 * @throws AppError `torrent.bad-file` saying what is wrong with it
 */
export function readTorrent(bytes: Uint8Array): Torrent {
  if (bytes.byteLength > TORRENT_BYTES_MAX)
    throw badFile(`it is larger than ${TORRENT_BYTES_MAX} bytes`);
  try {
    return torrentOf(bytes);
  } catch (error) {
    throw error instanceof BencodeError ? badFile(error.message) : error;
  }
}

function badFile(why: string): AppError {
  return new AppError('torrent.bad-file', `not a usable .torrent file: ${why}`);
}

function torrentOf(bytes: Uint8Array): Torrent {
  const cursor = new BencodeCursor(bytes);
  const announced: string[] = [];
  let info: Info | undefined;
  let raw: Uint8Array | undefined;
  cursor.dictionary((key) => {
    if (key === 'info' && info === undefined) {
      const start = cursor.position;
      info = readInfo(cursor);
      raw = bytes.subarray(start, cursor.position);
    } else if (key === 'announce') announced.unshift(text(cursor.bytes()));
    else if (key === 'announce-list') readAnnounceList(cursor, announced);
  });
  if (info === undefined || raw === undefined) throw badFile('it has no `info`');
  const { hasV1, hasV2, name, isPrivate } = info;
  if (!hasV1 && !hasV2) throw badFile('`info` has neither `pieces` nor a `file tree`');
  // A file of both versions lists its files twice; the list of version 1 has the padding that indexes count.
  const all = hasV1 ? info.files : info.tree;
  const files = all
    .filter(({ isPadding }) => !isPadding)
    .map(({ index, path, sizeBytes }) => ({ index, path, sizeBytes }));
  return {
    infohash: hasV1 ? createHash('sha1').update(raw).digest('hex') : null,
    infohashV2: hasV2 ? createHash('sha256').update(raw).digest('hex') : null,
    name,
    isPrivate,
    files,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    trackers: isPrivate ? [] : publicTrackers(announced),
  };
}

function readAnnounceList(cursor: BencodeCursor, announced: string[]): void {
  cursor.list(() =>
    cursor.list(() => {
      if (announced.length < ANNOUNCE_MAX) announced.push(text(cursor.bytes()));
    }),
  );
}

interface ListedFile extends TorrentFile {
  readonly isPadding: boolean;
}

interface Info {
  readonly hasV1: boolean;
  readonly hasV2: boolean;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly files: readonly ListedFile[];
  readonly tree: readonly ListedFile[];
}

function readInfo(cursor: BencodeCursor): Info {
  const files: ListedFile[] = [];
  const tree: ListedFile[] = [];
  const names = { plain: '', utf8: '' };
  let hasPieces = false;
  let metaVersion = 1;
  let isPrivate = false;
  let singleBytes: number | undefined;
  cursor.dictionary((key) => {
    if (key === 'name') names.plain ||= text(cursor.bytes());
    else if (key === 'name.utf-8') names.utf8 ||= text(cursor.bytes());
    else if (key === 'pieces') hasPieces = cursor.bytes() !== undefined;
    else if (key === 'meta version') metaVersion = cursor.integer() ?? 1;
    else if (key === 'private') isPrivate = cursor.integer() === 1;
    else if (key === 'length') singleBytes = sizeOf(cursor.integer());
    else if (key === 'files') cursor.list(() => files.push(readFile(cursor, files.length)));
    else if (key === 'file tree') readTree(cursor, '', tree);
  });
  // Named after its only file: a name in another encoding than UTF-8 has a second key.
  const name = (names.utf8 || names.plain).slice(0, NAME_CHARS_MAX);
  if (singleBytes !== undefined && files.length === 0)
    files.push({ index: 0, path: name, sizeBytes: singleBytes, isPadding: false });
  const hasV2 = metaVersion === 2 && tree.length > 0;
  return { hasV1: hasPieces && files.length > 0, hasV2, name, isPrivate, files, tree };
}

function readFile(cursor: BencodeCursor, index: number): ListedFile {
  if (index >= FILES_MAX) throw badFile(`it has more than ${FILES_MAX} files`);
  const paths = { plain: '', utf8: '' };
  let sizeBytes = 0;
  let attributes = '';
  cursor.dictionary((key) => {
    if (key === 'length') sizeBytes = sizeOf(cursor.integer());
    else if (key === 'path') paths.plain = readPath(cursor);
    else if (key === 'path.utf-8') paths.utf8 = readPath(cursor);
    else if (key === 'attr') attributes = text(cursor.bytes());
  });
  const path = paths.utf8 || paths.plain;
  return { index, path, sizeBytes, isPadding: attributes.includes('p') || isPaddingPath(path) };
}

function readPath(cursor: BencodeCursor): string {
  const parts: string[] = [];
  cursor.list(() => parts.push(pathPart(text(cursor.bytes()))));
  return parts.filter(Boolean).join('/');
}

/** A file is a dictionary below an empty name; everything else is a folder (BEP 52). The cursor bounds the depth. */
function readTree(cursor: BencodeCursor, path: string, files: ListedFile[]): void {
  cursor.dictionary((key) => {
    if (key !== '') {
      const part = pathPart(text(Buffer.from(key, 'latin1')));
      readTree(cursor, path === '' ? part : `${path}/${part}`, files);
      return;
    }
    if (files.length >= FILES_MAX) throw badFile(`it has more than ${FILES_MAX} files`);
    let sizeBytes = 0;
    cursor.dictionary((field) => {
      if (field === 'length') sizeBytes = sizeOf(cursor.integer());
    });
    files.push({ index: files.length, path, sizeBytes, isPadding: false });
  });
}

function sizeOf(length: number | undefined): number {
  return length === undefined || length < 0 ? 0 : length;
}

/** Whoever joins a path to a folder of theirs stays below it. */
function pathPart(part: string): string {
  return /^\.{0,2}$/.test(part) ? '' : part.slice(0, NAME_CHARS_MAX).replaceAll(/[/\\]/g, '_');
}

const UTF8 = new TextDecoder();

/** One line; bytes that are not UTF-8 become U+FFFD. */
function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : foldControlCharacters(UTF8.decode(bytes));
}
