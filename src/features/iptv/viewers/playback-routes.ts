/** Where a channel plays: at its provider, or through this server. */
import type { Reply, Request } from '../../../http/route.ts';
import type { Channel, ChannelLibrary, ChannelSource } from '../contract.ts';
import type { ChannelProxy } from '../proxy/channel-routes.ts';
import type { HlsPlayed, HlsRelay } from '../proxy/hls-routes.ts';
import { noChannel, shown } from './output-routes.ts';
import type { Viewer } from './store.ts';

export interface PlaybackParts {
  readonly proxy: ChannelProxy;
  readonly relay: HlsRelay;
}

export class ChannelPlayback {
  readonly #channels: ChannelLibrary;
  readonly #parts: PlaybackParts;

  constructor(channels: ChannelLibrary, parts: PlaybackParts) {
    this.#channels = channels;
    this.#parts = parts;
  }

  /**
   * The channel from its source, the first one being 0.
   * @param url what the viewer's addresses begin with
   * @throws AppError `iptv.no-channel`; of the proxy when no source plays
   */
  async play(
    channel: Channel | null,
    viewer: Viewer,
    at: number,
    url: string,
    request: Request,
  ): Promise<Reply> {
    const found = shown(channel);
    const sources = await this.#channels.sources(found.id, viewer, request.signal);
    const source = sources[at];
    if (source === undefined) throw noChannel();
    if (source.mode === 'redirect' || !isHttp(source)) return redirect(source);
    // The others take over when this one fails, also those that players would be sent to.
    const others = sources.filter((one) => one !== source && isHttp(one));
    const isChosen = at > 0;
    const played = { request, viewer, channel: found, sources: [source, ...others], isChosen };
    const { proxy, relay } = this.#parts;
    try {
      const stream = await proxy.stream(played);
      if (stream !== null) return stream;
    } catch (error) {
      const hasPlaylists = played.sources.some((one) => proxy.isPlaylist(one));
      if (!hasPlaylists || request.signal.aborted) throw error;
    }
    return relay.entry(this.#relayed(found.id, played, url));
  }

  /** A playlist or a segment behind an address that was passed on. @throws AppError `iptv.no-channel` */
  async part(viewer: Viewer, url: string, request: Request): Promise<Reply> {
    const [, id = '', sealed = ''] = request.parameters;
    const sources = await this.#channels.sources(id, viewer, request.signal);
    const relayed = this.#relayed(id, { request, viewer, sources, isChosen: false }, url);
    return this.#parts.relay.part(relayed, sealed);
  }

  /** Playlists take over from playlists alone. */
  #relayed(
    channelId: string,
    { sources, ...asked }: Pick<HlsPlayed, 'request' | 'viewer' | 'sources' | 'isChosen'>,
    url: string,
  ): HlsPlayed {
    const { proxy } = this.#parts;
    const playlists = sources.filter((one) => isHttp(one) && proxy.isPlaylist(one));
    const { request, viewer, isChosen } = asked;
    const own = { channelId, url: `${url}/hls/${channelId}` };
    return { request, viewer, isChosen, sources: playlists, ...own };
  }
}

function redirect({ url }: ChannelSource): Reply {
  return {
    status: 302,
    representation: null,
    headers: ['Location', url, 'Cache-Control', 'no-store'],
  };
}

function isHttp({ url }: ChannelSource): boolean {
  return /^https?:/i.test(url);
}
