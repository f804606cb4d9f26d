/** What rows of viewers and of their programs answer alike: lists, each kept for a minute, and where a channel plays. */
import { LRUCache } from 'lru-cache';
import { jsonReply } from '../../../http/json-reply.ts';
import { Representation } from '../../../http/representation.ts';
import type { Reply, Request } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Guide, NowAndNext } from '../../guide/contract.ts';
import type { Channel, ChannelLibrary } from '../contract.ts';
import { guideListings, listedProgrammes, type GuideListing } from './guide.ts';
import { lineup } from './hdhomerun.ts';
import { isSince, LastChanges } from './last-changes.ts';
import { allChannels, channelUrl, playlistText } from './playlist.ts';
import type { Viewer } from './store.ts';
import { categoryIds, liveCategories, liveStream } from './xtream.ts';

/** What a row has to read of the request. */
export const LIST_HEADERS: readonly string[] = ['if-modified-since', 'if-none-match'];
export const LIST_CACHE_CONTROL = 'private, max-age=60';
const KEPT_BYTES_MAX = 64 * 2 ** 20;
const KEPT_MS = 60_000;
const M3U_TYPE = 'audio/x-mpegurl; charset=utf-8';
const NOTHING: NowAndNext = { now: null, next: null };
const JSON_TYPE = 'application/json; charset=utf-8';

/** Made anew once a minute at most. */
class KeptLists {
  readonly #lists = new LRUCache<string, Representation>({
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: (list) => list.sizeBytes,
    ttl: KEPT_MS,
  });

  /** @param url what the list is known by: it holds the viewer's token, who was checked before */
  async get(
    url: string,
    contentType: string,
    make: () => Promise<string>,
  ): Promise<Representation> {
    const kept = this.#lists.get(url);
    if (kept !== undefined) return kept;
    const representation = new Representation(Buffer.from(await make()), {
      contentType,
      cacheControl: LIST_CACHE_CONTROL,
      compressible: true,
      isForFew: true,
    });
    this.#lists.set(url, representation);
    return representation;
  }
}

/** `url` is what addresses of the viewer begin with: it holds the token. */
export class ViewerOutput {
  readonly #channels: ChannelLibrary;
  readonly #guide: Guide;
  readonly #lists = new KeptLists();
  readonly #changes = new LastChanges();

  constructor(channels: ChannelLibrary, guide: Guide) {
    this.#channels = channels;
    this.#guide = guide;
  }

  async m3u(viewer: Viewer, url: string, request: Request): Promise<Reply> {
    const since = request.header('if-modified-since');
    const hasTag = request.header('if-none-match') !== '';
    const representation = await this.#lists.get(`${url} m3u`, M3U_TYPE, () =>
      playlistText(this.#channels, url, viewer, request.signal),
    );
    const changedAt = this.#changes.of(`${url} m3u`, representation.identity.etag);
    const headers = ['Last-Modified', changedAt.toUTCString()];
    if (!hasTag && isSince(since, changedAt)) return { status: 304, representation, headers };
    return { status: 200, representation, headers };
  }

  async lineup(viewer: Viewer, url: string, signal: CancelSignal): Promise<Reply> {
    const make = async () => {
      const channels = await allChannels(this.#channels, viewer, signal);
      return JSON.stringify(lineup(channels, (id) => channelUrl(url, id)));
    };
    return {
      status: 200,
      representation: await this.#lists.get(`${url} lineup`, JSON_TYPE, make),
    };
  }

  async nowAndNext({ id }: Channel, signal: CancelSignal): Promise<NowAndNext> {
    return (await this.#guide.nowAndNext([id], Date.now(), signal)).get(id) ?? NOTHING;
  }

  /** Of one channel, in the form of the Xtream API. */
  async guideListings(
    channel: Channel,
    listing: GuideListing,
    signal: CancelSignal,
  ): Promise<Reply> {
    const programmes = await listedProgrammes(this.#guide, channel, listing, signal);
    return listReply(guideListings(channel, programmes, Date.now()));
  }

  async liveCategories(viewer: Viewer, signal: CancelSignal): Promise<Reply> {
    const ids = categoryIds(await this.#channels.groups(viewer, signal));
    return listReply(liveCategories(ids));
  }

  /** @param categoryId empty for all; nothing is found in one that is unknown */
  async liveStreams(
    viewer: Viewer,
    url: string,
    categoryId: string,
    signal: CancelSignal,
  ): Promise<Reply> {
    const ids = categoryIds(await this.#channels.groups(viewer, signal));
    const group = [...ids].find(([, id]) => String(id) === categoryId)?.[0];
    if (categoryId !== '' && group === undefined) return listReply([]);
    const make = async () => {
      const channels = await allChannels(this.#channels, viewer, signal);
      const streams = channels
        .map((channel, at) => liveStream(channel, ids.get(channel.group) ?? 0, at))
        .filter(({ category_id: id }) => categoryId === '' || id === categoryId);
      return JSON.stringify(streams);
    };
    return {
      status: 200,
      representation: await this.#lists.get(`${url} xtream ${categoryId}`, JSON_TYPE, make),
    };
  }
}

/** @throws AppError `iptv.no-channel` for one that is hidden or not there */
export function shown(channel: Channel | null): Channel {
  if (channel === null || channel.isHidden) throw noChannel();
  return channel;
}

export function listReply(list: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(list)), LIST_CACHE_CONTROL, { isForFew: true });
}

export function noChannel(): AppError {
  return new AppError('iptv.no-channel', 'there is no channel with this id', { field: 'id' });
}
