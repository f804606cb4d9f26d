/**
 * Imports hash lists: what of them is of titles that the library has. Pages that were imported are not read again; what is in
 * memory are the pages of one batch.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { readHashList, type HashListEntry } from '../../../lib/hash-list/hash-list-page.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type {
  HashListCounts,
  HashListImport,
  HashListListener,
  ListedRelease,
  ReleaseImport,
} from '../contract.ts';
import { UNKNOWN_STREAM } from '../readers/unknown-stream.ts';
import { pagesOf, type ListedPage } from './pages.ts';
import type { HashListStore } from './store.ts';

export interface HashListParts {
  readonly fetcher: Fetcher;
  readonly releases: ReleaseImport;
  readonly store: HashListStore;
}

/** Pages that are looked up at a time, and entries that are linked at a time. */
const PAGES_MAX = 200;
const ENTRIES_MAX = 20_000;
const ORIGIN = 'hash list';

export function createHashListImport(parts: HashListParts): HashListImport {
  return {
    importHashLists: (sources, isAgain, listener, signal) =>
      new HashListRun(parts, isAgain, listener, signal).all(sources),
  };
}

interface ReadPage {
  readonly key: string;
  readonly entries: readonly HashListEntry[];
}

class HashListRun {
  readonly #parts: HashListParts;
  readonly #isAgain: boolean;
  readonly #listener: HashListListener;
  readonly #signal: CancelSignal;
  readonly #counts = { pages: 0, seen: 0, refused: 0, entries: 0, linked: 0 };
  #waiting: ListedPage[] = [];
  #batch: ReadPage[] = [];

  constructor(
    parts: HashListParts,
    isAgain: boolean,
    listener: HashListListener,
    signal: CancelSignal,
  ) {
    this.#parts = parts;
    this.#isAgain = isAgain;
    this.#listener = listener;
    this.#signal = signal;
  }

  async all(sources: readonly string[]): Promise<HashListCounts> {
    for (const source of sources)
      for await (const page of pagesOf(source, this.#parts.fetcher, this.#signal)) {
        this.#counts.pages++;
        if ('reason' in page) this.#refuse(page.name, page.reason);
        else this.#waiting.push(page);
        if (this.#waiting.length >= PAGES_MAX) await this.#readWaiting();
      }
    await this.#readWaiting();
    await this.#link();
    return this.#counts;
  }

  async #readWaiting(): Promise<void> {
    const pages = new Map(this.#waiting.map((page) => [page.key, page]));
    this.#counts.seen += this.#waiting.length - pages.size;
    this.#waiting = [];
    const { store } = this.#parts;
    const seen: ReadonlySet<string> = this.#isAgain
      ? new Set()
      : await store.seen([...pages.keys()], this.#signal);
    this.#counts.seen += seen.size;
    for (const { key, name, listText } of pages.values()) {
      if (seen.has(key)) continue;
      this.#signal.throwIfAborted();
      const read = readHashList(listText);
      if (typeof read === 'string') {
        this.#refuse(name, read);
        continue;
      }
      if (read.bad > 0) this.#listener.refused(name, `${read.bad} entries have no hash or no name`);
      this.#batch.push({ key, entries: read.entries });
      const waiting = this.#batch.reduce((sum, { entries }) => sum + entries.length, 0);
      if (waiting >= ENTRIES_MAX) await this.#link();
    }
    this.#listener.progress({ ...this.#counts });
  }

  /** A page is kept as imported once all of it is linked. */
  async #link(): Promise<void> {
    const pages = this.#batch;
    this.#batch = [];
    if (pages.length === 0) return;
    const releases = new Map<string, ListedRelease>();
    for (const { entries } of pages)
      for (const entry of entries)
        if (!releases.has(entry.infohash)) releases.set(entry.infohash, releaseOf(entry));
    const hashes = [...releases.keys()];
    const outcomes = await this.#parts.releases.importReleases(
      [...releases.values()],
      { type: null, asksMetadata: false },
      this.#signal,
    );
    const linked = new Set(hashes.filter((_, at) => outcomes[at]?.state === 'linked'));
    const kept = pages.map(({ key, entries }) => ({
      key,
      entries: entries.length,
      linked: entries.filter(({ infohash }) => linked.has(infohash)).length,
    }));
    await this.#parts.store.keep(kept, this.#signal);
    this.#counts.entries += hashes.length;
    this.#counts.linked += linked.size;
    this.#listener.progress({ ...this.#counts });
  }

  #refuse(name: string, reason: string): void {
    this.#counts.refused++;
    this.#listener.refused(name, reason);
  }
}

function releaseOf({ infohash, name, sizeBytes }: HashListEntry): ListedRelease {
  return {
    ...UNKNOWN_STREAM,
    kind: 'torrent',
    infohash,
    name,
    sizeBytes,
    origin: ORIGIN,
    imdbId: '',
    tmdbId: '',
    isVouchedFor: false,
  };
}
