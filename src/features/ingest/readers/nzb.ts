/** What an NZB says of the post that it leads to. */
import { SaxesParser } from 'saxes';
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import { AppError } from '../../../lib/errors.ts';
import type { LineFile, LineStream } from '../../../lib/import-line/stream-line.ts';
import { UNKNOWN_STREAM } from './unknown-stream.ts';

export const NZB_BYTES_MAX = 50 * 2 ** 20;
const FILES_MAX = 20_000;
const NAME_CHARS_MAX = 300;
/** `"name.mkv" yEnc (1/10)`: what posters call their files. */
const QUOTED_NAME = /"([^"]{1,300})"/;
const VOLUME = /\.(?:par2|nfo|sfv|nzb|srr)$|\.vol\d+\+\d+/i;
const ARCHIVE_PART = /\.(?:part\d+\.rar|r\d{2,3}|rar|7z|zip|\d{3})$/i;
const EXTENSION = /\.\w{2,4}$/;

/**
 * @param url where it can be had again: what plays it needs it
 * @param filename what it was called, for a post without a name of its own
 * @throws AppError `import.bad-line` for what is no NZB
 */
export function nzbStream(bytes: Uint8Array, url: string, filename: string): LineStream {
  const post = readNzb(bytes);
  const name = post.name || filename.replace(/\.nzb$/i, '');
  return {
    ...UNKNOWN_STREAM,
    kind: 'usenet',
    locator: url,
    name,
    sizeBytes: post.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    addedAtS: post.dateS,
    files: post.files.filter(({ path }) => !ARCHIVE_PART.test(path)),
  };
}

interface Post {
  readonly name: string;
  readonly dateS: number;
  readonly files: readonly LineFile[];
}

/** The open file while its segments are read. */
interface OpenFile {
  readonly path: string;
  sizeBytes: number;
}

function readNzb(bytes: Uint8Array): Post {
  if (bytes.byteLength > NZB_BYTES_MAX) throw bad(`it is larger than ${NZB_BYTES_MAX} bytes`);
  const parser = new SaxesParser();
  const files: LineFile[] = [];
  const facts = { title: '', dateS: 0, isNzb: false, isTitle: false };
  let file: OpenFile = { path: '', sizeBytes: 0 };
  parser.on('error', (error) => {
    throw bad(error.message.split('\n')[0] ?? 'it is broken');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'nzb') facts.isNzb = true;
    else if (name === 'meta')
      facts.isTitle = attributes['type'] === 'title' || attributes['type'] === 'name';
    else if (name === 'segment') file.sizeBytes += sizeOf(attributes['bytes']);
    else if (name === 'file') {
      file = { path: pathOf(attributes['subject'] ?? ''), sizeBytes: 0 };
      facts.dateS ||= sizeOf(attributes['date']);
    }
  });
  parser.on('text', (text) => {
    if (facts.isTitle) facts.title ||= foldControlCharacters(text).slice(0, NAME_CHARS_MAX);
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'meta') facts.isTitle = false;
    if (name !== 'file' || file.path === '' || VOLUME.test(file.path)) return;
    if (files.length >= FILES_MAX) throw bad(`it has more than ${FILES_MAX} files`);
    files.push({ ...file, index: files.length, part: undefined });
  });
  parser.write(new TextDecoder().decode(bytes)).close();
  if (!facts.isNzb || files.length === 0) throw bad('it lists no files');
  return { name: facts.title || nameOf(files), dateS: facts.dateS, files };
}

function pathOf(subject: string): string {
  const name = QUOTED_NAME.exec(subject)?.[1] ?? '';
  return foldControlCharacters(name).replaceAll(/[/\\]/g, '_').slice(0, NAME_CHARS_MAX);
}

/** That of its largest file. */
function nameOf(files: readonly LineFile[]): string {
  const [largest] = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  return (largest?.path ?? '').replace(ARCHIVE_PART, '').replace(EXTENSION, '');
}

function sizeOf(digits: string | undefined): number {
  return /^\d{1,12}$/.test(digits ?? '') ? Number(digits) : 0;
}

function bad(why: string): AppError {
  return new AppError('import.bad-line', `not a usable NZB: ${why}`);
}
