/** What the Xtream API answers, in the types that its strictest clients take: lists are lists, ids of categories are texts. */
import { createHash } from 'node:crypto';
import type { Channel, ChannelGroup } from '../contract.ts';
import { guideId } from './guide.ts';
import type { Viewer } from './store.ts';
import { xtreamUsername } from './viewers.ts';

/** Of channels that have none: clients leave a category without a name out. */
const NO_GROUP = 'Other';
const CATEGORY_ID_MAX = 2 ** 31 - 1;
/** 2038-01-01: clients take neither null nor what does not fit into 32 bits. */
const NEVER_EXPIRES_S = '2145916800';

export interface LoggedIn {
  readonly viewer: Viewer;
  readonly token: string;
  /** Of this instance, absolute. */
  readonly baseUrl: string;
  readonly nowMs: number;
  /** `most` 0: not limited, which servers of this kind say alike. */
  readonly streams: { readonly open: number; readonly most: number };
}

export function profile({ viewer, token, baseUrl, nowMs, streams }: LoggedIn) {
  const { protocol, hostname, port } = new URL(baseUrl);
  const isTls = protocol === 'https:';
  return {
    user_info: {
      username: xtreamUsername(viewer.id),
      password: token,
      message: '',
      auth: 1,
      status: 'Active',
      exp_date: NEVER_EXPIRES_S,
      is_trial: '0',
      active_cons: String(streams.open),
      created_at: String(Math.floor(viewer.createdAt.getTime() / 1000)),
      max_connections: String(streams.most),
      allowed_output_formats: ['ts', 'm3u8'],
    },
    server_info: {
      url: hostname,
      port: port || (isTls ? '443' : '80'),
      https_port: isTls ? port || '443' : '443',
      server_protocol: isTls ? 'https' : 'http',
      rtmp_port: '',
      timezone: 'UTC',
      timestamp_now: Math.floor(nowMs / 1000),
      time_now: new Date(nowMs).toISOString().slice(0, 19).replace('T', ' '),
    },
  };
}

/** The same number for a title for ever, unless two titles of one viewer come to the same one. */
export function categoryIds(groups: readonly ChannelGroup[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const { title } of groups) {
    let id = createHash('sha256').update(title).digest().readUInt32BE() % CATEGORY_ID_MAX;
    while (id === 0 || taken.has(id)) id = (id + 1) % CATEGORY_ID_MAX;
    taken.add(id);
    ids.set(title, id);
  }
  return ids;
}

export function liveCategories(ids: ReadonlyMap<string, number>) {
  return [...ids].map(([title, id]) => ({
    category_id: String(id),
    category_name: title === '' ? NO_GROUP : title,
    parent_id: 0,
  }));
}

/** @param at the channel's place in the list, from 0 */
export function liveStream(channel: Channel, categoryId: number, at: number) {
  const { serial, name, number, logo, catchupDays } = channel;
  return {
    num: number ?? at + 1,
    name,
    title: name,
    stream_type: 'live',
    stream_id: serial,
    stream_icon: logo,
    epg_channel_id: guideId(channel),
    added: '0',
    is_adult: 0,
    category_id: String(categoryId),
    category_ids: [categoryId],
    custom_sid: '',
    tv_archive: catchupDays > 0 ? 1 : 0,
    tv_archive_duration: catchupDays,
    direct_source: '',
  };
}
