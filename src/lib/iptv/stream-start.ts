/** What the first bytes of a source are: a stream, a playlist that leads to one, or something that is none. */
import { Buffer } from 'node:buffer';

export type StreamStart = 'stream' | 'playlist' | 'page' | 'nothing';

const SYNC_BYTE = 0x47;
const PACKET_BYTES = 188;
const LOOKED_AT = 64;
const NEXT_VARIANT = /^#EXT-X-STREAM-INF:/;

export function startOf(bytes: Uint8Array, contentType: string): StreamStart {
  if (bytes.byteLength === 0) return 'nothing';
  const text = Buffer.from(bytes.subarray(0, LOOKED_AT)).toString('latin1').trimStart();
  if (text.startsWith('#EXTM3U')) return 'playlist';
  const isPacket = bytes[0] === SYNC_BYTE && (bytes[PACKET_BYTES] ?? SYNC_BYTE) === SYNC_BYTE;
  if (isPacket) return 'stream';
  const isText = /^(?:text\/|application\/(?:json|xml))/.test(contentType);
  return isText || /^(?:<|\{|\[)/.test(text) ? 'page' : 'stream';
}

/**
 * Where a playlist leads: a variant of a list of variants, else its last segment, which a live playlist keeps longest.
 * Null where it lists nothing. @param baseUrl of the playlist, after redirects
 */
export function leadOf(
  playlist: string,
  baseUrl: string,
): { readonly url: string; readonly isVariant: boolean } | null {
  const lines = playlist.split(/\r?\n/).map((line) => line.trim());
  const variant = lines.findIndex((line) => NEXT_VARIANT.test(line));
  const addresses = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const isVariant = variant >= 0;
  const found = isVariant
    ? lines.slice(variant).find((line) => line !== '' && !line.startsWith('#'))
    : addresses.at(-1);
  if (found === undefined || !URL.canParse(found, baseUrl)) return null;
  return { url: new URL(found, baseUrl).href, isVariant };
}
