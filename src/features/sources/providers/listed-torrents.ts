/** Items of an indexer or a feed as torrents: those without a hash are looked into, a few of them. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { withoutSecrets } from '../../../lib/torznab/credentials.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { FoundRelease } from '../contract.ts';
import { torrentRelease } from './release.ts';
import { TorznabDownloads, type DownloadServer } from './torznab-downloads.ts';

export interface TorrentServer extends DownloadServer {
  /** As users read it, where an item does not say where it is from. */
  readonly name: string;
  /** What must not be seen by anybody. */
  readonly secrets: readonly string[];
}

export interface ListedTorrent {
  /** As it was listed. */
  readonly item: FeedItem;
  readonly release: FoundRelease;
}

export class ListedTorrents {
  readonly #server: TorrentServer;
  readonly #downloads: TorznabDownloads;
  readonly #found: (torrents: readonly ListedTorrent[]) => void;

  /**
   * @param isWanted whether an item without a hash is worth a call
   * @param found given what is known at once, and later each that was looked into
   */
  constructor(
    server: TorrentServer,
    isWanted: (item: FeedItem) => boolean,
    found: (torrents: readonly ListedTorrent[]) => void,
    signal: CancelSignal,
  ) {
    this.#server = server;
    this.#found = found;
    this.#downloads = new TorznabDownloads(server, isWanted, signal);
  }

  add(items: readonly FeedItem[]): void {
    const named = items.flatMap((item) =>
      item.infohash === null ? [] : [{ item, release: this.#release(item, item.infohash) }],
    );
    if (named.length > 0) this.#found(named);
    for (const item of items) if (item.infohash === null) this.#lookInto(item);
  }

  /** Resolves when nothing more is looked into. */
  settled(): Promise<void> {
    return this.#downloads.settled();
  }

  #lookInto(item: FeedItem): void {
    this.#downloads.add(item, ({ infohash, trackers, isPrivate, sizeBytes }) => {
      const known = { ...item, trackers, isPrivate, sizeBytes: sizeBytes || item.sizeBytes };
      this.#found([{ item, release: this.#release(known, infohash) }]);
    });
  }

  #release(item: FeedItem, infohash: string): FoundRelease {
    const { sizeBytes, seeders, trackers, imdbId, tmdbId } = item;
    const { name, secrets } = this.#server;
    const clean = (text: string) => withoutSecrets(text, secrets, '…');
    return torrentRelease({
      infohash,
      name: clean(item.title),
      origin: clean(item.indexer) || name,
      uploader: clean(item.uploader),
      sizeBytes,
      seeders,
      addedAtS: item.publishedAtS,
      trackers: item.isPrivate === true ? [] : trackers,
      isPrivate: item.isPrivate === true,
      imdbId,
      tmdbId,
    });
  }
}
