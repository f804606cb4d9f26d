/** Playlists and segments of providers, each fetched once for all who ask for it in a moment. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { NEVER_CANCELLED } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import { LIVE } from '../../../platform/fetch/connection-pools.ts';
import type { FetchedBytes, Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { ChannelSource } from '../contract.ts';
import { playerHeaders } from './source-headers.ts';

export interface FetchedPart {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Where redirects led to. */
  readonly url: string;
}

const KEPT_BYTES_MAX = 32 * 2 ** 20;
const PLAYLIST_BYTES_MAX = 2 * 2 ** 20;
const SEGMENT_BYTES_MAX = 24 * 2 ** 20;
const PLAYLIST_KEPT_MS = 1000;
const SEGMENT_KEPT_MS = 60_000;
const SEGMENT_TIMEOUT_MS = 15_000;
const UNDER_WAY_MAX = 500;

export class HlsFetch {
  readonly #fetcher: Fetcher;
  readonly #underWay = new Map<string, Promise<FetchedPart>>();
  readonly #kept = new LRUCache<string, FetchedPart>({
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: ({ bytes }) => bytes.byteLength + 1,
    ttlAutopurge: false,
  });

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
  }

  playlist(
    url: string,
    source: ChannelSource,
    timeoutMs: number,
    signal: CancelSignal,
  ): Promise<FetchedPart> {
    return this.#once(url, source, PLAYLIST_BYTES_MAX, timeoutMs, PLAYLIST_KEPT_MS, signal);
  }

  segment(url: string, source: ChannelSource, signal: CancelSignal): Promise<FetchedPart> {
    return this.#once(url, source, SEGMENT_BYTES_MAX, SEGMENT_TIMEOUT_MS, SEGMENT_KEPT_MS, signal);
  }

  async #once(
    url: string,
    source: ChannelSource,
    bodyBytesMax: number,
    timeoutMs: number,
    ttl: number,
    signal: CancelSignal,
  ): Promise<FetchedPart> {
    const kept = this.#kept.get(url);
    if (kept !== undefined) return kept;
    let fetching = this.#underWay.get(url);
    if (fetching === undefined) {
      if (this.#underWay.size >= UNDER_WAY_MAX)
        throw new AppError('server.overloaded', 'too many segments are fetched: try again');
      fetching = this.#fetch(url, source, bodyBytesMax, timeoutMs)
        .then((part) => {
          this.#kept.set(url, part, { ttl });
          return part;
        })
        .finally(() => this.#underWay.delete(url));
      this.#underWay.set(url, fetching);
    }
    return orCancelled(fetching, signal);
  }

  /** For all who ask, so that nobody's leaving ends it. */
  async #fetch(
    url: string,
    source: ChannelSource,
    bodyBytesMax: number,
    timeoutMs: number,
  ): Promise<FetchedPart> {
    const { userAgent, headers } = playerHeaders(source);
    const answer: FetchedBytes = await this.#fetcher.fetchBytes(url, {
      signal: NEVER_CANCELLED,
      timeoutMs,
      bodyBytesMax,
      route: LIVE,
      headers,
      ...(userAgent !== undefined && { userAgent }),
    });
    if (answer.status !== 200)
      throw new AppError(
        'iptv.source-failed',
        `the provider answered with status ${answer.status}`,
      );
    return { bytes: Buffer.from(answer.bytes), contentType: answer.contentType, url: answer.url };
  }
}
