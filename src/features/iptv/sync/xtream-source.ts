/** Live channels of an Xtream account: downloaded whole before anything is read, as lists are. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { JsonItems, NoJsonItems, type ItemListener } from '../../../lib/json/json-items.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import { apiUrl, type XtreamAccount, type XtreamAction } from '../../../lib/xtream/account.ts';
import { liveCategory, liveEntry, type LiveListing } from '../../../lib/xtream/live-entry.ts';
import { liveExtension, loginProblem } from '../../../lib/xtream/profile.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import { downloadPlaylist, playlistText } from './playlist-file.ts';
import type { EntrySource } from './sync.ts';

type Downloads = Pick<Fetcher, 'fetchBytes'>;

const CATEGORIES_MAX = 100_000;
/** Some servers answer what they do not have with the account's profile. */
const PROFILE_KEYS: ReadonlySet<string> = new Set(['user_info', 'server_info']);

export interface XtreamSource extends EntrySource, AsyncDisposable {}

/**
 * Logs in, and downloads categories and live streams.
 * @throws AppError `iptv.login-refused`, `iptv.provider-refused`, `iptv.bad-playlist`, `fetch.…`
 */
export async function openXtream(
  fetcher: Downloads,
  account: XtreamAccount,
  signal: CancelSignal,
): Promise<XtreamSource> {
  const profile = await logIn(fetcher, account, signal);
  const categories = await readCategories(fetcher, account, signal);
  const listing = { account, extension: liveExtension(profile), categories };
  const file = await download(fetcher, account, 'get_live_streams', signal);
  return {
    read: (entry, refused) => readStreams(file.path, listing, entry, refused),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
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
  signal: CancelSignal,
): Promise<ReadonlyMap<string, string>> {
  await using file = await download(fetcher, account, 'get_live_categories', signal);
  const categories = new Map<string, string>();
  const answered = readItems(file.path, 'get_live_categories', (item) => {
    const category = liveCategory(item);
    if (category !== null && categories.size < CATEGORIES_MAX) categories.set(...category);
  });
  for await (const _ of answered);
  return categories;
}

async function* readStreams(
  path: string,
  listing: LiveListing,
  ...[entry, refused]: Parameters<EntrySource['read']>
): AsyncIterable<void> {
  let place = 0;
  yield* readItems(path, 'get_live_streams', (item, key) => {
    if (key !== null && (PROFILE_KEYS.has(key) || !isJsonObject(item))) return;
    place++;
    const read = liveEntry(item, listing);
    if (typeof read === 'string') refused({ line: place, reason: read });
    else entry(read);
  });
  if (place > 0) return;
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
) {
  return downloadPlaylist(fetcher, apiUrl(account, action), {}, signal);
}
