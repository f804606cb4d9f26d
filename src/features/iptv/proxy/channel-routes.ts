/** A channel as the proxy plays it to one viewer. */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../../lib/reuse/growing-lru.ts';
import type { Reply, Request } from '../../../http/route.ts';
import { eitherOf, type CancelSignal } from '../../../lib/async/cancel.ts';
import type { Channel, ChannelSource } from '../contract.ts';
import type { Viewer } from '../viewers/store.ts';
import type { ChannelStreams } from './channel-streams.ts';
import type { ProxyCounts } from './proxy-metrics.ts';
import type { Seat } from './seat.ts';
import type { Throttles } from './throttle.ts';
import type { Watches, WatchTicket } from './watches.ts';

export interface ChannelProxyParts {
  readonly streams: ChannelStreams;
  readonly watches: Watches;
  readonly throttles: Throttles;
  readonly counts: ProxyCounts;
}

export interface Played {
  readonly request: Request;
  readonly viewer: Viewer;
  readonly channel: Channel;
  /** The one to begin with first. */
  readonly sources: readonly ChannelSource[];
  /** Whether the viewer has asked for the first one. */
  readonly isChosen: boolean;
}

const PLAYLISTS_MAX = 20_000;
const TRANSPORT_STREAM = 'video/mp2t';

export class ChannelProxy {
  readonly #parts: ChannelProxyParts;
  /** Sources that turned out to be playlists although their addresses do not say so. */
  readonly #playlists = new LRUCache<number, true>(growsTo(PLAYLISTS_MAX));

  constructor(parts: ChannelProxyParts) {
    this.#parts = parts;
  }

  isPlaylist({ sourceId, url }: ChannelSource): boolean {
    return this.#playlists.has(sourceId) || /\.m3u8?(?:[?#]|$)/i.test(url);
  }

  /**
   * The channel as a stream without an end; null where its source is a playlist.
   * @throws AppError `iptv.source-failed`, `iptv.no-slot`, `fetch.…` when no source plays
   */
  async stream(played: Played): Promise<Reply | null> {
    const { request, viewer, channel, sources, isChosen } = played;
    const { streams, watches } = this.#parts;
    const [first] = sources;
    if (first === undefined || this.isPlaylist(first)) return null;
    const plain = sources.filter((source) => !this.isPlaylist(source));
    if (request.method === 'HEAD') return streamReply(noStream, () => undefined);
    const { signal, clientAddress } = request;
    const ticket = await watches.begin(viewer, channel.id, clientAddress, signal);
    let seat: Seat | number;
    try {
      const wanted = { channelId: channel.id, sources: plain, isChosen };
      seat = await streams.join(wanted, signal);
    } catch (error) {
      ticket[Symbol.dispose]();
      throw error;
    }
    if (typeof seat !== 'number') return this.#reply(viewer, seat, ticket);
    ticket[Symbol.dispose]();
    this.#playlists.set(seat, true);
    return null;
  }

  #reply(viewer: Viewer, seat: Seat, ticket: WatchTicket): Reply {
    const leave = () => {
      seat[Symbol.dispose]();
      ticket[Symbol.dispose]();
    };
    // Also of a reader that takes nothing, and is asked for nothing.
    ticket.signal.addEventListener('abort', leave, { once: true });
    return streamReply((signal) => this.#read(viewer, seat, ticket, signal, leave), leave);
  }

  async *#read(
    viewer: Viewer,
    seat: Seat,
    ticket: WatchTicket,
    signal: CancelSignal,
    leave: () => void,
  ): AsyncGenerator<Uint8Array> {
    const { counts, throttles } = this.#parts;
    const watching = eitherOf(signal, ticket.signal);
    counts.viewers++;
    try {
      for await (const block of seat.read(watching)) {
        await throttles.pass(viewer, block.byteLength, watching);
        yield block;
      }
    } catch (error) {
      // Ended, not broken: a player that would come back is not to take the newer stream's place.
      if (!ticket.signal.aborted) throw error;
    } finally {
      counts.viewers--;
      leave();
    }
  }
}

async function* noStream(): AsyncGenerator<Uint8Array> {}

function streamReply(
  open: (signal: CancelSignal) => AsyncIterable<Uint8Array>,
  drop: () => void,
): Reply {
  return {
    status: 200,
    representation: null,
    stream: {
      contentType: TRANSPORT_STREAM,
      cacheControl: 'no-store',
      bodyBytes: null,
      isEndless: true,
      open,
      drop,
    },
  };
}
