/** A list of channels as a file: downloaded whole before anything is read, so that one that breaks off changes nothing. */
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';

/** A million entries are 300 MB. */
const BODY_BYTES_MAX = 2 ** 30;
const TIMEOUT_MS = 10 * 60_000;
const READ_BYTES = 256 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

export interface PlaylistFile extends AsyncDisposable {
  readonly path: string;
}

/** @throws AppError `iptv.provider-refused` for an answer that is no list, `fetch.…` where none came */
export async function downloadPlaylist(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  url: string,
  signal: CancelSignal,
): Promise<PlaylistFile> {
  const { file, status } = await download(fetcher, url, signal);
  if (file === null) throw refusedWith(status);
  return file;
}

/** What servers answer for lists that they do not have. */
const ABSENT: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** The same for a list that need not be there: null without it. */
export async function downloadOptional(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  url: string,
  signal: CancelSignal,
): Promise<PlaylistFile | null> {
  const { file, status } = await download(fetcher, url, signal);
  if (file === null && !ABSENT.has(status)) throw refusedWith(status);
  return file;
}

/** `file` is null unless the status is that of an answer with content. */
async function download(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  url: string,
  signal: CancelSignal,
): Promise<{ readonly file: PlaylistFile | null; readonly status: number }> {
  const file = await temporaryFile();
  const descriptor = openSync(file.path, 'w');
  try {
    const { status } = await fetcher.fetchBytes(url, {
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      acceptsCompressed: true,
      onBody: (piece) => {
        writeSync(descriptor, piece);
      },
    });
    if (status >= 200 && status <= 299) return { file, status };
    await file[Symbol.asyncDispose]();
    return { file: null, status };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** What was handed in with a request. */
export async function keptPlaylist(bytes: Uint8Array): Promise<PlaylistFile> {
  const file = await temporaryFile();
  await writeFile(file.path, bytes);
  return file;
}

/** Its text, uncompressed, piece by piece. */
export async function* playlistText(path: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const piece of await plainBytes(path)) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function plainBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const isGzip = await startsWith(path, GZIP_MAGIC);
  const file: Readable = createReadStream(path, { highWaterMark: READ_BYTES });
  // Its reader hears of every failure.
  return isGzip ? pipeline(file, createGunzip(), () => undefined) : file;
}

async function startsWith(path: string, magic: Buffer): Promise<boolean> {
  const handle: FileHandle = await open(path, 'r');
  try {
    const start = Buffer.alloc(magic.length);
    await handle.read(start, 0, magic.length, 0);
    return start.equals(magic);
  } finally {
    await handle.close();
  }
}

async function temporaryFile(): Promise<PlaylistFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-iptv-'));
  return {
    path: join(folder, 'playlist'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: 'user name or password are wrong',
  403: 'the account is not allowed in, or has expired',
  404: 'there is nothing at this address',
  429: 'it is asked too often',
};

/** As a provider's status says it. */
function refusedWith(status: number): AppError {
  const meaning = MEANINGS[status];
  return new AppError(
    'iptv.provider-refused',
    `the provider answers with status ${status}${meaning === undefined ? '' : `: ${meaning}`}`,
  );
}
