/** Newznab: endpoints that find NZB files of Usenet. Keys are taken out of what is stored; playing puts one's own in again. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { IndexerSettings } from '../../../lib/source-settings/source-settings.ts';
import { withoutCredentials, withoutSecrets } from '../../../lib/torznab/credentials.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { Upstreams } from '../../../platform/upstream/upstream.ts';
import type { FoundRelease, SearchSubject } from '../contract.ts';
import { latestKey } from '../latest.ts';
import { NO_VALIDATORS, type LatestAnswer, type LatestCall } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { usenetRelease } from './release.ts';
import { TorznabEndpoint } from './torznab-endpoint.ts';
import { testEndpoint } from './torznab-report.ts';
import { IndexerSearch } from './torznab-search.ts';

export function newznabSource(settings: IndexerSettings, upstreams: Upstreams): Source {
  return new NewznabSource(settings, upstreams);
}

class NewznabSource implements Source {
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

  search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    return this.#search.run(subject, {
      signal,
      onItems: (items) => {
        const releases = items.filter(isUsable).map((item) => this.#release(item));
        if (releases.length > 0) found(releases);
      },
    });
  }

  async latest({ signal, isSeen, found }: LatestCall): Promise<LatestAnswer> {
    const onItems = (items: readonly FeedItem[]) => {
      const usable = items.filter(isUsable);
      if (usable.length > 0)
        found(usable.map((item) => ({ key: latestKey(item), release: this.#release(item) })));
    };
    await this.#search.latest({ signal, onItems }, (item) => isSeen(latestKey(item)));
    return { isUnchanged: false, validators: NO_VALIDATORS };
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return testEndpoint(this.#endpoint, this.#search.caps, signal);
  }

  #release(item: FeedItem): FoundRelease {
    const { sizeBytes, imdbId, tmdbId } = item;
    const { secrets } = this.#endpoint;
    const clean = (text: string) => withoutSecrets(text, secrets, '…');
    return usenetRelease({
      locator: withoutCredentials(item.nzbUrl, secrets),
      name: clean(item.title),
      origin: clean(item.indexer) || this.name,
      uploader: clean(item.uploader),
      sizeBytes,
      addedAtS: item.publishedAtS,
      imdbId,
      tmdbId,
    });
  }
}

function isUsable({ nzbUrl, isPassworded }: FeedItem): boolean {
  return nzbUrl !== '' && !isPassworded;
}
