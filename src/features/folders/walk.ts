/** Videos of a folder of this machine, or of a WebDAV share, at any depth. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { forEachOf } from '../../lib/async/for-each-of.ts';
import { AppError } from '../../lib/errors.ts';
import { isPlayable } from '../../lib/file-choice/playable-files.ts';
import { childrenOf } from '../../lib/webdav/folder.ts';
import { readMultistatus } from '../../lib/webdav/multistatus.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';

export interface FoundVideo {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Another one when the file is another one. */
  readonly version: string;
  /** Address of WebDAV; empty for files of this machine. */
  readonly url: string;
}

export interface FolderPlace {
  /** A path, or the address of a share without its login. */
  readonly root: string;
  /** `name:password` of a share; empty where it wants none. */
  readonly login: string;
}

const FILES_MAX = 500_000;
const DEPTH_MAX = 24;
const FOLDERS_AT_A_TIME = 8;
const LISTING_BYTES_MAX = 16 * 2 ** 20;
const TIMEOUT_MS = 30_000;

export function isShare(root: string): boolean {
  return /^https?:\/\//i.test(root);
}

/** @throws AppError `folder.unreadable` where the folder itself cannot be read: nothing is known then */
export async function videosOf(
  { root, login }: FolderPlace,
  fetcher: Fetcher,
  signal: CancelSignal,
): Promise<readonly FoundVideo[]> {
  const list = isShare(root) ? shareLister(root, login, fetcher, signal) : listFolder;
  const found: FoundVideo[] = [];
  let level: readonly Place[] = [{ path: '', address: isShare(root) ? withSlash(root) : root }];
  for (let depth = 0; depth <= DEPTH_MAX && level.length > 0; depth++) {
    const below: Place[] = [];
    await forEachOf(level, FOLDERS_AT_A_TIME, async (place) => {
      signal.throwIfAborted();
      const { folders, videos } = await list(place);
      below.push(...folders);
      found.push(...videos);
      if (found.length > FILES_MAX)
        throw new AppError('folder.unreadable', `it has more than ${FILES_MAX} videos`);
    });
    level = below;
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

interface Place {
  /** Below the root; empty or with a slash at its end. */
  readonly path: string;
  /** Where it can be listed. */
  readonly address: string;
}

interface Listing {
  readonly folders: readonly Place[];
  readonly videos: readonly FoundVideo[];
}

async function listFolder({ path, address }: Place): Promise<Listing> {
  const entries = await readdir(address, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  });
  const folders: Place[] = [];
  const videos: FoundVideo[] = [];
  for (const { name, ...entry } of entries.map((one) => kindOf(one))) {
    if (name.startsWith('.')) continue;
    const below = { path: `${path}${name}`, address: join(address, name) };
    if (entry.isFolder) folders.push({ ...below, path: `${below.path}/` });
    if (!entry.isFile || !isPlayable({ path: below.path, sizeBytes: 0 })) continue;
    const { size, mtimeMs } = await stat(below.address);
    const version = `${size} ${Math.trunc(mtimeMs)}`;
    videos.push({ path: below.path, sizeBytes: size, version, url: '' });
  }
  return { folders, videos };
}

/** Links are not followed: they may lead anywhere. */
function kindOf(entry: { name: string; isDirectory(): boolean; isFile(): boolean }) {
  return { name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() };
}

function shareLister(root: string, login: string, fetcher: Fetcher, signal: CancelSignal) {
  const { origin } = new URL(root);
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const headers = { depth: '1', ...(login !== '' && { authorization }) };
  return async ({ path, address }: Place): Promise<Listing> => {
    const answer = await fetcher.fetchBytes(address, {
      method: 'PROPFIND',
      headers,
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: LISTING_BYTES_MAX,
      route: { lane: 'shared', proxyUrl: null, trustedOrigins: [origin] },
    });
    const resources =
      answer.status === 207 ? readMultistatus(Buffer.from(answer.bytes).toString('utf8')) : null;
    if (resources === null) throw unreadable(path, `the share answers ${answer.status}`);
    const folders: Place[] = [];
    const videos: FoundVideo[] = [];
    for (const child of childrenOf(resources, new URL(answer.url).pathname)) {
      const { name, encodedName, isFolder, sizeBytes } = child;
      const below = `${path}${name}`;
      const childUrl = `${address}${encodedName}`;
      if (isFolder) folders.push({ path: `${below}/`, address: `${childUrl}/` });
      else if (isPlayable({ path: below, sizeBytes: 0 }))
        videos.push({
          path: below,
          sizeBytes: sizeBytes ?? 0,
          version: String(sizeBytes ?? ''),
          url: childUrl,
        });
    }
    return { folders, videos };
  };
}

function withSlash(address: string): string {
  return address.replace(/\/*$/, '/');
}

function unreadable(path: string, why: string): AppError {
  const where = path === '' ? 'the folder' : JSON.stringify(path);
  return new AppError('folder.unreadable', `${where} cannot be read: ${why}`);
}
