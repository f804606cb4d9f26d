/** Films and series of an Xtream server as entries of a list, and the episodes that it tells of a series. */
import type { ListedEntry, VodDetails, VodFacts } from '../iptv/vod-facts.ts';
import { readVodName } from '../iptv/vod-name.ts';
import { countOf, idOf, objectOf, objectsOf, textOf } from '../json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import type { M3uEntry } from '../m3u/entry.ts';
import { seriesInfoUrl, streamUrl, type XtreamAccount } from './account.ts';
import { cut, groupOf } from './live-entry.ts';

export interface VodListing {
  readonly account: XtreamAccount;
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
}

/** One episode of a series. */
export interface XtreamEpisode {
  readonly season: number;
  readonly episode: number;
  readonly name: string;
  readonly url: string;
  readonly container: string;
  readonly details: VodDetails;
}

const ID_CHARS_MAX = 100;
const URL_CHARS_MAX = 4096;
const PLOT_CHARS_MAX = 5000;
const SEASON_MAX = 9999;
const EPISODE_MAX = 99_999;
const EPISODES_MAX = 20_000;

/** The film, or what is wrong with the item. */
export function movieEntry(item: JsonValue, listing: VodListing): ListedEntry | string {
  if (!isJsonObject(item)) return 'expected an object with stream_id and name';
  const id = identityOf(item['stream_id']);
  if (id === '') return 'has no stream_id';
  const container = containerOf(item['container_extension']) || 'mp4';
  const url = streamUrl(listing.account, 'movie', id, container);
  return listed(item, listing, { kind: 'movie', id, url, container, image: 'stream_icon' });
}

/** The series, or what is wrong with the item; its address is where its episodes are told. */
export function seriesEntry(item: JsonValue, listing: VodListing): ListedEntry | string {
  if (!isJsonObject(item)) return 'expected an object with series_id and name';
  const id = identityOf(item['series_id']);
  if (id === '') return 'has no series_id';
  const url = seriesInfoUrl(listing.account, id);
  return listed(item, listing, { kind: 'series', id, url, container: '', image: 'cover' });
}

/** Episodes of the answer to `get_series_info`, whether they are kept by season or in one list. */
export function seriesEpisodes(
  answer: JsonValue,
  account: XtreamAccount,
): readonly XtreamEpisode[] {
  const { episodes } = objectOf(answer);
  const seasons: readonly (readonly [string, JsonValue | undefined])[] = Array.isArray(episodes)
    ? episodes.map((one: JsonValue) => ['', Array.isArray(one) ? one : [one]])
    : Object.entries(objectOf(episodes));
  const found = new Map<string, XtreamEpisode>();
  for (const [key, list] of seasons)
    for (const item of isJsonObject(list) ? objectsOf(Object.values(list)) : objectsOf(list)) {
      const episode = episodeOf(item, key, account);
      if (episode !== null && found.size < EPISODES_MAX)
        found.set(`${episode.season} ${episode.episode}`, episode);
    }
  return [...found.values()];
}

interface ListedKind {
  readonly kind: 'movie' | 'series';
  readonly id: string;
  readonly url: string;
  readonly container: string;
  /** The field with the poster. */
  readonly image: string;
}

function listed(
  item: JsonObject,
  { categories }: VodListing,
  { kind, id, url, container, image }: ListedKind,
): ListedEntry | string {
  const name = cut(idOf(item['name']) || idOf(item['title']));
  if (name === '') return `the ${kind} ${JSON.stringify(id)} has no name`;
  const read = readVodName(name);
  const details = detailsOf(item);
  const entry: M3uEntry = {
    ...NO_CHANNEL,
    name,
    url,
    group: groupOf(item, categories),
    logo: addressOf(item[image]) || addressOf(item['cover']),
    type: kind,
  };
  const vod: VodFacts = {
    kind,
    title: kind === 'series' && read.season >= 0 ? name : read.title,
    year: read.year || yearOf(item, details),
    season: -1,
    episode: -1,
    seriesRef: kind === 'series' ? id : '',
    container,
    externalId: externalIdOf(item),
    details,
  };
  return { entry, vod };
}

