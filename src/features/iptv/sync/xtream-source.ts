/** Channels, films and series of an Xtream account: downloaded whole before anything is read, as lists are. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { DisposeStack } from '../../../lib/async/dispose-stack.ts';
import type { ListedEntry } from '../../../lib/iptv/vod-facts.ts';
import { AppError } from '../../../lib/errors.ts';
import { JsonItems, NoJsonItems, type ItemListener } from '../../../lib/json/json-items.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import { apiUrl, type XtreamAccount, type XtreamAction } from '../../../lib/xtream/account.ts';
import { categoryOf, liveEntry } from '../../../lib/xtream/live-entry.ts';
import { movieEntry, seriesEntry } from '../../../lib/xtream/vod-entry.ts';
import { liveExtension, loginProblem } from '../../../lib/xtream/profile.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import {
  downloadOptional,
  downloadPlaylist,
  playlistText,
  type PlaylistFile,
} from './playlist-file.ts';
import type { EntrySource } from './sync.ts';

type Downloads = Pick<Fetcher, 'fetchBytes'>;

const CATEGORIES_MAX = 100_000;
/** Some servers answer what they do not have with the account's profile. */
const PROFILE_KEYS: ReadonlySet<string> = new Set(['user_info', 'server_info']);

export interface XtreamSource extends EntrySource, AsyncDisposable {}

/** A list that is downloaded, and how its items are read. */
interface Listing {
  readonly path: string;
  readonly action: XtreamAction;
  readonly entryOf: (item: JsonValue) => ListedEntry | string;
}

/**
 * Logs in, and downloads categories and lists.
 * @throws AppError `iptv.login-refused`, `iptv.provider-refused`, `iptv.bad-playlist`, `fetch.…`
 */
export async function openXtream(
  fetcher: Downloads,
  account: XtreamAccount,
  signal: CancelSignal,
): Promise<XtreamSource> {
  const extension = liveExtension(await logIn(fetcher, account, signal));
  const files = new DisposeStack();
  try {
    const listings: Listing[] = [];
    for (const { actions, isNeeded, entryOf } of KINDS) {
      const [namesOf, listOf] = actions;
      const list = await downloadList(fetcher, account, listOf, isNeeded, signal);
      if (list === null) continue;
      files.use(list);
      const categories = await readCategories(fetcher, account, namesOf, signal);
      const listing = { account, categories, extension };
      listings.push({ path: list.path, action: listOf, entryOf: (item) => entryOf(item, listing) });
    }
    return {
      read: (entry, refused) => readLists(listings, entry, refused),
      [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
    };
  } catch (error) {
    await files[Symbol.asyncDispose]();
    throw error;
  }
}

const KINDS = [
  { actions: ['get_live_categories', 'get_live_streams'], isNeeded: true, entryOf: asChannel },
  { actions: ['get_vod_categories', 'get_vod_streams'], isNeeded: false, entryOf: movieEntry },
  { actions: ['get_series_categories', 'get_series'], isNeeded: false, entryOf: seriesEntry },
] as const;

function asChannel(
  item: JsonValue,
  listing: Parameters<typeof liveEntry>[1],
): ListedEntry | string {
  const entry = liveEntry(item, listing);
  return typeof entry === 'string' ? entry : { entry, vod: null };
}

/** Null where the server says that it has no such list. */
async function downloadList(
  fetcher: Downloads,
  account: XtreamAccount,
  action: XtreamAction,
  isNeeded: boolean,
  signal: CancelSignal,
): Promise<PlaylistFile | null> {
  if (isNeeded) return download(fetcher, account, action, signal);
  const file = await downloadOptional(fetcher, apiUrl(account, action), signal);
  if (file === null || (await holdsJson(file.path))) return file;
  await file[Symbol.asyncDispose]();
  return null;
}

async function logIn(
  fetcher: Downloads,
  account: XtreamAccount,
  signal: CancelSignal,
): Promise<JsonObject> {
  await using file = await download(fetcher, account, null, signal);
  const profile: Record<string, JsonValue> = {};
  const answered = readItems(file.path, null, (value, key) => {
    if (key !== null && PROFILE_KEYS.has(key)) profile[key] = value;
  });
  for await (const _ of answered);
  const problem = loginProblem(profile);
  if (problem === '') return profile;
  throw new AppError('iptv.login-refused', `the provider refuses the login: ${problem}`);
}

async function readCategories(
  fetcher: Downloads,
  account: XtreamAccount,
  action: XtreamAction,
  signal: CancelSignal,
): Promise<ReadonlyMap<string, string>> {
  await using file = await download(fetcher, account, action, signal);
  const categories = new Map<string, string>();
  const answered = readItems(file.path, action, (item) => {
    const category = categoryOf(item);
    if (category !== null && categories.size < CATEGORIES_MAX) categories.set(...category);
  });
  for await (const _ of answered);
  return categories;
}

async function* readLists(
  listings: readonly Listing[],
  ...[entry, refused]: Parameters<EntrySource['read']>
): AsyncIterable<void> {
  let [channels, others] = [0, 0];
  for (const { path, action, entryOf } of listings) {
    let place = 0;
    yield* readItems(path, action, (item, key) => {
      if (key !== null && (PROFILE_KEYS.has(key) || !isJsonObject(item))) return;
      place++;
      const read = entryOf(item);
      if (typeof read === 'string') refused({ line: place, reason: read });
      else entry(read);
    });
    if (action === 'get_live_streams') channels = place;
    else others += place;
  }
  if (channels + others > 0) return;
  throw new AppError('iptv.bad-playlist', 'the provider lists no live channel for this account');
}

/** @throws AppError `iptv.bad-playlist` where the answer is no list, without a word of what it says */
async function* readItems(
  path: string,
  action: XtreamAction | null,
  listener: ItemListener,
): AsyncIterable<void> {
  const items = new JsonItems(listener);
  try {
    for await (const text of playlistText(path)) {
      items.write(text);
      yield;
    }
    items.end();
  } catch (error) {
    if (!(error instanceof NoJsonItems)) throw error;
    const answer = action === null ? 'its answer to the login' : `its answer to ${action}`;
    throw new AppError(
      'iptv.bad-playlist',
      `the provider sends no list: ${answer} ${error.message}`,
    );
  }
}

function download(
  fetcher: Downloads,
  account: XtreamAccount,
  action: XtreamAction | null,
  signal: CancelSignal,
): Promise<PlaylistFile> {
  return downloadPlaylist(fetcher, apiUrl(account, action), signal);
}

/** Empty answers and pages stand for nothing where a list need not be there. */
async function holdsJson(path: string): Promise<boolean> {
  for await (const text of playlistText(path)) {
    const start = text.replace(/^\uFEFF/, '').trimStart();
    if (start !== '') return start.startsWith('[') || start.startsWith('{');
  }
  return false;
}
