/** Feeds: named by operators, their addresses sealed, and polled by workers. */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { LatestSource, LatestSources } from '../sources/contract.ts';
import type { Poller, PollReport } from './poller.ts';
import {
  markOfFeed,
  type FeedStore,
  type LatestMark,
  type NewFeed,
  type StoredFeed,
} from './store.ts';

export interface FeedsParts {
  readonly store: FeedStore;
  readonly ring: KeyRing;
  readonly latest: LatestSources;
  readonly poller: Poller;
}

export interface FeedSettings {
  readonly name: string;
  readonly url: string;
  /** Null: names of its items say it. */
  readonly type: MediaType | null;
  readonly intervalMinutes: number;
  readonly isOn: boolean;
}

const SEAL_CONTEXT = 'feed';
const SOURCE_INTERVAL_MINUTES = 30;

export class Feeds {
  readonly #parts: FeedsParts;

  constructor(parts: FeedsParts) {
    this.#parts = parts;
  }

  /** @throws AppError `feed.bad-feed` for another address than http and https, or a name that another one has */
  async add(settings: FeedSettings, signal: CancelSignal): Promise<number> {
    const id = await this.#parts.store.add(this.#stored(settings), signal);
    if (id !== null) return id;
    throw nameTaken(settings.name);
  }

  /** What is left out stays. @throws AppError `feed.not-found`, `feed.bad-feed` */
  async change(id: number, change: Partial<FeedSettings>, signal: CancelSignal): Promise<void> {
    const stored = await this.#find(id, signal);
    const settings = { ...stored, url: change.url ?? this.#address(stored), ...change };
    if (!(await this.#parts.store.change(id, this.#stored(settings), signal)))
      throw nameTaken(settings.name);
  }

  /** @throws AppError `feed.not-found` */
  async delete(id: number, signal: CancelSignal): Promise<void> {
    if (!(await this.#parts.store.delete(id, signal))) throw noFeed();
  }

  due(signal: CancelSignal): Promise<readonly number[]> {
    return this.#parts.store.due(signal);
  }

  /** @throws AppError `feed.not-found` */
  async report(id: number, signal: CancelSignal): Promise<object> {
    const [feed, marks] = await Promise.all([
      this.#find(id, signal),
      this.#parts.store.marks(signal),
    ]);
    return shownFeed(feed, marks);
  }

  /** Feeds, and the sources whose latest items are fetched. */
  async list(signal: CancelSignal): Promise<object> {
    const { store, latest } = this.#parts;
    const [feeds, marks] = await Promise.all([store.feeds(null, signal), store.marks(signal)]);
    return {
      items: feeds.map((feed) => shownFeed(feed, marks)),
      sources: latest.sources.map(({ id, name }) => ({ id, name, ...shownMark(id, marks) })),
    };
  }

  /** @throws AppError `feed.not-found`, `feed.bad-feed` when the instance's key is another one by now */
  async poll(id: number, isForced: boolean, signal: CancelSignal): Promise<PollReport> {
    const feed = await this.#find(id, signal);
    const { name, type, intervalMinutes } = feed;
    const source = markOfFeed(id);
    const latest = this.#parts.latest.openFeed({ id: source, name, url: this.#address(feed) });
    return this.#parts.poller.poll(latest, { source, type, intervalMinutes, isForced }, signal);
  }

  get sources(): readonly LatestSource[] {
    return this.#parts.latest.sources;
  }

  pollSource(source: LatestSource, signal: CancelSignal): Promise<PollReport> {
    const options = {
      source: source.id,
      type: null,
      intervalMinutes: SOURCE_INTERVAL_MINUTES,
      isForced: false,
    };
    return this.#parts.poller.poll(source, options, signal);
  }

  /** @throws AppError `feed.not-found` */
  async #find(id: number, signal: CancelSignal): Promise<StoredFeed> {
    const [feed] = await this.#parts.store.feeds(id, signal);
    if (feed === undefined) throw noFeed();
    return feed;
  }

  #address({ sealedUrl }: StoredFeed): string {
    const opened = this.#parts.ring.open(sealedUrl, SEAL_CONTEXT);
    if (opened !== null) return opened.toString();
    throw new AppError(
      'feed.bad-feed',
      'the address was sealed with another SECRET_KEY: change it to what it is',
    );
  }

  #stored({ url, ...settings }: FeedSettings): NewFeed {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new AppError('feed.bad-feed', 'url: expected an address with http:// or https://');
    const sealedUrl = this.#parts.ring.seal(Buffer.from(url), SEAL_CONTEXT);
    return { ...settings, sealedUrl, host: new URL(url).host };
  }
}

function shownFeed(feed: StoredFeed, marks: readonly LatestMark[]): object {
  const { id, name, host, type, intervalMinutes, isOn } = feed;
  const own = { id, name, host, type, every_minutes: intervalMinutes, on: isOn };
  return { ...own, ...shownMark(markOfFeed(id), marks) };
}

function shownMark(source: string, marks: readonly LatestMark[]): object {
  const mark = marks.find((one) => one.source === source);
  return {
    next_at: mark?.nextAt ?? null,
    polled_at: mark?.polledAt ?? null,
    succeeded_at: mark?.succeededAt ?? null,
    polls: mark?.polls ?? 0,
    items: mark?.items ?? 0,
    linked: mark?.linked ?? 0,
    refused: mark?.refused ?? 0,
    failures: mark?.failures ?? 0,
    last_error: mark?.lastError || null,
  };
}

function noFeed(): AppError {
  return new AppError('feed.not-found', 'there is no feed with this id', { field: 'id' });
}

function nameTaken(name: string): AppError {
  return new AppError('feed.bad-feed', `name: there is a feed ${JSON.stringify(name)}`);
}
