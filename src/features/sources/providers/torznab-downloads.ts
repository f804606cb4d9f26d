/** Torrents that an indexer names without a hash: it is in the `.torrent`, or in the magnet link that the download leads to. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { parseMagnet } from '../../../lib/torrent/magnet.ts';
import { readTorrent } from '../../../lib/torrent/torrent-file.ts';
import { compileTitle, type CompiledTitle } from '../../../lib/title-match/compiled-title.ts';
import { matchRelease } from '../../../lib/title-match/match.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { Upstream } from '../../../platform/upstream/upstream.ts';
import type { SearchSubject } from '../contract.ts';

/** What is in a download. */
export interface DownloadedTorrent {
  readonly infohash: string;
  readonly trackers: readonly string[];
  readonly isPrivate: boolean | null;
  /** 0 when unknown. */
  readonly sizeBytes: number;
}

/** Of one search: each is a call to somebody's server, where people have limits of downloads. */
const DOWNLOADS_MAX = 8;
const TORRENT_BYTES_MAX = 2 * 2 ** 20;
const TIMEOUT_MS = 15_000;
const REDIRECTS_MAX = 5;

/** Where downloads are had from. */
export interface DownloadServer {
  readonly upstream: Upstream;
  headersFor(url: string): Readonly<Record<string, string>>;
}

export class TorznabDownloads {
  readonly #endpoint: DownloadServer;
  readonly #signal: CancelSignal;
  readonly #isWanted: (item: FeedItem) => boolean;
  readonly #running: Promise<void>[] = [];
  readonly #urls = new Set<string>();

  constructor(
    endpoint: DownloadServer,
    isWanted: (item: FeedItem) => boolean,
    signal: CancelSignal,
  ) {
    this.#endpoint = endpoint;
    this.#isWanted = isWanted;
    this.#signal = signal;
  }

  /** Starts it when there is a torrent to look into, and it is wanted. */
  add(item: FeedItem, onTorrent: (torrent: DownloadedTorrent) => void): void {
    const { torrentUrl } = item;
    if (torrentUrl === '' || this.#urls.has(torrentUrl) || this.#urls.size >= DOWNLOADS_MAX) return;
    if (!this.#isWanted(item)) return;
    this.#urls.add(torrentUrl);
    this.#running.push(this.#download(torrentUrl, item, onTorrent));
  }

  /** Resolves when all have ended. One that cannot be had costs nothing but itself. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #download(
    url: string,
    item: FeedItem,
    onTorrent: (torrent: DownloadedTorrent) => void,
  ): Promise<void> {
    try {
      const torrent = await this.#follow(url, item);
      if (torrent !== null) onTorrent(torrent);
    } catch (error) {
      // What failed is somebody's link; whether the source itself fails, its searches say.
      if (!(error instanceof AppError)) throw error;
    }
  }

  async #follow(first: string, item: FeedItem): Promise<DownloadedTorrent | null> {
    let url = first;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const answer = await this.#endpoint.upstream.request({
        url,
        headers: this.#endpoint.headersFor(url),
        signal: this.#signal,
        timeoutMs: TIMEOUT_MS,
        bodyBytesMax: TORRENT_BYTES_MAX,
        manualRedirect: true,
      });
      if (answer.status >= 200 && answer.status < 300) return torrentOf(answer.bytes);
      const location = answer.header('location');
      if (answer.status < 300 || answer.status >= 400 || location === '') return null;
      if (/^magnet:/i.test(location)) return magnetOf(location, item);
      if (!URL.canParse(location, url)) return null;
      url = new URL(location, url).href;
    }
    return null;
  }
}

/** Whether the name is that of a release of the title. */
export function isOfTitle(subject: SearchSubject): (item: FeedItem) => boolean {
  let title: CompiledTitle | null = null;
  return ({ title: name, sizeBytes, imdbId, tmdbId }) => {
    title ??= compileTitle(subject);
    const claim = { name, sizeBytes, imdbId, tmdbId, isVouchedFor: false };
    return matchRelease(title, claim, subject).accepted;
  };
}

/** Some answer with the magnet link as the text. */
function torrentOf(bytes: Uint8Array): DownloadedTorrent | null {
  if (bytes[0] === 0x6d) return magnetOf(Buffer.from(bytes).toString('utf8'), null);
  const { infohash, trackers, isPrivate, sizeBytes } = readTorrent(bytes);
  return infohash === null ? null : { infohash, trackers, isPrivate, sizeBytes };
}

function magnetOf(link: string, item: FeedItem | null): DownloadedTorrent | null {
  const magnet = parseMagnet(link);
  if (magnet === null || magnet.infohash === null) return null;
  const { infohash, sizeBytes, trackers } = magnet;
  return { infohash, trackers, sizeBytes, isPrivate: item?.isPrivate ?? null };
}
