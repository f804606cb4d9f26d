/** Files of folders as players read them: by a token that nobody can guess, any part of them, nothing outside of the folder. */
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { boundsFor, RANGE_HEADERS } from '../../http/byte-range.ts';
import type { BodySource, Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { FolderStore, ServedFile } from './store.ts';
import { isShare } from './walk.ts';

const TIMEOUT_MS = 15_000;
const CHUNK_BYTES = 256 * 1024;
const CACHE_CONTROL = 'private, max-age=0';
const TOKEN = /^[\w-]{22}$/;
const TYPES: Readonly<Record<string, string>> = {
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  mov: 'video/quicktime',
  ts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  ogv: 'video/ogg',
};

export function servedFilesRoute(store: Pick<FolderStore, 'served'>): Route {
  return {
    pattern: '/files/:token/:name',
    name: 'folder-file',
    access: 'open',
    traffic: 'playback',
    cachePolicy: CACHE_CONTROL,
    timeoutMs: TIMEOUT_MS,
    requestHeaders: RANGE_HEADERS,
    handler: async (request) => {
      const [token = ''] = request.parameters;
      const served = TOKEN.test(token) ? await store.served(token, request.signal) : null;
      if (served === null || isShare(served.root)) throw gone();
      return fileReply(request, served);
    },
  };
}

async function fileReply(request: Request, served: ServedFile): Promise<Reply> {
  const file = await open(await pathWithin(served)).catch(() => null);
  if (file === null) throw gone();
  try {
    const { size, mtimeMs } = await file.stat();
    const etag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`;
    const bounds = boundsFor(request, size, etag);
    const { first, last } = bounds ?? { first: 0, last: size - 1 };
    if (first > last && bounds !== null) {
      await file.close();
      const headers = ['Content-Range', `bytes */${size}`];
      return { status: 416, representation: null, headers };
    }
    const ranged = bounds === null ? [] : ['Content-Range', `bytes ${first}-${last}/${size}`];
    return {
      status: bounds === null ? 200 : 206,
      representation: null,
      stream: partOf(file, { first, last, etag, path: served.path }),
      headers: ['Accept-Ranges', 'bytes', ...ranged],
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Links may have been put into the folder since the scan. */
async function pathWithin({ root, path }: ServedFile): Promise<string> {
  const [folder, file] = await Promise.all([
    realpath(root).catch(() => ''),
    realpath(join(root, path)).catch(() => ''),
  ]);
  const isWithin = file !== '' && file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (folder === '' || !isWithin) throw gone();
  return file;
}

interface Part {
  readonly first: number;
  readonly last: number;
  readonly etag: string;
  readonly path: string;
}

function partOf(file: FileHandle, { first, last, etag, path }: Part): BodySource {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return {
    contentType: TYPES[ending] ?? 'video/mp4',
    cacheControl: CACHE_CONTROL,
    bodyBytes: last - first + 1,
    etag,
    open: () => chunks(file, first, last),
    drop: () => void file.close(),
  };
}

async function* chunks(file: FileHandle, first: number, last: number): AsyncGenerator<Uint8Array> {
  try {
    for (let at = first; at <= last;) {
      const length = Math.min(CHUNK_BYTES, last - at + 1);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
      // It became shorter: the reader sees that the body is.
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function gone(): AppError {
  return new AppError('folder.not-found', 'this file is not there, or not any more');
}
