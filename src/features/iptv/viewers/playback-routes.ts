/** Where a channel plays: at its provider, or through this server. */
import type { Reply, Request } from '../../../http/route.ts';
import type { Channel, ChannelLibrary, ChannelSource } from '../contract.ts';
import type { ChannelProxy } from '../proxy/channel-routes.ts';
import { noChannel, shown } from './output-routes.ts';
import type { Viewer } from './store.ts';

export class ChannelPlayback {
  readonly #channels: ChannelLibrary;
  readonly #proxy: ChannelProxy;

  constructor(channels: ChannelLibrary, proxy: ChannelProxy) {
    this.#channels = channels;
    this.#proxy = proxy;
  }

  /**
   * The channel from its source, the first one being 0.
   * @throws AppError `iptv.no-channel`; of the proxy when no source plays
   */
  async play(
    channel: Channel | null,
    viewer: Viewer,
    at: number,
    request: Request,
  ): Promise<Reply> {
    const found = shown(channel);
    const sources = await this.#channels.sources(found.id, viewer, request.signal);
    const source = sources[at];
    if (source === undefined) throw noChannel();
    if (source.mode === 'redirect' || !isHttp(source)) return redirect(source);
    // The others take over when this one fails, also those that players would be sent to.
    const others = sources.filter((one) => one !== source && isHttp(one));
    const played = { request, viewer, channel: found, sources: [source, ...others] };
    return (await this.#proxy.stream(played)) ?? redirect(source);
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
