/** Playlists and segments of providers, each fetched once for all who ask for it in a moment. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import { LIVE } from '../../../platform/fetch/connection-pools.ts';
import type { FetchedBytes, Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { ChannelSource } from '../contract.ts';
import { SilenceLimit, type Patience } from './silence.ts';
import { playerHeaders } from './source-headers.ts';

export interface FetchedPart {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Where redirects led to. */
  readonly url: string;
}

interface PartLimits {
  readonly bodyBytesMax: number;
  readonly timeoutMs: number;
  readonly keptMs: number;
  readonly patience: Patience;
}

const KEPT_BYTES_MAX = 32 * 2 ** 20;
const PLAYLIST = { bodyBytesMax: 2 * 2 ** 20, keptMs: 1000 };
const SEGMENT = { bodyBytesMax: 24 * 2 ** 20, timeoutMs: 15_000, keptMs: 60_000 };
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

  /** Whole within the time that the patience has for its beginning. */
  playlist(
    url: string,
    source: ChannelSource,
    patience: Patience,
    signal: CancelSignal,
  ): Promise<FetchedPart> {
    return this.#once(url, source, { ...PLAYLIST, patience, timeoutMs: patience.startMs }, signal);
  }

  segment(
    url: string,
    source: ChannelSource,
    patience: Patience,
    signal: CancelSignal,
  ): Promise<FetchedPart> {
    return this.#once(url, source, { ...SEGMENT, patience }, signal);
  }

  async #once(
    url: string,
    source: ChannelSource,
    limits: PartLimits,
    signal: CancelSignal,
  ): Promise<FetchedPart> {
    const kept = this.#kept.get(url);
    if (kept !== undefined) return kept;
    let fetching = this.#underWay.get(url);
    if (fetching === undefined) {
      if (this.#underWay.size >= UNDER_WAY_MAX)
        throw new AppError('server.overloaded', 'too many segments are fetched: try again');
      fetching = this.#fetch(url, source, limits)
        .then((part) => {
          this.#kept.set(url, part, { ttl: limits.keptMs });
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
    { bodyBytesMax, timeoutMs, patience }: PartLimits,
  ): Promise<FetchedPart> {
    const { userAgent, headers } = playerHeaders(source);
    const pieces: Uint8Array[] = [];
    using limit = new SilenceLimit(() => patience, timeoutMs);
    const answer: FetchedBytes = await this.#fetcher.fetchBytes(url, {
      signal: limit.signal,
      timeoutMs,
      bodyBytesMax,
      route: LIVE,
      headers,
      ...(userAgent !== undefined && { userAgent }),
      onBody: (piece) => {
        limit.heard();
        pieces.push(piece);
      },
    });
    if (answer.status !== 200)
      throw new AppError(
        'iptv.source-failed',
        `the provider answered with status ${answer.status}`,
      );
    return { bytes: Buffer.concat(pieces), contentType: answer.contentType, url: answer.url };
  }
}
