/** Channels whose sources are playlists, as the proxy passes them on: every address leads back here. */
import { Representation } from '../../../http/representation.ts';
import { rangeReply } from '../../../http/byte-range.ts';
import type { Reply, Request } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import { writeMaster, type AddressOf } from '../../../lib/hls/relay.ts';
import type { ChannelSource } from '../contract.ts';
import type { Viewer } from '../viewers/store.ts';
import type { HlsAddresses } from './hls-address.ts';
import { HlsChannel, type HlsChannelParts } from './hls-channel.ts';
import type { HlsFetch } from './hls-fetch.ts';
import type { HlsViewers } from './hls-viewers.ts';
import { patienceWith } from './silence.ts';
import type { SlotLedger } from './slots.ts';
import type { Throttles } from './throttle.ts';

export interface HlsRelayParts extends HlsChannelParts {
  readonly hls: HlsFetch;
  readonly slots: SlotLedger;
  readonly addresses: HlsAddresses;
  readonly viewers: HlsViewers;
  readonly throttles: Throttles;
}

export interface HlsPlayed {
  readonly request: Request;
  readonly viewer: Viewer;
  readonly channelId: string;
  readonly sources: readonly ChannelSource[];
  /** The viewer has asked for the first one: it is played unless others watch another. */
  readonly isChosen: boolean;
  /** What the addresses of the channel's parts begin with. */
  readonly url: string;
}

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const SEGMENT_CACHE_CONTROL = 'private, max-age=60';
/** A channel that nobody has asked for gives its slot back after this time, sooner where somebody needs it. */
const IDLE_MS = 15_000;
const MAKES_WAY_MS = 10_000;
const CHANNELS_MAX = 500;
/** Of a playlist that says nothing of it. */
const BANDWIDTH = 5_000_000;
const TYPES: Readonly<Record<string, string>> = {
  ts: 'video/mp2t',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  aac: 'audio/aac',
  vtt: 'text/vtt',
};

export class HlsRelay {
  readonly #parts: HlsRelayParts;
  readonly #channels = new Map<string, HlsChannel>();
  /** Which source of a channel was asked last. */
  readonly #playing = new Map<string, { readonly sourceId: number; readonly atMs: number }>();

  constructor(parts: HlsRelayParts) {
    this.#parts = parts;
    parts.slots.roomMakers.push((providerId) => this.#makeRoom(providerId));
  }

  /** What players begin with. Always a list of playlists: their addresses go on when another source takes over. */
  async entry(played: HlsPlayed): Promise<Reply> {
    const { request, viewer, channelId } = played;
    if (request.method === 'HEAD') return headReply();
    const sources = this.#inOrder(played);
    await this.#parts.viewers.open(viewer, channelId, request);
    const channel = this.#channelOf(played);
    const { playlist, url, source } = await channel.entry(sources, request.signal);
    this.#plays(channelId, source.sourceId);
    const addressOf = this.#addressOf(played)(source);
    if (playlist.kind === 'master') return playlistReply(writeMaster(playlist, url, addressOf));
    return playlistReply(
      `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=${BANDWIDTH}\n${addressOf(source.url, 'playlist')}\n`,
    );
  }

  /** @param sealed of an address that was passed on @throws AppError `iptv.no-channel` for another */
  async part(played: HlsPlayed, sealed: string): Promise<Reply> {
    const { request, viewer, channelId, sources } = played;
    const address = this.#parts.addresses.open(sealed);
    const source = sources.find(({ sourceId }) => sourceId === address?.sourceId);
    if (address === null || source === undefined)
      throw new AppError('iptv.no-channel', 'this address leads nowhere any more');
    await this.#parts.viewers.goOn(viewer, channelId, request);
    const channel = this.#channelOf(played);
    if (address.what === 'playlist') {
      const of = this.#addressOf(played);
      const { signal } = request;
      const media = await channel.media(address.url, source.sourceId, sources, of, signal);
      this.#plays(channelId, media.sourceId);
      return playlistReply(media.text);
    }
    return this.#segment(played, channel, source, address.url);
  }

  /** To be called every few seconds. */
  async sweep(): Promise<void> {
    this.#parts.viewers.sweep(IDLE_MS);
    const nowMs = performance.now();
    for (const [channelId, { atMs }] of this.#playing)
      if (nowMs - atMs >= IDLE_MS) this.#playing.delete(channelId);
    await this.#dropIdle(IDLE_MS, () => true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dropIdle(0, () => true);
  }

  async #segment(
    { request, viewer, sources }: HlsPlayed,
    channel: HlsChannel,
    source: ChannelSource,
    url: string,
  ): Promise<Reply> {
    const { hls, throttles } = this.#parts;
    try {
      const { bytes, contentType } = await hls.segment(
        url,
        source,
        patienceWith(sources.length),
        request.signal,
      );
      await throttles.pass(viewer, bytes.byteLength, request.signal);
      const [, ending = ''] = /\.([a-z0-9]+)$/.exec(request.path) ?? [];
      const representation = new Representation(bytes, {
        contentType: TYPES[ending] ?? (contentType || 'application/octet-stream'),
        cacheControl: SEGMENT_CACHE_CONTROL,
        compressible: false,
      });
      return rangeReply(request, representation);
    } catch (error) {
      if (!request.signal.aborted && error instanceof AppError) channel.failed(source);
      throw error;
    }
  }

  #plays(channelId: string, sourceId: number): void {
    this.#playing.set(channelId, { sourceId, atMs: performance.now() });
  }

