/** Where pages of hash lists are: a file, a folder with files at any depth, an address, or an address that is a list itself. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { listTextOf } from '../../../lib/hash-list/hash-list-page.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';

export interface ListedPage {
  /** As people read it: a path, or an address without what is behind its #. */
  readonly name: string;
  /** 32 hexadecimal digits, the same for the same list. */
  readonly key: string;
  readonly listText: string;
}

/** A page that cannot be read, and why. */
export interface RefusedPage {
  readonly name: string;
  readonly reason: string;
}

const PAGE_BYTES_MAX = 32 * 2 ** 20;
const TIMEOUT_MS = 60_000;
const DEPTH_MAX = 16;
const PAGE_FILE = /\.(?:html?|json|txt)$/i;
const WEB = /^https?:\/\//i;
const KEY_DIGITS = 32;

/** One after the other, files by their names. Rejects with the signal's reason alone. */
export async function* pagesOf(
  source: string,
  fetcher: Fetcher,
  signal: CancelSignal,
): AsyncGenerator<ListedPage | RefusedPage> {
  if (WEB.test(source)) {
    yield await tried(source, () => pageAt(source, fetcher, signal), signal);
    return;
  }
  for await (const path of filesOf(source)) {
    signal.throwIfAborted();
    yield await tried(path, () => pageOfFile(path), signal);
  }
}

async function* filesOf(path: string, depth = 0): AsyncGenerator<string> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) {
    yield path;
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name);
    const isHidden = entry.name.startsWith('.');
    if (entry.isDirectory() && !isHidden && depth < DEPTH_MAX) yield* filesOf(below, depth + 1);
    else if (entry.isFile() && PAGE_FILE.test(entry.name)) yield below;
  }
}

async function tried(
  name: string,
  read: () => Promise<string>,
  signal: CancelSignal,
): Promise<ListedPage | RefusedPage> {
  const shown = name.split('#')[0] ?? '';
  try {
    const listText = listTextOf(await read());
    if (listText === null)
      return { name: shown, reason: 'no hash list is in it: expected …/hashlist#…, or JSON' };
    const key = createHash('sha256').update(listText).digest('hex').slice(0, KEY_DIGITS);
    return { name: shown, key, listText };
  } catch (error) {
    signal.throwIfAborted();
    return { name: shown, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function pageOfFile(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > PAGE_BYTES_MAX)
    throw new AppError('import.bad-line', `it is larger than ${PAGE_BYTES_MAX} bytes`);
  return readFile(path, 'utf8');
}

/** An address with a list behind its # is not asked: that part never reaches a server. */
async function pageAt(url: string, fetcher: Fetcher, signal: CancelSignal): Promise<string> {
  if (listTextOf(url) !== null) return url;
  const { status, bytes } = await fetcher.fetchBytes(url, {
    signal,
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax: PAGE_BYTES_MAX,
    acceptsCompressed: true,
  });
  if (status < 200 || status >= 300)
    throw new AppError('import.bad-line', `the server answers ${status}`);
  return Buffer.from(bytes).toString('utf8');
}
