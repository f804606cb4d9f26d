/** A WebDAV share that shows what a download client of the user's has fetched: files are looked for, and linked to. */
import type { AppError } from '../../lib/errors.ts';
import { childrenOf, encodePath, pathNames, type DavChild } from '../../lib/webdav/folder.ts';
import { readMultistatus } from '../../lib/webdav/multistatus.ts';
import type { Upstream, UpstreamAnswer } from '../../platform/upstream/upstream.ts';
import type { DebridCall, DirectLink } from './contract.ts';
import { debridFailure, type DebridErrorCode } from './failures.ts';

export interface ShareOptions {
  /** As users read it. */
  readonly name: string;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Where downloads are on the share; looked through in this order. */
  readonly folders: readonly string[];
  readonly upstream: Upstream;
}

/** A file or a folder of the share. */
export interface ShareEntry {
  /** Address without credentials; that of a folder ends with a slash. */
  readonly url: string;
  readonly isFolder: boolean;
  /** Null where the server does not say. */
  readonly sizeBytes: number | null;
}

export interface ShareFile extends ShareEntry {
  /** Below the folder that was looked through. */
  readonly path: string;
}

/** What is looked for, by where the client says that it is: the share shows an unknown part of that path. */
export interface SoughtPath {
  /** Folder that the client saves to, as the client's machine knows it. */
  readonly folder: string;
  /** Below it. */
  readonly path: string;
  /** Other endings that its name may have while it is incomplete. */
  readonly endings?: readonly string[];
  readonly accepts?: (entry: ShareEntry) => boolean;
}

type Listing = (url: string) => Promise<readonly DavChild[] | null>;

const TIMEOUT_MS = 15_000;
const LISTING_BYTES_MAX = 16 * 2 ** 20;
/** Of one search. */
const LISTINGS_MAX = 40;
const DEPTH_MAX = 5;
const FILES_MAX = 1000;

export class WebDavShare {
  readonly #options: ShareOptions;
  /** Without credentials, ends with a slash. */
  readonly #root: string;
  readonly #user: string;
  readonly #password: string;

  constructor(options: ShareOptions) {
    const url = new URL(options.url);
    this.#options = options;
    this.#user = options.user || plainText(url.username);
    this.#password = options.password || plainText(url.password);
    url.username = url.password = url.search = url.hash = '';
    this.#root = url.href.replace(/\/*$/, '/');
  }

  /** @throws AppError where the share cannot be listed: address, credentials, folder */
  async check(call: DebridCall): Promise<void> {
    const found = await Promise.all(this.#folders().map((url) => this.#list(url, call)));
    if (found.every((children) => children === null))
      throw this.#failure('debrid.share-failed', 'the folder is not there');
  }

  /** Null where it is nowhere on the share. */
  async find(sought: SoughtPath, call: DebridCall): Promise<ShareEntry | null> {
    const list = this.#listing(call);
    const names = [...pathNames(sought.folder), ...pathNames(sought.path)];
    for (const root of this.#folders()) {
      const children = (await list(root)) ?? [];
      const own = names.length - pathNames(sought.path).length;
      for (const start of [own, ...Array.from({ length: own }, (_, back) => own - 1 - back)]) {
        const rest = names.slice(start);
        if (!children.some((child) => isCalled(child, rest, sought))) continue;
        const entry = await this.#descend(root, rest, sought, list);
        if (entry !== null) return entry;
      }
    }
    return null;
  }

  /** All files of a folder and its folders, as far as the bounds allow. */
  async filesBelow(folder: ShareEntry, call: DebridCall): Promise<readonly ShareFile[]> {
    const list = this.#listing(call);
    const files: ShareFile[] = [];
    let level = [{ url: folder.url, path: '' }];
    for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth++) {
      const below: typeof level = [];
      for (const { url, path } of level) {
        for (const child of (await list(url)) ?? []) {
          const entry = { ...entryOf(url, child), path: `${path}${child.name}` };
          if (child.isFolder) below.push({ url: entry.url, path: `${entry.path}/` });
          else files.push(entry);
        }
      }
      level = below;
    }
    return files.slice(0, FILES_MAX);
  }

