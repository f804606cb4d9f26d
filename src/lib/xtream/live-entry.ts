/** Live streams of an Xtream server as entries of a channel list. */
import { countOf, idOf, objectOf, textOf } from '../json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import type { M3uEntry } from '../m3u/entry.ts';
import { streamUrl, type XtreamAccount } from './account.ts';
import { isTrue } from './profile.ts';

const TEXT_CHARS_MAX = 500;
const URL_CHARS_MAX = 4096;
const ID_CHARS_MAX = 100;
const DAYS_MAX = 365;
const NUMBER_MAX = 9_999_999;

export interface LiveListing {
  readonly account: XtreamAccount;
  readonly extension: string;
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
}

/** The entry, or what is wrong with the item. */
export function liveEntry(item: JsonValue, listing: LiveListing): M3uEntry | string {
  if (!isJsonObject(item)) return 'expected an object with stream_id and name';
  const streamId = idOf(item['stream_id']).trim();
  if (streamId === '' || streamId.length > ID_CHARS_MAX) return 'has no stream_id';
  const name = cut(idOf(item['name']) || idOf(item['title']));
  if (name === '') return `stream_id ${JSON.stringify(streamId)} has no name`;
  const number = countOf(item['num']);
  const hasArchive = isTrue(item['tv_archive']);
  return {
    name,
    url: streamUrl(listing.account, 'live', streamId, listing.extension),
    tvgId: cut(idOf(item['epg_channel_id'])),
    group: groupOf(item, listing.categories),
    logo: logoOf(item),
    number: number === undefined || number < 1 || number > NUMBER_MAX ? null : number,
    isRadio: /^radio/i.test(textOf(item['stream_type'])),
    type: 'live',
    userAgent: '',
    referrer: '',
    catchupType: hasArchive ? 'xc' : '',
    catchupSource: '',
    catchupDays: hasArchive ? Math.min(DAYS_MAX, countOf(item['tv_archive_duration']) ?? 0) : 0,
    language: '',
    country: '',
    properties: [],
  };
}

/** Id and name of a category; null for what is none. */
export function categoryOf(item: JsonValue): readonly [id: string, name: string] | null {
  const category = objectOf(item);
  const id = idOf(category['category_id']);
  return id === '' ? null : [id, cut(idOf(category['category_name']))];
}

/** Of `category_id`, else of the first of `category_ids` that has a name. */
export function groupOf(item: JsonObject, categories: ReadonlyMap<string, string>): string {
  const more = item['category_ids'];
  const ids: readonly JsonValue[] = Array.isArray(more) ? more : [];
  for (const id of [item['category_id'], ...ids]) {
    const name = categories.get(idOf(id));
    if (name !== undefined && name !== '') return name;
  }
  return '';
}

function logoOf(item: JsonObject): string {
  const logo = textOf(item['stream_icon']).trim();
  return /^https?:\/\//i.test(logo) && logo.length <= URL_CHARS_MAX ? logo : '';
}

export function cut(text: string): string {
  return text.trim().slice(0, TEXT_CHARS_MAX);
}
