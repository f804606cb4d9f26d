/** What one entry of a channel list says. */

export interface M3uEntry {
  readonly name: string;
  /** Absolute, without the headers that some lists put behind a bar. */
  readonly url: string;
  /** Empty: none is named; the same for all texts here. */
  readonly tvgId: string;
  readonly group: string;
  readonly logo: string;
  /** Of `tvg-chno` or `channel-number`; null without one. */
  readonly number: number | null;
  readonly isRadio: boolean;
  /** Of `tvg-type` or `type`: `movie`, `series`, `live`, or anything. */
  readonly type: string;
  readonly userAgent: string;
  readonly referrer: string;
  readonly catchupType: string;
  readonly catchupSource: string;
  readonly catchupDays: number;
  readonly language: string;
  readonly country: string;
  /** Lines `#KODIPROP:`, without that word. */
  readonly properties: readonly string[];
}

export interface M3uProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

const NUMBER = /^\d{1,7}(?:\.0+)?$/;
const DAYS_MAX = 365;
const TEXT_CHARS_MAX = 500;
const URL_CHARS_MAX = 4096;
const SCHEMES =
  /^(?:https?|rtmp|rtmps|rtmpe|rtmpt|rtsp|rtsps|rtp|udp|mms|mmsh|mmst|srt|rist):\/\//i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** An entry that is being read: `#EXTINF` came, its address did not yet. */
export interface Pending {
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  title: string;
  group: string;
  readonly options: Map<string, string>;
  readonly properties: string[];
}

/**
 * The whole entry, or what is wrong with it.
 * @param address the line as it stands @param baseUrl of the list itself; empty when it is a file
 */
export function completeEntry(
  pending: Pending,
  address: string,
  baseUrl: string,
): M3uEntry | string {
  const [rawUrl = '', ...rest] = address.split('|');
  const url = absoluteUrl(rawUrl.trim(), baseUrl);
  if (url === null) return `${quoted(rawUrl)} is no address that a player takes`;
  const { attributes, options } = pending;
  const of = (...names: readonly string[]) =>
    names.map((name) => attributes.get(name)).find((text) => text !== undefined && text !== '') ??
    '';
  const headers = new Map([
    ...headersOf(attributes),
    ...headersOf(options),
    ...headersOf(pipedHeaders(rest.join('|'))),
  ]);
  const cut = (text: string) => text.slice(0, TEXT_CHARS_MAX);
  return {
    name: cut(pending.title || of('tvg-name', 'name', 'tvg-id') || hostOf(url)),
    url,
    tvgId: cut(of('tvg-id')),
    group: cut(pending.group || of('group-title')),
    logo: of('tvg-logo', 'logo').slice(0, URL_CHARS_MAX),
    number: numberOf(of('tvg-chno', 'channel-number')),
    isRadio: of('radio').toLowerCase() === 'true',
    type: cut(of('tvg-type', 'type')),
    userAgent: cut(headers.get('user-agent') ?? ''),
    referrer: headers.get('referrer')?.slice(0, URL_CHARS_MAX) ?? '',
    catchupType: cut(of('catchup', 'catchup-type')),
    catchupSource: of('catchup-source').slice(0, URL_CHARS_MAX),
    catchupDays: Math.min(DAYS_MAX, numberOf(of('catchup-days', 'timeshift', 'tvg-rec')) ?? 0),
    language: cut(of('tvg-language', 'lang')),
    country: cut(of('tvg-country')),
    properties: pending.properties,
  };
}

function absoluteUrl(text: string, baseUrl: string): string | null {
  if (text === '' || text.length > URL_CHARS_MAX) return null;
  if (SCHEMES.test(text)) return URL.canParse(text) ? text : null;
  if (ANY_SCHEME.test(text) || baseUrl === '' || !URL.canParse(text, baseUrl)) return null;
  return new URL(text, baseUrl).href;
}

/** `User-Agent=…&Referer=…`, as Kodi reads them; values may be percent-encoded. */
function pipedHeaders(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('&').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim().toLowerCase(), decoded(pair.slice(at + 1))]];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text.trim();
  }
}

/** Under one name each, whatever the list calls them. */
function headersOf(said: ReadonlyMap<string, string>): [string, string][] {
  const found: [string, string][] = [];
  for (const [name, value] of said) {
    if (value === '') continue;
    if (/^(?:http-)?user-agent$/.test(name)) found.push(['user-agent', value]);
    if (/^(?:http-)?referr?er$/.test(name)) found.push(['referrer', value]);
  }
  return found;
}

function numberOf(text: string): number | null {
  return NUMBER.test(text) ? Math.trunc(Number(text)) : null;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
