/** Torznab: any endpoint that finds torrents. Those that come without a hash are looked into, a few of them. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { IndexerSettings } from '../../../lib/source-settings/source-settings.ts';
import { withoutSecrets } from '../../../lib/torznab/credentials.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { Upstreams } from '../../../platform/upstream/upstream.ts';
import type { FoundRelease, SearchSubject } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { torrentRelease } from './release.ts';
import { TorznabDownloads } from './torznab-downloads.ts';
import { TorznabEndpoint } from './torznab-endpoint.ts';
import { testEndpoint } from './torznab-report.ts';
import { IndexerSearch } from './torznab-search.ts';

export function torznabSource(settings: IndexerSettings, upstreams: Upstreams): Source {
  return new TorznabSource(settings, upstreams);
}

class TorznabSource implements Source {
  readonly id: string;
  readonly name: string;
  readonly #endpoint: TorznabEndpoint;
  readonly #search: IndexerSearch;

  constructor(settings: IndexerSettings, upstreams: Upstreams) {
    this.id = settings.id;
    this.name = settings.name;
    this.#endpoint = new TorznabEndpoint(settings, upstreams);
    this.#search = new IndexerSearch(this.#endpoint, settings);
  }

  canSearch(subject: SearchSubject): boolean {
    return this.#search.canSearch(subject);
  }

  async search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    const downloads = new TorznabDownloads(this.#endpoint, subject, signal);
    const onItems = (items: readonly FeedItem[]) => {
      const named = items.flatMap((item) =>
        item.infohash === null ? [] : [this.#release(item, item.infohash)],
      );
      if (named.length > 0) found(named);
      for (const item of items) {
        if (item.infohash !== null) continue;
        downloads.add(item, ({ infohash, trackers, isPrivate, sizeBytes }) =>
          found([
            this.#release(
              { ...item, trackers, isPrivate, sizeBytes: sizeBytes || item.sizeBytes },
              infohash,
            ),
          ]),
        );
      }
    };
    try {
      await this.#search.run(subject, { signal, onItems });
    } finally {
      await downloads.settled();
    }
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return testEndpoint(this.#endpoint, this.#search.caps, signal);
  }

  #release(item: FeedItem, infohash: string): FoundRelease {
    const { sizeBytes, seeders, trackers, imdbId, tmdbId } = item;
    const clean = (text: string) => withoutSecrets(text, this.#endpoint.secrets, '…');
    return torrentRelease({
      infohash,
      name: clean(item.title),
      origin: clean(item.indexer) || this.name,
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
