/** A feed (RSS, Atom, Torznab) at an address of the operator's: asked for as a whole, and only when it has changed. */
import { AppError } from '../../../lib/errors.ts';
import { withoutCredentials } from '../../../lib/torznab/credentials.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { FeedSummary } from '../../../lib/torznab/feed-reader.ts';
import type { FrameKind } from '../../../lib/torznab/frame.ts';
import { mayBeVideo } from '../../../lib/torznab/categories.ts';
import type { Upstream, UpstreamAnswer, Upstreams } from '../../../platform/upstream/upstream.ts';
import { latestKey } from '../latest.ts';
import {
  type FeedSettings,
  type LatestAnswer,
  type LatestCall,
  type LatestSource,
} from '../contract.ts';
import { ListedTorrents, type ListedTorrent, type TorrentServer } from './listed-torrents.ts';
import { openUpstream } from './open-upstream.ts';
import { usenetRelease } from './release.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** Feeds have a hundred items; those of whole trackers a few thousand. */
const BODY_BYTES_MAX = 16 * 2 ** 20;
const TIMEOUT_MS = 60_000;
const POLITENESS = { callsPerMinute: 30, burst: 12, concurrencyMax: 2 } as const;
const NOT_MODIFIED = 304;
const VALIDATOR_CHARS_MAX = 500;

export function feedSource(
  settings: FeedSettings,
  proxyUrl: string | null,
  upstreams: Upstreams,
): LatestSource {
  return new FeedSource(settings, proxyUrl, upstreams);
}

class FeedSource implements LatestSource {
  readonly id: string;
  readonly name: string;
  readonly #url: string;
  readonly #upstream: Upstream;
  readonly #server: TorrentServer;

  constructor({ id, name, url }: FeedSettings, proxyUrl: string | null, upstreams: Upstreams) {
    this.id = id;
    this.name = name;
    this.#url = url;
    this.#upstream = openUpstream({ id, url, isPersonal: false, proxyUrl }, POLITENESS, upstreams);
    this.#server = {
      name,
      upstream: this.#upstream,
      secrets: secretsOf(url),
      headersFor: () => ({}),
    };
  }

  async latest(call: LatestCall): Promise<LatestAnswer> {
    const { signal, isSeen } = call;
    const found = (listed: readonly ListedTorrent[]) =>
      call.found(listed.map(({ item, release }) => ({ key: latestKey(item), release })));
    const torrents = new ListedTorrents(this.#server, () => true, found, signal);
    const take = (items: readonly FeedItem[]) => {
      const fresh = items.filter((item) => mayBeVideo(item.categories) && !isSeen(latestKey(item)));
      torrents.add(fresh.filter(({ nzbUrl }) => nzbUrl === ''));
      this.#takePosts(fresh, call);
    };
    try {
      return await this.#ask(call, take);
    } finally {
      await torrents.settled();
    }
  }

  async #ask(
    { signal, validators }: LatestCall,
    take: (items: readonly FeedItem[]) => void,
  ): Promise<LatestAnswer> {
    const answer = new StreamedAnswer(this.#url, take);
    const { etag, lastModified } = validators;
    const response = await this.#upstream.request({
      url: this.#url,
      headers: {
        accept: 'application/rss+xml, application/atom+xml, application/xml, text/xml',
        ...(etag !== '' && { 'if-none-match': etag }),
        ...(lastModified !== '' && { 'if-modified-since': lastModified }),
      },
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      retriesMax: 1,
      onBody: (piece, type) => answer.write(piece, type),
    });
    if (response.status === NOT_MODIFIED) return { isUnchanged: true, validators };
    answer.write(response.bytes, response.contentType);
    const failure = failureOf(response.status, answer.end());
    if (failure !== null) throw failure;
    return { isUnchanged: false, validators: validatorsOf(response) };
  }

  /** An address with a key in it is the operator's own, and everybody would get it. */
  #takePosts(items: readonly FeedItem[], { found }: LatestCall): void {
    const posts = items.filter(
      ({ nzbUrl, isPassworded }) =>
        nzbUrl !== '' &&
        !isPassworded &&
        withoutCredentials(nzbUrl, this.#server.secrets) === nzbUrl,
    );
    if (posts.length === 0) return;
    found(
      posts.map((item) => {
        const { nzbUrl: locator, title: name, uploader, sizeBytes, imdbId, tmdbId } = item;
        const addedAtS = item.publishedAtS;
        const origin = item.indexer || this.name;
        const facts = { locator, name, origin, uploader, sizeBytes, addedAtS, imdbId, tmdbId };
        return { key: latestKey(item), release: usenetRelease(facts) };
      }),
    );
  }
}

function validatorsOf(answer: UpstreamAnswer): LatestAnswer['validators'] {
  const header = (name: string) => {
    const value = answer.header(name);
    return value.length > VALIDATOR_CHARS_MAX ? '' : value;
  };
  return { etag: header('etag'), lastModified: header('last-modified') };
}

const UNREADABLE: Readonly<Partial<Record<FrameKind, string>>> = {
  html: 'a web page came instead of a feed: check the address, and whether it asks to sign in',
  json: 'JSON came instead of a feed: the address is that of an API',
  empty: 'it answered with nothing at all',
};

function failureOf(status: number, { kind, error, isCutOff }: FeedSummary): AppError | null {
  if (status === 401 || status === 403)
    return new AppError(
      'source.refused',
      `it is not let in (HTTP ${status}): check the key or the password in the address`,
    );
  if (status === 404 || status === 410)
    return new AppError('source.not-found', `nothing is at this address (HTTP ${status})`);
  if (status < 200 || status >= 300)
    return new AppError('source.bad-answer', `it answered with HTTP ${status}`);
  if (error !== null)
    return new AppError('source.failed', `it answered with error ${error.code || ''}`.trim());
  if (kind !== 'feed')
    return new AppError('source.bad-answer', UNREADABLE[kind] ?? 'what it answered is no feed');
  return isCutOff ? new AppError('source.bad-answer', 'its answer ended in the middle') : null;
}

/** Whatever is in the address beside its path. */
function secretsOf(url: string): readonly string[] {
  const { username, password, searchParams } = new URL(url);
  return [decodeURIComponent(username), decodeURIComponent(password), ...searchParams.values()];
}
