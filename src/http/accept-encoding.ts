/** Which encodings a client accepts (RFC 9110 section 12.5.3), remembered by header text. */
import { LRUCache } from 'lru-cache';

/** Bits of the answer: what may be sent. Identity is kept even when refused: 406 helps nobody. */
export const ACCEPTS_GZIP = 1;
export const ACCEPTS_BR = 2;

/** Clients send a few dozen different texts; a hostile one could send a new one each time. */
const REMEMBERED_MAX = 512;
const HEADER_CHARS_MAX = 512;
const remembered = new LRUCache<string, number>({ max: REMEMBERED_MAX });

/** Bits of the accepted encodings; 0 for identity only. A client that ranks gzip above br gets gzip. */
export function acceptedEncodings(header: string): number {
  if (header === '' || header.length > HEADER_CHARS_MAX) return 0;
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const bits = parseAcceptEncoding(header);
  remembered.set(header, bits);
  return bits;
}

export function parseAcceptEncoding(header: string): number {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, weightOf(parameters));
  }
  const others = weights.get('*') ?? 0;
  const br = weights.get('br') ?? others;
  const gzip = weights.get('gzip') ?? others;
  return (gzip > 0 ? ACCEPTS_GZIP : 0) | (br > 0 && br >= gzip ? ACCEPTS_BR : 0);
}

function weightOf(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  if (q === undefined) return 1;
  const weight = Number(q.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