  /** What others watch comes first, so that it is fetched once. */
  #inOrder({ channelId, sources, isChosen, viewer, request }: HlsPlayed): HlsPlayed['sources'] {
    const playing = this.#playing.get(channelId);
    if (playing === undefined) return sources;
    if (isChosen && !this.#parts.viewers.hasOthers(viewer, channelId, request)) return sources;
    const isPlaying = ({ sourceId }: ChannelSource) => sourceId === playing.sourceId;
    return [...sources.filter(isPlaying), ...sources.filter((source) => !isPlaying(source))];
  }

  #addressOf({ url }: HlsPlayed): (source: ChannelSource) => AddressOf {
    const { addresses } = this.#parts;
    return ({ sourceId }) =>
      (target, what) =>
        `${url}/${addresses.seal({ url: target, sourceId, what })}`;
  }

  #channelOf({ channelId, sources }: HlsPlayed): HlsChannel {
    const ids = sources.map(({ sourceId }) => sourceId).sort((one, other) => one - other);
    const key = [channelId, ...ids].join(' ');
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      if (this.#channels.size >= CHANNELS_MAX)
        throw new AppError('server.overloaded', 'too many channels are watched: try again later');
      channel = new HlsChannel(this.#parts, channelId);
      this.#channels.set(key, channel);
    }
    channel.askedAtMs = performance.now();
    return channel;
  }

  #makeRoom(providerId: number): Promise<boolean> {
    return this.#dropIdle(MAKES_WAY_MS, (channel) => channel.providerId === providerId);
  }

  /** Whether there were any. */
  async #dropIdle(idleMs: number, isMeant: (channel: HlsChannel) => boolean): Promise<boolean> {
    const nowMs = performance.now();
    const idle = [...this.#channels].filter(
      ([, channel]) => nowMs - channel.askedAtMs >= idleMs && isMeant(channel),
    );
    for (const [key] of idle) this.#channels.delete(key);
    await Promise.all(idle.map(([, channel]) => channel.release()));
    return idle.length > 0;
  }
}

function playlistReply(text: string): Reply {
  return {
    status: 200,
    representation: new Representation(Buffer.from(text), {
      contentType: PLAYLIST_TYPE,
      cacheControl: 'no-store',
      compressible: true,
      isForFew: true,
    }),
  };
}

/** Without asking the provider, so that its length is not known. */
function headReply(): Reply {
  return {
    status: 200,
    representation: null,
    stream: {
      contentType: PLAYLIST_TYPE,
      cacheControl: 'no-store',
      bodyBytes: null,
      open: async function* () {},
    },
  };
}
