/** Torznab: any endpoint that finds torrents. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { IndexerSettings } from '../../../lib/source-settings/source-settings.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { Upstreams } from '../../../platform/upstream/upstream.ts';
import type { SearchSubject } from '../contract.ts';
import { latestKey } from '../latest.ts';
import { NO_VALIDATORS, type LatestAnswer, type LatestCall } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { ListedTorrents, type TorrentServer } from './listed-torrents.ts';
import { isOfTitle } from './torznab-downloads.ts';
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
  readonly #server: TorrentServer;
  readonly #search: IndexerSearch;

  constructor(settings: IndexerSettings, upstreams: Upstreams) {
    this.id = settings.id;
    this.name = settings.name;
    const endpoint = new TorznabEndpoint(settings, upstreams);
    const { upstream, secrets } = endpoint;
    const headersFor = (url: string) => endpoint.headersFor(url);
    this.#endpoint = endpoint;
    this.#server = { name: this.name, upstream, secrets, headersFor };
    this.#search = new IndexerSearch(endpoint, settings);
  }

  canSearch(subject: SearchSubject): boolean {
    return this.#search.canSearch(subject);
  }

  async search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    const torrents = new ListedTorrents(
      this.#server,
      isOfTitle(subject),
      (listed) => found(listed.map(({ release }) => release)),
      signal,
    );
    const onItems = (items: readonly FeedItem[]) => torrents.add(items);
    try {
      await this.#search.run(subject, { signal, onItems });
    } finally {
      await torrents.settled();
    }
  }

  async byInfohash(infohash: string, { signal, found }: SourceCall): Promise<void> {
    const torrents = new ListedTorrents(
      this.#server,
      () => false,
      (listed) => found(listed.map(({ release }) => release)),
      signal,
    );
    await this.#search.byInfohash(infohash, { signal, onItems: (items) => torrents.add(items) });
  }

  async latest({ signal, isSeen, found }: LatestCall): Promise<LatestAnswer> {
    const torrents = new ListedTorrents(
      this.#server,
      () => true,
      (listed) => found(listed.map(({ item, release }) => ({ key: latestKey(item), release }))),
      signal,
    );
    const onItems = (items: readonly FeedItem[]) => torrents.add(items);
    try {
      await this.#search.latest({ signal, onItems }, (item) => isSeen(latestKey(item)));
    } finally {
      await torrents.settled();
    }
    return { isUnchanged: false, validators: NO_VALIDATORS };
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return testEndpoint(this.#endpoint, this.#search.caps, signal);
  }
}
