/** The text of a guide file, whatever it is compressed and encoded with, piece by piece. */
import { pipeline, Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';
import { AppError } from '../errors.ts';
import { badGuide } from './reader.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** Uncompressed. */
const GUIDE_BYTES_MAX = 8 * 2 ** 30;
/** An XML declaration is within it. */
const HEAD_BYTES = 512;
/** A thousand times as much comes out of a piece of a zip at most. */
const ZIP_PIECE_BYTES = 16 * 1024;
const GUIDE_NAME = /\.(?:xml|xmltv)$/i;
const DECLARED = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/;
const MARKS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/** Unpacks xz, which takes a program of the machine. @param failure what to throw, with the reason in words */
export type Unxz = (chunks: Chunks, failure: (reason: string) => Error) => Chunks;

/** @throws AppError `guide.bad-file` for what cannot be unpacked or decoded, and what is too large */
export async function* guideText(
  chunks: Chunks,
  unxz: Unxz,
): AsyncGenerator<string, void, undefined> {
  const [head, all] = await peek(chunks);
  const [plainHead, plain] = await peek(bounded(unpacked(head, all, unxz)));
  const decoder = decoderOf(plainHead);
  for await (const chunk of plain) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** The first bytes, and everything with them. */
async function peek(chunks: Chunks): Promise<[Uint8Array, Chunks]> {
  const pieces = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await pieces.next();
    if (next.done === true) break;
    first.push(next.value);
    bytes += next.value.byteLength;
  }
  const all = async function* () {
    try {
      yield* first;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
        yield next.value;
    } finally {
      await pieces.return?.();
    }
  };
  return [Buffer.concat(first).subarray(0, HEAD_BYTES), all()];
}

function unpacked(head: Uint8Array, chunks: Chunks, unxz: Unxz): Chunks {
  const kind = MARKS.find(([, mark]) => mark.every((byte, at) => head[at] === byte))?.[0];
  if (kind === undefined) return chunks;
  if (kind === 'gzip') return gunzipped(chunks);
  if (kind === 'zip') return unzipped(chunks);
  if (kind === 'xz') return unxz(chunks, badGuide);
  throw badGuide(`it is packed with ${kind}; expected plain XML, gzip, zip or xz`);
}

async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const plain = createGunzip({ chunkSize: 256 * 1024 });
  // The loop below hears of every failure.
  pipeline(Readable.from(chunks), plain, () => undefined);
  try {
    for await (const chunk of plain as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw badGuide(code === 'Z_BUF_ERROR' ? 'its gzip is cut off' : 'its gzip is broken');
  }
}

/** The first file that is called a guide. */
async function* unzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const state = { isFound: false, isWhole: false };
  const unzip = new Unzip((file) => {
    if (state.isFound || !GUIDE_NAME.test(file.name)) return;
    state.isFound = true;
    file.ondata = (error, chunk, isLast) => {
      if (error !== null) throw badGuide('its zip is broken');
      if (chunk.byteLength > 0) ready.push(chunk);
      if (isLast) state.isWhole = true;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength && !state.isWhole; at += ZIP_PIECE_BYTES) {
      push(unzip, chunk.subarray(at, at + ZIP_PIECE_BYTES));
      yield* ready.splice(0);
    }
    if (state.isWhole) return;
  }
  throw badGuide(state.isFound ? 'its zip is cut off' : 'its zip holds no .xml file');
}

function push(unzip: Unzip, piece: Uint8Array): void {
  try {
    unzip.push(piece);
  } catch (error) {
    throw error instanceof AppError ? error : badGuide('its zip is broken');
  }
}

async function* bounded(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > GUIDE_BYTES_MAX) throw badGuide(`it is larger than ${GUIDE_BYTES_MAX} bytes`);
    yield chunk;
  }
}

/** By its byte order mark, or as it declares; UTF-8 otherwise. */
function decoderOf(head: Uint8Array): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  const declared = DECLARED.exec(Buffer.from(head).toString('latin1').replace(/^ï»¿/, ''))?.[1];
  const label = declared ?? 'utf-8';
  try {
    // Whoever declares UTF-16 in single bytes means something else.
    return new TextDecoder(/^utf-?16/i.test(label) ? 'utf-8' : label);
  } catch {
    throw badGuide(`its encoding is ${JSON.stringify(label)}, which is not known`);
  }
}
