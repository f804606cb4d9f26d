/** Addresses in rows of add-ons: what they tell of a torrent, and which of them anybody may follow. */
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import { parseInfohash } from '../../../lib/torrent/infohash.ts';

const HASH = /^[0-9a-f]{40}$/i;
const VIDEO_PATH = /\.(?:mkv|mp4|m4v|avi|mov|webm|ogv|m3u8)$/i;
const URL_CHARS_MAX = 2000;
/** A long word of letters and digits mixed: a key, a token or a signature. */
const KEY = /^(?=[^.]*\d)(?=[^.]*[a-z])[\w=+-]{20,}$/i;
/** Torrentio and Peerflix: `/HASH/null/FILE/name`. Comet: `/HASH/SERVICE/FILE/SEASON/EPISODE/name`. */
const FILE_INDEX = [
  /\/[0-9a-f]{40}\/null\/(\d{1,5})\//i,
  /\/[0-9a-f]{40}\/\d+\/(\d{1,5})\/(?:n|\d+)\/(?:n|\d+)\//i,
];

/**
 * The torrent behind an address that leads to a debrid service; null when there is none. Parts of the add-on's own
 * address are its owner's settings: a key can look like a hash.
 */
export function videoHash(address: string, base: string): string | null {
  const own = new Set(segmentsOf(base));
  const hash = segmentsOf(address).findLast((segment) => HASH.test(segment) && !own.has(segment));
  return hash === undefined ? null : parseInfohash(hash);
}

/** File index (-1 when there is none) and name of the file, as addresses of debrid links have them. */
export function videoLocation(address: string): {
  readonly fileIndex: number;
  readonly filename: string;
} {
  const segments = segmentsOf(address);
  const path = `/${segments.join('/')}`;
  const index = FILE_INDEX.map((pattern) => pattern.exec(path)?.[1]).find(Boolean);
  const last = segments.at(-1) ?? '';
  return {
    fileIndex: index === undefined ? -1 : Number(index),
    filename: VIDEO_PATH.test(last) ? foldControlCharacters(last).slice(0, 500) : '',
  };
}

/**
 * The address of a video that is nobody's: a file by its name, on another server than the add-on's, without a password,
 * query or key in it. Else null: links of debrid services, signed ones, redirects and the add-on's own error videos.
 */
export function openVideo(address: string, base: string): string | null {
  if (address.length > URL_CHARS_MAX || !URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb || url.host === new URL(base).host) return null;
  if (`${url.username}${url.password}${url.search}` !== '') return null;
  const segments = segmentsOf(address);
  if (!VIDEO_PATH.test(url.pathname) || segments.slice(0, -1).some((segment) => KEY.test(segment)))
    return null;
  return url.origin + url.pathname;
}

/** Decoded; none for what is no address. */
function segmentsOf(address: string): readonly string[] {
  if (address.length > URL_CHARS_MAX * 4 || !URL.canParse(address)) return [];
  return new URL(address).pathname.split('/').filter(Boolean).map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