  /**
   * What the viewer's player opens. Credentials stand in it only where the file is not given without them: they are the
   * user's own, for the user's own server.
   */
  async link(url: string, call: DebridCall): Promise<DirectLink> {
    const plain = { url, expiresAtMs: null };
    if (this.#user === '' && this.#password === '') return plain;
    const { status } = await this.#ask('HEAD', url, {}, call);
    if (status >= 200 && status < 300) return plain;
    const open = new URL(url);
    open.username = encodeURIComponent(this.#user);
    open.password = encodeURIComponent(this.#password);
    return { url: open.href, expiresAtMs: null };
  }

  #folders(): readonly string[] {
    return this.#options.folders.map((folder) => {
      const path = encodePath(pathNames(folder)).slice(1);
      return path === '' ? this.#root : `${this.#root}${path}/`;
    });
  }

  async #descend(
    url: string,
    names: readonly string[],
    sought: SoughtPath,
    list: Listing,
  ): Promise<ShareEntry | null> {
    const children = (await list(url)) ?? [];
    for (const child of children.filter((one) => isCalled(one, names, sought))) {
      const entry = entryOf(url, child);
      const found =
        names.length > 1
          ? await this.#descend(entry.url, names.slice(1), sought, list)
          : (sought.accepts?.(entry) ?? true)
            ? entry
            : null;
      if (found !== null) return found;
    }
    return null;
  }

  /** Each folder is asked for once, and no more than so many of them. */
  #listing(call: DebridCall): Listing {
    const known = new Map<string, Promise<readonly DavChild[] | null>>();
    return (url) => {
      const listed = known.get(url);
      if (listed !== undefined) return listed;
      if (known.size >= LISTINGS_MAX) return Promise.resolve(null);
      const asked = this.#list(url, call);
      known.set(url, asked);
      return asked;
    };
  }

  /** Null where there is no such folder. */
  async #list(url: string, call: DebridCall): Promise<readonly DavChild[] | null> {
    const headers = { depth: '1', ...this.#authorization() };
    const answer = await this.#ask('PROPFIND', url, headers, call);
    if (answer.status === 404) return null;
    if (answer.status !== 207) throw this.#refusal(answer);
    const resources = readMultistatus(Buffer.from(answer.bytes).toString('utf8'));
    if (resources === null) throw this.#failure('debrid.bad-answer', 'no WebDAV listing');
    return childrenOf(resources, new URL(answer.url).pathname);
  }

  #ask(
    method: 'PROPFIND' | 'HEAD',
    url: string,
    headers: Readonly<Record<string, string>>,
    { signal }: DebridCall,
  ): Promise<UpstreamAnswer> {
    return this.#options.upstream.request({
      method,
      url,
      headers,
      signal,
      timeoutMs: TIMEOUT_MS,
      // What HEAD declares is the length of the film.
      bodyBytesMax: method === 'HEAD' ? Number.MAX_SAFE_INTEGER : LISTING_BYTES_MAX,
      retriesMax: 1,
    });
  }

  #authorization(): Readonly<Record<string, string>> {
    if (this.#user === '' && this.#password === '') return {};
    const login = Buffer.from(`${this.#user}:${this.#password}`).toString('base64');
    return { authorization: `Basic ${login}` };
  }

  #refusal({ status, contentType }: UpstreamAnswer): AppError {
    if (status === 401 || status === 403)
      return this.#failure('debrid.bad-login', `WebDAV, HTTP ${status}`);
    const isOther = status === 200 || status === 405 || status === 501;
    if (isOther && !contentType.startsWith('text/html'))
      return this.#failure('debrid.share-failed', `no WebDAV at this address, HTTP ${status}`);
    return this.#failure('debrid.service-down', `WebDAV, HTTP ${status}`);
  }

  #failure(code: DebridErrorCode, detail: string): AppError {
    return debridFailure(code, this.#options.name, detail);
  }
}

/** Of a part of an address; as it stands there where it is not percent-encoded. */
function plainText(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isCalled(child: DavChild, names: readonly string[], sought: SoughtPath): boolean {
  const [name = ''] = names;
  if (names.length > 1) return child.isFolder && isSpelt(child.name, name);
  return ['', ...(sought.endings ?? [])].some((ending) => isSpelt(child.name, name + ending));
}

/** libtorrent writes a dot for each character that the locale of its machine does not have. */
function isSpelt(onDisk: string, name: string): boolean {
  return onDisk === name || onDisk === name.replace(/[^ -~]/gu, '.');
}

function entryOf(folderUrl: string, child: DavChild): ShareEntry {
  const { encodedName, isFolder, sizeBytes } = child;
  return { url: `${folderUrl}${encodedName}${isFolder ? '/' : ''}`, isFolder, sizeBytes };
}
