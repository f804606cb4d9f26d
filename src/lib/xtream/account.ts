/** An account at an Xtream server: what its address says, and the addresses that follow from it. */

export interface XtreamAccount {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
}

export type XtreamAction =
  | 'get_live_categories'
  | 'get_live_streams'
  | 'get_vod_categories'
  | 'get_vod_streams'
  | 'get_series_categories'
  | 'get_series';

const PAGE = /\/(?:player_api|panel_api|get|xmltv)\.php$/i;

/**
 * Of any page of the server with `username` and `password` in its query, or of `http://user:password@host:port`;
 * null for other addresses.
 */
export function readAccount(address: string): XtreamAccount | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  const username = url.searchParams.get('username') ?? decoded(url.username);
  const password = url.searchParams.get('password') ?? decoded(url.password);
  if (username === '' || password === '') return null;
  const path = url.pathname.replace(PAGE, '').replace(/\/+$/, '');
  return { baseUrl: `${url.origin}${path}`, username, password };
}

/** @param action null for the profile */
export function apiUrl(account: XtreamAccount, action: XtreamAction | null): string {
  const asked = action === null ? '' : `&action=${action}`;
  return `${account.baseUrl}/player_api.php?${credentials(account)}${asked}`;
}

/** Where the episodes of a series are told. */
export function seriesInfoUrl(account: XtreamAccount, seriesId: string): string {
  const asked = `&action=get_series_info&series_id=${encodeURIComponent(seriesId)}`;
  return `${account.baseUrl}/player_api.php?${credentials(account)}${asked}`;
}

/** @param extension of what the account may have, as `ts` */
export function streamUrl(
  account: XtreamAccount,
  kind: 'live' | 'movie' | 'series',
  streamId: string,
  extension: string,
): string {
  const path = [account.username, account.password, streamId].map(encodeURIComponent).join('/');
  return `${account.baseUrl}/${kind}/${path}.${extension}`;
}

function credentials({ username, password }: XtreamAccount): string {
  return `username=${encodeURIComponent(username)}&password=${encodeURIComponent(password)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
