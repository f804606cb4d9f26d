/** Magnet links of torrents (BEP 9, BEP 53; v2 hashes of BEP 52). */
import { foldControlCharacters } from '../control-characters.ts';
import { parseInfohash } from './infohash.ts';
import { publicTrackers } from './trackers.ts';

export interface Magnet {
  /** 40 lower-case hexadecimal digits; null for torrents of version 2 alone. */
  readonly infohash: string | null;
  /** 64 lower-case hexadecimal digits, null when there is none. */
  readonly infohashV2: string | null;
  /** One line; empty when there is none. */
  readonly name: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
  readonly trackers: readonly string[];
}

const MAGNET_CHARS_MAX = 32 * 1024;
const PARAMETERS_MAX = 500;
/** `amp;` is left over from an address that was escaped twice. */
const PARAMETER = /^(?:amp;)?(xt|dn|xl|tr)(?:\.\d+)?$/i;
const TOPIC = /^urn:(btih|btmh):(.*)$/i;
/** SHA-256 of 32 bytes, as multihashes say it. */
const SHA256_MULTIHASH = /^1220([0-9a-f]{64})$/i;

/** What a magnet link says, or null for what is none or names no torrent. Of two hashes of one version the last one counts. */
export function parseMagnet(link: string): Magnet | null {
  const text = link.trim();
  if (text.length > MAGNET_CHARS_MAX || !/^magnet:\?/i.test(text)) return null;
  let infohash: string | null = null;
  let infohashV2: string | null = null;
  let name = '';
  let sizeBytes = 0;
  const trackers: string[] = [];
  for (const [key, value] of parameters(text.slice('magnet:?'.length))) {
    if (key === 'xt') {
      const [, kind = '', hash = ''] = TOPIC.exec(value) ?? [];
      if (kind.toLowerCase() === 'btih') infohash = parseInfohash(hash) ?? infohash;
      else infohashV2 = SHA256_MULTIHASH.exec(hash)?.[1]?.toLowerCase() ?? infohashV2;
    } else if (key === 'dn') name ||= foldControlCharacters(value);
    else if (key === 'xl') sizeBytes = /^\d{1,15}$/.test(value) ? Number(value) : 0;
    else trackers.push(value);
  }
  if (infohash === null && infohashV2 === null) return null;
  return { infohash, infohashV2, name, sizeBytes, trackers: publicTrackers(trackers) };
}

function* parameters(query: string): Iterable<readonly [key: string, value: string]> {
  for (const parameter of query.split('&', PARAMETERS_MAX)) {
    const equals = parameter.indexOf('=');
    const key = PARAMETER.exec(equals === -1 ? '' : decoded(parameter.slice(0, equals)))?.[1];
    if (key !== undefined) yield [key.toLowerCase(), decoded(parameter.slice(equals + 1))];
  }
}

/** A plus is a space before percent signs are undone, not after: `%2B` stays a plus. What is broken stays as it is. */
function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A link that every client reads. */
export function formatMagnet(
  torrent: Pick<Magnet, 'name' | 'trackers'> & { infohash: string },
): string {
  const name = torrent.name === '' ? '' : `&dn=${encodeURIComponent(torrent.name)}`;
  const trackers = torrent.trackers.map((tracker) => `&tr=${encodeURIComponent(tracker)}`);
  return `magnet:?xt=urn:btih:${torrent.infohash}${name}${trackers.join('')}`;
}
