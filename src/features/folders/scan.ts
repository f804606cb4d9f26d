/**
 * A scan of one folder: videos that are new or changed are linked to titles, those that are gone are marked and hidden, all
 * others are left as they are.
 */
import { randomBytes } from 'node:crypto';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { baseName } from '../../lib/file-choice/listed-file.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';
import type { ListedRelease, ReleaseImport, ReleaseOutcome } from '../ingest/contract.ts';
import type { TitleListeners } from '../library/contract.ts';
import type { ScanCounts, ScanListener } from './contract.ts';
import { namesOfVideo, type NamedVideo } from './release-name.ts';
import type { FileRow, FolderStore, StoredFile } from './store.ts';
import { isShare, videosOf, type FolderPlace, type FoundVideo } from './walk.ts';

export interface ScanParts {
  readonly store: FolderStore;
  readonly fetcher: Fetcher;
  readonly releases: ReleaseImport;
  readonly audience: TitleListeners;
  /** Address of the instance, which players reach; null: files of this machine cannot be played. */
  readonly hostUrl: string | null;
}

export interface ScannedFolder extends FolderPlace {
  readonly id: number;
  /** Null: names of videos say it. */
  readonly type: MediaType | null;
}

/** Of one batch: what it came to is kept when it is through. */
const FILES_MAX = 5000;
const TOKEN_BYTES = 16;
const PROBE_TIMEOUT_MS = 20_000;

export class FolderScan {
  readonly #parts: ScanParts;
  readonly #folder: ScannedFolder;
  readonly #listener: ScanListener;
  readonly #signal: CancelSignal;

  constructor(
    parts: ScanParts,
    folder: ScannedFolder,
    listener: ScanListener,
    signal: CancelSignal,
  ) {
    this.#parts = parts;
    this.#folder = folder;
    this.#listener = listener;
    this.#signal = signal;
  }

