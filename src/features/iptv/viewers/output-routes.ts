/** What rows of viewers and of their programs answer alike: lists, and what is on. */
import { createHash } from 'node:crypto';
import { jsonReply } from '../../../http/json-reply.ts';
import type { Reply, Request } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { version } from '../../../platform/config/version.ts';
import type { Guide, NowAndNext } from '../../guide/contract.ts';
import type { Channel, ChannelLibrary } from '../contract.ts';
import { guideListings, listedProgrammes, type GuideListing } from './guide.ts';
import { lineup } from './hdhomerun.ts';
import { JSON_TYPE, LIST_CACHE_CONTROL, type KeptLists } from './kept-list-routes.ts';
import { isSince, type LastChanges } from './last-changes.ts';
import { allChannels, channelUrl, playlistText } from './playlist.ts';
import type { Viewer } from './store.ts';
import { categoryIds, liveCategories, liveStream } from './xtream.ts';

/** What a row has to read of the request. */
export const LIST_HEADERS: readonly string[] = ['if-modified-since', 'if-none-match'];
const M3U_TYPE = 'audio/x-mpegurl; charset=utf-8';
const NOTHING: NowAndNext = { now: null, next: null };

export interface ViewerOutputParts {
  readonly channels: ChannelLibrary;
  readonly guide: Guide;
  readonly lists: KeptLists;
  readonly changes: LastChanges;
}

/** `url` is what addresses of the viewer begin with: it holds the token. */
export class ViewerOutput {
  readonly #channels: ChannelLibrary;
  readonly #guide: Guide;
  readonly #lists: KeptLists;
  readonly #changes: LastChanges;

  constructor({ channels, guide, lists, changes }: ViewerOutputParts) {
    this.#channels = channels;
    this.#guide = guide;
    this.#lists = lists;
    this.#changes = changes;
  }

  async m3u(viewer: Viewer, url: string, request: Request): Promise<Reply> {
    const since = request.header('if-modified-since');
    const hasTag = request.header('if-none-match') !== '';
    const make = async (signal: CancelSignal) => {
      const text = await playlistText(this.#channels, url, viewer, signal);
      const said = versionOf(text.replaceAll(url, ''));
      return { text, changedAt: await this.#changes.of(viewer.id, 'm3u', said, signal) };
    };
    const { representation, changedAt = new Date(0) } = await this.#lists.get(
      `${url} m3u`,
      M3U_TYPE,
      make,
      request.signal,
    );
    const headers = ['Last-Modified', changedAt.toUTCString()];
    if (!hasTag && isSince(since, changedAt)) return { status: 304, representation, headers };
    return { status: 200, representation, headers };
  }

  async lineup(viewer: Viewer, url: string, signal: CancelSignal): Promise<Reply> {
    const make = async (flight: CancelSignal) => {
      const channels = await allChannels(this.#channels, viewer, flight);
      return { text: JSON.stringify(lineup(channels, (id) => channelUrl(url, id))) };
    };
    const { representation } = await this.#lists.get(`${url} lineup`, JSON_TYPE, make, signal);
    return { status: 200, representation };
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
    const make = async (flight: CancelSignal) => {
      const channels = await allChannels(this.#channels, viewer, flight);
      const streams = channels
        .map((channel, at) => liveStream(channel, ids.get(channel.group) ?? 0, at))
        .filter(({ category_id: id }) => categoryId === '' || id === categoryId);
      return { text: JSON.stringify(streams) };
    };
    const name = `${url} xtream ${categoryId}`;
    const { representation } = await this.#lists.get(name, JSON_TYPE, make, signal);
    return { status: 200, representation };
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

/** Of what a list says, as this version of the program writes it. */
function versionOf(text: string): string {
  return createHash('sha256').update(`${version}\n`).update(text).digest('base64url').slice(0, 22);
}
