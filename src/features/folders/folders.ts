/** Folders that operators name: kept, listed and scanned. */
import { resolve } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Folders, ScanCounts, ScanListener } from './contract.ts';
import { FolderScan, type ScanParts } from './scan.ts';
import type { StoredFolder } from './store.ts';
import { isShare } from './walk.ts';

export interface FoldersParts extends ScanParts {
  readonly ring: KeyRing;
}

const SEAL_CONTEXT = 'media folder';

export class MediaFolders implements Folders {
  readonly #parts: FoldersParts;

  constructor(parts: FoldersParts) {
    this.#parts = parts;
  }

  /** Resolves with its id. @throws AppError `folder.unreadable` for an address that is none */
  add(place: string, type: MediaType | null, signal: CancelSignal): Promise<number> {
    const { ring, store } = this.#parts;
    if (!isShare(place)) return store.add(resolve(place), null, type, signal);
    if (!URL.canParse(place))
      throw new AppError('folder.unreadable', 'expected an address with http:// or https://');
    const url = new URL(place);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const sealed = login === ':' ? null : ring.seal(Buffer.from(login), SEAL_CONTEXT);
    url.username = url.password = url.search = url.hash = '';
    return store.add(url.href, sealed, type, signal);
  }

  async scan(
    place: string,
    type: MediaType | null,
    listener: ScanListener,
    signal: CancelSignal,
  ): Promise<ScanCounts> {
    return this.scanById(await this.add(place, type, signal), listener, signal);
  }

  /** What went wrong is kept with the folder, too. @throws AppError `folder.not-found`, `folder.unreadable` */
  async scanById(id: number, listener: ScanListener, signal: CancelSignal): Promise<ScanCounts> {
    const { store } = this.#parts;
    const folder = await this.#find(id, signal);
    const scanned = { id, root: folder.root, type: folder.type, login: this.#login(folder) };
    try {
      const counts = await new FolderScan(this.#parts, scanned, listener, signal).all();
      await store.scanned(id, '', signal);
      return counts;
    } catch (error) {
      if (error instanceof AppError && !signal.aborted)
        await store.scanned(id, error.message, signal);
      throw error;
    }
  }

  async list(signal: CancelSignal): Promise<readonly object[]> {
    return (await this.#parts.store.folders(null, signal)).map(shownFolder);
  }

  async ids(signal: CancelSignal): Promise<readonly number[]> {
    return (await this.#parts.store.folders(null, signal)).map(({ id }) => id);
  }

  /** With the first 500 videos that are of no title. @throws AppError `folder.not-found` */
  async report(id: number, signal: CancelSignal): Promise<object> {
    const folder = await this.#find(id, signal);
    return { ...shownFolder(folder), refused: await this.#parts.store.refused(id, signal) };
  }

  /** With its streams; the videos stay where they are. @throws AppError `folder.not-found` */
  async delete(id: number, signal: CancelSignal): Promise<void> {
    await this.#find(id, signal);
    const episodes = await this.#parts.store.delete(id, signal);
    if (episodes.length > 0) await this.#parts.audience.announce({ episodes }, signal);
  }

  async #find(id: number, signal: CancelSignal): Promise<StoredFolder> {
    const [folder] = await this.#parts.store.folders(id, signal);
    if (folder !== undefined) return folder;
    throw new AppError('folder.not-found', 'there is no folder with this id', { field: 'id' });
  }

  #login({ sealedLogin }: StoredFolder): string {
    if (sealedLogin === null) return '';
    const opened = this.#parts.ring.open(sealedLogin, SEAL_CONTEXT);
    if (opened !== null) return opened.toString();
    throw new AppError(
      'folder.unreadable',
      'the login was sealed with another SECRET_KEY: name the share again',
    );
  }
}

function shownFolder({ id, root, type, scannedAt, lastError, files, linked, gone }: StoredFolder) {
  const error = lastError === '' ? null : lastError;
  return { id, root, type, scanned_at: scannedAt, last_error: error, files, linked, gone };
}