const NO_CHANNEL: Omit<M3uEntry, 'name' | 'url' | 'group' | 'logo' | 'type'> = {
  tvgId: '',
  number: null,
  isRadio: false,
  userAgent: '',
  referrer: '',
  catchupType: '',
  catchupSource: '',
  catchupDays: 0,
  language: '',
  country: '',
  properties: [],
};

function episodeOf(item: JsonObject, key: string, account: XtreamAccount): XtreamEpisode | null {
  const id = identityOf(item['id'] ?? item['stream_id']);
  const season = countOf(item['season']) ?? countOf(key) ?? 1;
  const episode = countOf(item['episode_num']) ?? countOf(item['episode']);
  if (id === '' || episode === undefined || season > SEASON_MAX || episode > EPISODE_MAX)
    return null;
  const container = containerOf(item['container_extension']) || 'mp4';
  const info = objectOf(item['info']);
  const durationS = countOf(info['duration_secs']) ?? countOf(item['duration_secs']);
  const image = addressOf(info['movie_image']) || addressOf(item['movie_image']);
  return {
    season,
    episode,
    name: cut(idOf(item['title']) || idOf(item['name'])),
    url: streamUrl(account, 'series', id, container),
    container,
    details: {
      ...detailsOf({ ...item, ...info }),
      ...(durationS === undefined || durationS === 0 ? {} : { durationS }),
      ...(image === '' ? {} : { image }),
    },
  };
}

/** What is missing or of another type is left out. */
function detailsOf(item: JsonObject): VodDetails {
  const plot = (textOf(item['plot']) || textOf(item['description']))
    .trim()
    .slice(0, PLOT_CHARS_MAX);
  const [genre, cast, director] = ['genre', 'cast', 'director'].map((key) =>
    cut(textOf(item[key])),
  );
  const rating = Number(idOf(item['rating']) || item['rating']);
  const date =
    textOf(item['releaseDate']) || textOf(item['release_date']) || textOf(item['releasedate']);
  const released = /^\d{4}-\d{2}-\d{2}/.exec(date)?.[0];
  const paths = item['backdrop_path'];
  const backdrop = addressOf(Array.isArray(paths) ? paths[0] : paths);
  const addedS = countOf(item['added']) ?? countOf(item['last_modified']);
  return {
    ...(plot === '' ? {} : { plot }),
    ...(genre ? { genre } : {}),
    ...(cast ? { cast } : {}),
    ...(director ? { director } : {}),
    ...(rating > 0 && rating <= 10 ? { rating } : {}),
    ...(released === undefined ? {} : { released }),
    ...(backdrop === '' ? {} : { backdrop }),
    ...(addedS === undefined || addedS === 0 ? {} : { addedS }),
  };
}

function externalIdOf(item: JsonObject): string {
  const imdb = idOf(item['imdb_id'] ?? item['imdb']).trim();
  if (/^tt\d{5,10}$/.test(imdb)) return imdb;
  const tmdb = (idOf(item['tmdb_id']) || idOf(item['tmdb'])).trim();
  return /^[1-9]\d{0,8}$/.test(tmdb) ? `tmdb:${tmdb}` : '';
}

function yearOf(item: JsonObject, { released }: VodDetails): number {
  const said = /^(?:19|20)\d\d$/.exec(idOf(item['year']))?.[0] ?? released?.slice(0, 4);
  return said === undefined ? 0 : Number(said);
}

function identityOf(value: JsonValue | undefined): string {
  const id = idOf(value).trim();
  return id.length > ID_CHARS_MAX ? '' : id;
}

function containerOf(value: JsonValue | undefined): string {
  const said = textOf(value).trim().replace(/^\./, '').toLowerCase();
  return /^[a-z0-9]{2,4}$/.test(said) ? said : '';
}

function addressOf(value: JsonValue | undefined): string {
  const address = textOf(value).trim();
  return /^https?:\/\//i.test(address) && address.length <= URL_CHARS_MAX ? address : '';
}