  /** @throws AppError `folder.unreadable`, with nothing changed; `database.…`, where what was done stays */
  async all(): Promise<ScanCounts> {
    const { store, fetcher } = this.#parts;
    const { id, root } = this.#folder;
    if (!isShare(root) && this.#parts.hostUrl === null) throw unreadable(NO_HOST_URL);
    const found = await videosOf(this.#folder, fetcher, this.#signal);
    const known = new Map((await store.files(id, this.#signal)).map((file) => [file.path, file]));
    // What a mount that is not there shows.
    if (found.length === 0 && [...known.values()].some(({ isGone }) => !isGone))
      throw unreadable('no video is in it any more: is it mounted?');
    const changed = found.filter((video) => this.#isChanged(video, known.get(video.path)));
    await this.#probe(changed);
    let linked = 0;
    for (let at = 0; at < changed.length; at += FILES_MAX)
      linked += await this.#link(changed.slice(at, at + FILES_MAX), known, at, changed.length);
    const gone = await this.#hideGone(found, known);
    return {
      videos: found.length,
      unchanged: found.length - changed.length,
      linked,
      refused: changed.length - linked,
      gone,
    };
  }

  #isChanged(video: FoundVideo, known: StoredFile | undefined): boolean {
    if (known === undefined || known.isGone || known.version !== video.version) return true;
    return known.locator !== this.#locator(video, known.token);
  }

  #locator({ url, path }: FoundVideo, token: string): string {
    if (url !== '') return url;
    const base = this.#parts.hostUrl?.replace(/\/+$/, '') ?? '';
    return `${base}/files/${token}/${encodeURIComponent(baseName(path))}`;
  }

  /** Players are given the address of a share without its login. */
  async #probe([first]: readonly FoundVideo[]): Promise<void> {
    if (first === undefined || first.url === '' || this.#folder.login === '') return;
    const { status } = await this.#parts.fetcher.fetchBytes(first.url, {
      method: 'HEAD',
      signal: this.#signal,
      timeoutMs: PROBE_TIMEOUT_MS,
      bodyBytesMax: Number.MAX_SAFE_INTEGER,
      route: {
        lane: 'shared',
        proxyUrl: null,
        trustedOrigins: [new URL(first.url).origin],
      },
    });
    if (status === 401 || status === 403) throw unreadable(NEEDS_LOGIN);
  }

  /** Resolves with how many are of a title. */
  async #link(
    videos: readonly FoundVideo[],
    known: ReadonlyMap<string, StoredFile>,
    before: number,
    total: number,
  ): Promise<number> {
    const rows = videos.map((video) => {
      const token = known.get(video.path)?.token ?? randomBytes(TOKEN_BYTES).toString('base64url');
      return {
        video,
        token,
        locator: this.#locator(video, token),
        named: namesOfVideo(video.path),
      };
    });
    const outcomes = new Map<string, ReleaseOutcome>();
    // Names that are of no title are tried with their folders.
    for (const attempt of [0, 1]) {
      const left = rows.flatMap(({ video, locator, named }) => {
        const name = named?.names[attempt];
        const isOpen = outcomes.get(video.path)?.state !== 'linked' && named !== null;
        return isOpen && name !== undefined
          ? [{ video, release: releaseOf(video, locator, name, named) }]
          : [];
      });
      if (left.length === 0) continue;
      const results = await this.#parts.releases.importReleases(
        left.map(({ release }) => release),
        {
          type: this.#folder.type,
          asksMetadata: true,
          onProgress: (done) => {
            if (attempt === 0) this.#listener.progress(before + done, total);
          },
        },
        this.#signal,
      );
      for (const [at, { video }] of left.entries()) {
        const outcome = results[at];
        if (outcome !== undefined) outcomes.set(video.path, outcome);
      }
    }
    return this.#keep(
      rows.map(({ video, token, locator, named }): FileRow => {
        const outcome = outcomes.get(video.path);
        const isLinked = outcome?.state === 'linked';
        const why = named === null ? 'it is a sample, a trailer or an extra' : NO_NAME;
        const reason = outcome?.state === 'refused' ? outcome.reason : why;
        const { path, sizeBytes, version } = video;
        return {
          path,
          sizeBytes,
          version,
          token,
          locator,
          isLinked,
          reason: isLinked ? '' : reason,
        };
      }),
      known,
    );
  }

  async #keep(rows: readonly FileRow[], known: ReadonlyMap<string, StoredFile>): Promise<number> {
    const { store } = this.#parts;
    const linked = rows.filter(({ isLinked }) => isLinked);
    const kept = new Set(linked.map(({ locator }) => locator));
    const replaced = rows.flatMap(({ path }) => known.get(path)?.locator ?? []);
    await this.#show(
      replaced.filter((locator) => !kept.has(locator)),
      false,
    );
    await this.#show([...kept], true);
    if (!(await store.keep(this.#folder.id, rows, this.#signal))) {
      await this.#show([...kept], false);
      throw new AppError('folder.not-found', 'the folder was deleted while it was scanned');
    }
    for (const { path, isLinked, reason } of rows)
      if (!isLinked) this.#listener.refused(path, reason);
    return linked.length;
  }

  async #hideGone(
    found: readonly FoundVideo[],
    known: ReadonlyMap<string, StoredFile>,
  ): Promise<number> {
    const there = new Set(found.map(({ path }) => path));
    const gone = [...known.values()].filter(({ path, isGone }) => !isGone && !there.has(path));
    if (gone.length === 0) return 0;
    await this.#show(
      gone.map(({ locator }) => locator),
      false,
    );
    const paths = gone.map(({ path }) => path);
    await this.#parts.store.markGone(this.#folder.id, paths, this.#signal);
    return gone.length;
  }

  async #show(locators: readonly string[], isActive: boolean): Promise<void> {
    if (locators.length === 0) return;
    const { store, audience } = this.#parts;
    const episodes = await store.setActive(locators, isActive, this.#signal);
    if (episodes.length > 0) await audience.announce({ episodes }, this.#signal);
  }
}

const NO_NAME = 'its name says nothing';
const NO_HOST_URL =
  'players reach files of this machine by the address of the instance: HOST_URL is not set';
const NEEDS_LOGIN =
  'players get addresses without name and password, and the share does not give its files without: ' +
  'let it, or mount it and scan the folder';

function releaseOf(
  { sizeBytes, path }: FoundVideo,
  locator: string,
  name: string,
  { imdbId, tmdbId }: NamedVideo,
): ListedRelease {
  return {
    kind: 'http',
    infohash: null,
    locator,
    name,
    origin: 'library',
    uploader: '',
    sizeBytes,
    seeders: -1,
    addedAtS: 0,
    trackers: [],
    isPrivate: false,
    fileIndex: -1,
    filename: baseName(path),
    fileSizeBytes: sizeBytes,
    imdbId,
    tmdbId,
    isVouchedFor: false,
  };
}

function unreadable(why: string): AppError {
  return new AppError('folder.unreadable', why);
}
